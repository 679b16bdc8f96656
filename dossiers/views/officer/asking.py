"""Ask the citizen once, for everything: a row for each paper of the procedure and each field of the declaration, and three free ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import readyreasons
from dossiers.actions.permit import asked_in_stage, permit_for
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.fieldasks import field_groups, ticked
from dossiers.states import Verb
from dossiers.views.officer.editing import kept_draft, typed_before
from dossiers.views.officer.forms import SupplementForm
from dossiers.views.officer.frame import Opened, opened
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.agencies.queries import working_calendar
from portal.core.workcalendar import CalendarYearMissing

FREE_ROWS = 3
DAYS_TO_ANSWER = 10


@dataclass(frozen=True, slots=True)
class AskRow:
    """One line of the request as typed. A free row has no `key`."""

    name: str
    title: str
    key: str
    is_ticked: bool
    reason: str
    error: str = ""


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The request (form 02) is issued and the legal time stands still."""
    at_hand = opened(request, code)
    posted: Mapping[str, str] | None = request.POST if request.method == "POST" else None
    form = SupplementForm(posted, initial={"answer_by": _answer_by(at_hand)}, today=at_hand.at.date())
    typed = typed_before(kept_draft(at_hand, Verb.ASK_SUPPLEMENT)) if posted is None else posted
    rows, groups = _rows(at_hand, typed), field_groups(at_hand.dossier, typed)
    if posted is not None and (any(row.error for row in rows) or any(row.error for row in ticked(groups))):
        form.add_error(None, _("Each ticked line needs its reason, each free line its title and reason."))

    def do(data: Any, version: int) -> str:
        asked = [Asked(row.title, row.reason, row.key) for row in rows if row.is_ticked]
        asked += [Asked(row.title, row.reason, field_key=row.key) for row in ticked(groups)]
        ask_supplement(
            at_hand.dossier, by=at_hand.by, items=asked, answer_by=data["answer_by"], note=data["note"].strip(), expected_version=version
        )
        return _("The request is issued and the person is told; the legal time stands still until the answer.")

    context = {
        "rows": rows,
        "field_groups": groups,
        "ready": readyreasons.SUPPLEMENT,
        "before": asked_in_stage(at_hand.dossier),
        "permit": permit_for(at_hand.dossier, at_hand.user),
    }
    return step_page(request, at_hand, form, verb=Verb.ASK_SUPPLEMENT, template="dossiers/officer/supplement.html", do=do, context=context)


def _answer_by(at_hand: Opened) -> Any:
    today = at_hand.at.date()
    try:
        return working_calendar([today.year, today.year + 1]).add_working_days(today, DAYS_TO_ANSWER)
    except CalendarYearMissing:
        return today + timedelta(days=14)


def _rows(at_hand: Opened, posted: Mapping[str, str]) -> list[AskRow]:
    required = [
        _row(f"paper-{number}", requirement.name_vi[:400], requirement.key, posted)
        for number, requirement in enumerate(at_hand.dossier.case.requirements.order_by("seq", "pk"))
    ]
    return required + [_row(f"free-{number}", "", "", posted) for number in range(FREE_ROWS)]


def _row(name: str, title: str, key: str, posted: Mapping[str, str]) -> AskRow:
    reason = posted.get(f"{name}-reason", "").strip()[:500]
    if key:
        is_ticked = name in posted
        return AskRow(name, title, key, is_ticked, reason, _("Write the reason.") if is_ticked and not reason else "")
    title = posted.get(f"{name}-title", "").strip()[:400]
    error = _("Fill in both, or neither.") if bool(title) != bool(reason) else ""
    return AskRow(name, title, key, bool(title), reason, error)
