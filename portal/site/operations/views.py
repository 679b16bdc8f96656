"""Operations: what waits and for how long, which connections work, what needs a person, and what people did about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from counters.frame import clerk, page
from counters.paging import Order, slice_of
from dossiers.models import InboundCall
from portal.accounts.access import require_country, staff
from portal.accounts.models import Role
from portal.core.clock import technical_now
from portal.core.errors import DomainError
from portal.outbox.models import OutboxReplay
from portal.outbox.queries import channel_states, failing, traffic
from portal.outbox.queries import parked as parked_messages
from portal.outbox.replays import By, close, replay, start_channel, stop_channel
from portal.site.operations.forms import RangeForm, ReasonForm, TickedForm
from portal.site.operations.jobs import job_rows
from portal.site.operations.rows import STREAMS, act_rows, channel_rows, many, message_rows, stream_rows

SHOWN = 10


@staff(Role.SUPERVISOR)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Streams, lag, connections, what failed last, long jobs; the same number of queries however much waits."""
    require_country(request)
    return _overview(request)


def _overview(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    now = technical_now()
    streams, channels = traffic(now=now), channel_rows(channel_states(now=now), now=now)
    waiting = sum(row.parked for row in streams)
    context = {
        "stats": _stats(
            waiting, [row for row in channels if row.kind != "ok"], InboundCall.objects.filter(waits_for_person=True)[:10_001].count()
        ),
        "streams": stream_rows(streams, now=now),
        "channels": channels,
        "trials": message_rows(failing()[:SHOWN]),
        "acts": act_rows(OutboxReplay.objects.select_related("by").order_by("-pk")[:SHOWN]),
        "jobs": job_rows(now=now),
        "refused": [str(error)] if error else [],
        "has_errors": error is not None,
    }
    return page(request, "operations/overview.html", context, part="now", status=error.status if error else 200)


def _stats(waiting: int, troubled: list[object], questions: int) -> list[dict[str, str]]:
    return [
        {"label": _("Messages that wait for a person"), "value": many(waiting), "kind": "bad" if waiting else "ok"},
        {"label": _("Connections in trouble"), "value": str(len(troubled)), "kind": "bad" if troubled else "ok"},
        {"label": _("From the national portal, for a person"), "value": many(questions), "kind": "warn" if questions else "ok"},
    ]


@staff(Role.SUPERVISOR)
@require_GET
def parked(request: HttpRequest) -> HttpResponse:
    """Everything that waits for a person, oldest first, with its reason."""
    require_country(request)
    return _parked(request)


def _parked(request: HttpRequest, error: DomainError | None = None, form: RangeForm | None = None) -> HttpResponse:
    stream = request.GET.get("luong", "")
    rows = parked_messages().filter(stream=stream) if stream in STREAMS else parked_messages()
    found = slice_of(rows, Order("parked_at"), request)
    context = {
        "streams": [(key, label, key == stream) for key, label in STREAMS.items()],
        "chosen": stream if stream in STREAMS else "",
        "slice": found,
        "rows": message_rows(found.rows),
        "form": form or RangeForm(),
        "refused": [str(error)] if error else [],
        "has_errors": error is not None,
        "reason": request.POST.get("reason", ""),
        "ticked": request.POST.getlist("pick"),
    }
    is_wrong = error is not None or (form is not None and form.is_bound)
    return page(request, "operations/parked.html", context, part="results", status=422 if is_wrong else 200)


@staff(Role.SUPERVISOR)
@require_POST
def replay_ticked(request: HttpRequest) -> HttpResponse:
    """The ticked messages go again, or are closed as superseded, with the person's name and reason."""
    require_country(request)
    form = TickedForm(request.POST)
    by = By(clerk(request), technical_now(), form.cleaned_data["reason"] if form.is_valid() else "")
    act = close if request.POST.get("action") == "close" else replay
    try:
        done = act(form.chosen(), by=by)
    except DomainError as error:
        return _parked(request, error)
    messages.success(request, _told(done))
    return redirect("site:operations_parked")


@staff(Role.SUPERVISOR)
@require_POST
def replay_range(request: HttpRequest) -> HttpResponse:
    """A dossier, or everything of a span, goes again in order."""
    require_country(request)
    form = RangeForm(request.POST)
    if not form.is_valid():
        return _parked(request, form=form)
    try:
        done = replay(form.chosen(), by=By(clerk(request), technical_now(), form.cleaned_data["reason"]))
    except DomainError as error:
        return _parked(request, error, form)
    messages.success(request, _told(done))
    return redirect("site:operations_parked")


def _told(done: OutboxReplay) -> str:
    if done.act == OutboxReplay.Act.CLOSE:
        return ngettext("%(count)d message is closed.", "%(count)d messages are closed.", done.count) % {"count": done.count}
    return ngettext("%(count)d message goes again.", "%(count)d messages go again.", done.count) % {"count": done.count}


@staff(Role.SUPERVISOR)
@require_POST
def channel(request: HttpRequest, name: str) -> HttpResponse:
    """A connection is started or stopped by a named person with a reason."""
    require_country(request)
    form = ReasonForm(request.POST)
    by = By(clerk(request), technical_now(), form.cleaned_data.get("reason", "") if form.is_valid() else "")
    act = start_channel if request.POST.get("action") == "start" else stop_channel
    try:
        act(name.replace("\0", "")[:40], by=by)
    except DomainError as error:
        return _overview(request, error)
    messages.success(request, _("The connection was started.") if act is start_channel else _("The connection was stopped."))
    return redirect("site:operations")
