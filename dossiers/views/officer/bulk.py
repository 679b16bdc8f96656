"""Several ticked dossiers: choose what is to be done, confirm it once, and read what became of each."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from dossiers import queries
from dossiers.actions.bulk import Act, run_batch, start_batch
from dossiers.actions.reassign import Giving
from dossiers.documents.merged import merged_pdf
from dossiers.documents.serve import locked_down
from dossiers.models import BulkBatch, BulkItem
from dossiers.rows import rows_of, with_row_fields
from dossiers.team import MOST_PEOPLE, away, colleagues
from dossiers.views.officer import bulkacts
from dossiers.views.officer.forms import ExtendForm
from dossiers.views.officer.frame import page
from dossiers.views.officer.outcomes import Outcome, outcomes_of
from portal.accounts.access import identity, own_transaction, staff
from portal.accounts.identity import Identity
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.workcalendar import local

Action = BulkBatch.Action
BY_WORD = {"giao": Action.ASSIGN, "in": Action.PRINT, "gia-han": Action.EXTEND, "ky": Action.SIGN}
LEADERS_ONLY = frozenset({Action.ASSIGN, Action.SIGN})
MOST_DAYS = 60


class AssignForm(forms.Form):
    """To whom, and a note."""

    to = forms.ChoiceField(label=gettext_lazy("Officer"), error_messages={"required": gettext_lazy("Choose an officer.")})
    note = forms.CharField(
        label=gettext_lazy("Note for the colleague"),
        help_text=gettext_lazy("Only your agency reads it."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Choose")), *people]  # type: ignore[attr-defined]


class ExtendManyForm(ExtendForm):
    """One ground for all, and by how much each date moves."""

    new_date = None  # type: ignore[assignment]
    days = forms.IntegerField(
        label=gettext_lazy("Working days more"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=gettext_lazy("Each return date moves by as much. Every person gets an apology letter of their own."),
    )
    field_order = ("days", "picked", "reason")


def owned(request: HttpRequest, token: uuid.UUID) -> BulkBatch:
    """The person's own batch; a foreign one is a 404."""
    batch = BulkBatch.objects.filter(token=token, user_id=identity(request).user_id or 0).first()
    if batch is None:
        raise Http404
    return batch


def may(who: Identity, action: str) -> bool:
    """Whether the person's roles open the action at all; each dossier is asked again."""
    return who.has(Role.LEADER) if action in LEADERS_ONLY else who.has(Role.OFFICER, Role.LEADER)


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """The ticked dossiers are a batch, with a page of its own."""
    who, action = identity(request), BY_WORD.get(request.POST.get("viec", ""))
    codes = request.POST.getlist("ma")
    if action is None or not codes or not isinstance(who.user, User) or not may(who, action):
        return redirect("dossiers:officer-queue")
    batch = start_batch(codes, token=token_of(request), user=who.user, action=action, among=queries.of_agency(who), at=business_now())
    return redirect("dossiers:officer-bulk", batch.token)


def token_of(request: HttpRequest) -> uuid.UUID:
    """The token of the page, so that the second posting is the same batch; a damaged one is a new batch."""
    try:
        return uuid.UUID(request.POST.get("lo", ""))
    except ValueError:
        return uuid.uuid4()


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def show(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The batch: what is still to be confirmed, and the outcomes."""
    batch = owned(request, token)
    form = _form(batch, identity(request)) if batch.action in {Action.ASSIGN, Action.EXTEND} else None
    return _shown(request, batch, form)


@staff(Role.OFFICER, Role.LEADER)
@own_transaction
@require_POST
def run(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Every dossier that is left ticked has its outcome; each in its own transaction."""
    batch, who = owned(request, token), identity(request)
    form = _form(batch, who, request.POST) if batch.action in {Action.ASSIGN, Action.EXTEND} else None
    if form is not None and not form.is_valid():
        return _shown(request, batch, form, status=422)
    only = None if batch.action == Action.SIGN else [int(pk) for pk in request.POST.getlist("ho-so") if _is_number(pk)]
    if only == []:
        messages.error(request, _("Tick at least one dossier."))
        return redirect("dossiers:officer-bulk", batch.token)
    run_batch(batch, _act(batch, who, form), at=business_now(), only=only)
    return redirect("dossiers:officer-bulk", batch.token)


@staff(Role.OFFICER, Role.LEADER)
@require_safe
def printed(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """One PDF with the work papers of what was printed with this batch."""
    batch = owned(request, token)
    done = batch.items.filter(outcome=BulkItem.Outcome.DONE).order_by("seq").values_list("dossier_id", flat=True)
    found = queries.of_agency(identity(request)).in_bulk(list(done)) if batch.action == Action.PRINT else {}
    dossiers = [found[pk] for pk in done if pk in found]
    if not dossiers:
        raise Http404
    response = HttpResponse(merged_pdf(dossiers), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="ho-so-{local(batch.started_at):%Y%m%d-%H%M}.pdf"'
    return locked_down(response)


def _act(batch: BulkBatch, who: Identity, form: forms.Form | None) -> Act:
    at = business_now()
    if batch.action == Action.SIGN:
        return bulkacts.signing(who, at)
    if batch.action == Action.PRINT:
        return bulkacts.printing(who, at)
    data = form.cleaned_data if form else {}
    if batch.action == Action.EXTEND:
        return bulkacts.extending(who, at, days=data["days"], reason=data["text"])
    if batch.action == Action.ASSIGN:
        return bulkacts.assigning(who, at, Giving(User.objects.get(pk=int(data["to"])), data["note"]))
    return bulkacts.claiming(who, at)


def _form(batch: BulkBatch, who: Identity, data: Any = None) -> forms.Form:
    if batch.action == Action.EXTEND:
        return ExtendManyForm(data)
    on = local(business_now()).date()
    people = list(colleagues(who.agencies.get(Role.LEADER, ()), on)[:MOST_PEOPLE])
    absent = away(on, people=[each.pk for each in people])
    return AssignForm(data, people=[(str(each.pk), each.full_name) for each in people if each.pk not in absent])


def _shown(request: HttpRequest, batch: BulkBatch, form: forms.Form | None, status: int = 200) -> HttpResponse:
    items = list(batch.items.order_by("seq").select_related("dossier"))
    waiting = [item for item in items if not item.outcome and item.is_picked]
    rows = {row.code: row for row in rows_of(_fields(request, waiting), base=reverse("dossiers:officer-queue"), now=business_now())}
    outcomes = outcomes_of(items)
    done = sum(outcome.is_done for outcome in outcomes)
    context = {
        "batch": batch,
        "title": Action(batch.action).label,
        "form": form,
        "has_errors": status != 200,
        "rows": [(str(item.pk), rows[item.code]) for item in waiting if item.code in rows],
        "told": _told(done, outcomes),
        "outcomes": outcomes,
        "unpicked": [item.code for item in items if not item.is_picked and not item.outcome],
        "first_seq": next((item.seq for item in waiting if item.seen_version is None), 0) if batch.action == Action.SIGN else 0,
        "is_signing": batch.action == Action.SIGN,
        "file_url": reverse("dossiers:officer-bulk-file", args=[batch.token]) if done and batch.action == Action.PRINT else "",
    }
    return page(request, "dossiers/officer/bulk.html", context, status=status)


def _fields(request: HttpRequest, items: list[BulkItem]) -> Any:
    return with_row_fields(queries.of_agency(identity(request)).filter(pk__in=[item.dossier_id for item in items]))


def _told(done: int, outcomes: list[Outcome]) -> str:
    if not outcomes:
        return ""
    return ngettext("%(count)d dossier done.", "%(count)d dossiers done.", done) % {"count": done}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
