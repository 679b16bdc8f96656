"""Extend once with an apology."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers.actions import delay
from dossiers.states import Verb
from dossiers.views.officer.forms import ExtendForm
from dossiers.views.officer.frame import opened
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.agencies.queries import working_calendar
from portal.core.errors import DomainError
from portal.core.workcalendar import CalendarYearMissing, WorkCalendar


class NotWorked(DomainError):
    """The new date is a day off, or lies in a year without a calendar."""


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, code: str) -> HttpResponse:
    """The return date has moved and the person has the apology letter."""
    at_hand = opened(request, code)
    form = ExtendForm(request.POST if request.method == "POST" else None)

    def do(data: Any, version: int) -> str:
        day = _worked(data["new_date"])
        due = day[1].end_of_shift(day[0])
        delay.extend(at_hand.dossier, by=at_hand.by, new_due_at=due, reason=data["text"], expected_version=version)
        return _("The return date is now %(date)s; the apology letter is issued.") % {"date": f"{data['new_date']:%d/%m/%Y}"}

    words = {
        "title": _("Extend with an apology letter"),
        "button": _("Extend and issue the letter"),
        "explanation": _("Once only, and at least one working day before the return date. The first date stays on record."),
    }
    return step_page(request, at_hand, form, verb=Verb.EXTEND, template="dossiers/officer/step.html", do=do, context=words)


def _worked(day: date) -> tuple[date, WorkCalendar]:
    calendar = working_calendar([day.year])
    try:
        if calendar.is_working_day(day):
            return day, calendar
    except CalendarYearMissing as missing:
        raise NotWorked(_("The working calendar of that year has not been entered yet. Choose an earlier date.")) from missing
    raise NotWorked(_("The new return date is a day off. Choose a working day."))
