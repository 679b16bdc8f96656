"""The officer who holds a dossier asks another agency for its opinion, and takes the question back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import queries
from dossiers.actions.opinions import Question, ask_opinion, may_ask, withdraw_opinion
from dossiers.actions.transition import By
from dossiers.history import summary, timeline
from dossiers.views.officer.frame import Opened, opened, page
from dossiers.views.officer.opinionforms import AskForm, WithdrawForm
from dossiers.views.officer.steps import version_of
from portal.accounts.access import identity, staff
from portal.accounts.models import Role, User
from portal.core.clock import business_now, business_today
from portal.core.errors import Conflict, DomainError
from portal.core.workcalendar import local
from procedures.queries.registry_choices import agencies_like, agency_label


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The question stands in the other agency's list; the dossier stays where it is."""
    at_hand = opened(request, code)
    form = AskForm(request.POST if request.method == "POST" else None, at_hand=at_hand, on=local(at_hand.at).date())
    if request.method != "POST":
        return _shown(request, at_hand, form)
    if not form.is_valid():
        return _shown(request, at_hand, form, status=422)
    version = version_of(request)
    try:
        opinion = ask_opinion(at_hand.dossier, _question(form), by=at_hand.by, expected_version=version)
    except DomainError as refused:
        more: dict[str, Any] = {"refused": str(refused), "has_errors": True}
        if isinstance(refused, Conflict):
            at_hand = opened(request, code)
            more["changes"] = summary(timeline(at_hand.dossier, internal=True, after=version))
        return _shown(request, at_hand, form, more, status=refused.status)
    told = _("%(agency)s is asked and answers by %(date)s. The legal time of the dossier runs on.")
    messages.success(request, told % {"agency": opinion.asked.name, "date": f"{local(opinion.due_at):%d/%m/%Y}"})
    return redirect(f"{at_hand.url}?muc=y-kien")


def _question(form: AskForm) -> Question:
    data = form.cleaned_data
    papers = [int(key) for key in data["papers"]]
    told = [form.told[key] for key in data["answers"]]
    return Question(data["agency"], data["question"], data["days"], papers, told, may_be_late=data["may_be_late"])


def _shown(request: HttpRequest, at_hand: Opened, form: AskForm, more: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    is_holder = at_hand.is_mine and Role.OFFICER in at_hand.who.roles
    context = {"at_hand": at_hand, "dossier": at_hand.dossier, "form": form, "can_do": is_holder and may_ask(at_hand.dossier)}
    return page(request, "dossiers/officer/ask_opinion.html", context | (more or {}), status=status)


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def withdraw(request: HttpRequest, opinion_id: int) -> HttpResponse:
    """The asked agency need not answer any more."""
    who = identity(request)
    reach = queries.opinions_within_reach(who).filter(dossier__agency_id__in=who.agency_ids)
    opinion = get_object_or_404(reach.select_related("dossier", "agency"), pk=opinion_id)
    at_hand = opened(request, opinion.dossier.code)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the question is withdrawn."))
        return redirect(f"{at_hand.url}?muc=y-kien")
    user = who.user if isinstance(who.user, User) else None
    withdraw_opinion(opinion, by=By(user, business_now(), agency=opinion.agency), reason=form.cleaned_data["text"])
    messages.success(request, _("The question is withdrawn."))
    return redirect(f"{at_hand.url}?muc=y-kien")


@staff(Role.OFFICER, Role.LEADER)
@require_safe
@cache_control(private=True, max_age=300)
def agencies(request: HttpRequest) -> HttpResponse:
    """Agencies whose name fits what is being typed, with or without diacritics."""
    text = request.GET.get("q") or request.GET.get(request.GET.get("field", ""), "")
    found = agencies_like(text.replace("\0", "")[:200], business_today())
    return render(request, "procedures/registry/_options.html", {"labels": [agency_label(each) for each in found]})
