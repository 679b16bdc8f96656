"""Dossiers as lines of a list: everything a template shows, in words, without another query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from counters.labels import Countdown, countdown, moment
from dossiers.expected import counts_from_receipt, time_from_receipt
from dossiers.history import state_label
from dossiers.models import Dossier
from dossiers.models.dossier import DECIDING_STATES
from dossiers.reminders import first_due
from dossiers.states import State
from portal.agencies.queries import working_calendar
from portal.core.workcalendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One dossier in a list. `late` is overdue, due_soon or empty; `urged` is urged, answer_overdue or empty."""

    code: str
    url: str
    procedure: str
    owner: str
    national_status: int
    state: str
    holder: str
    filed: str
    due: str
    late: str
    countdown: Countdown
    urged: str = ""


def rows_of(dossiers: Collection[Dossier], *, base: str, now: datetime) -> list[DossierRow]:
    """The lines; each leads to `base` + code + "/". Whose agency was urged is asked once for all."""
    calendar, urged = calendar_at(now), first_due([dossier.pk for dossier in dossiers])
    return [row_of(dossier, base=base, now=now, calendar=calendar, answer_by=urged.get(dossier.pk)) for dossier in dossiers]


def row_of(dossier: Dossier, *, base: str, now: datetime, calendar: WorkCalendar, answer_by: datetime | None = None) -> DossierRow:
    """The line of one dossier; `answer_by` is until when a reminder about it must be answered."""
    waits_for_answer = dossier.state == State.AWAITING_RECEPTION
    limit = dossier.answer_due_at if waits_for_answer else dossier.due_at
    is_counting = waits_for_answer or dossier.state in (*DECIDING_STATES, State.ACCEPTED)
    left = countdown(limit, now, calendar) if is_counting else Countdown("", "")
    return DossierRow(
        code=dossier.code,
        url=f"{base}{dossier.code}/",
        procedure=dossier.version.short_name,
        owner=dossier.owner_name,
        national_status=dossier.national_status,
        state=state_label(dossier.state),
        holder=holder_of(dossier),
        filed=moment(dossier.filed_at),
        due=time_from_receipt(dossier.case) if counts_from_receipt(dossier) else moment(dossier.due_at),
        late={"bad": "overdue", "warn": "due_soon"}.get(left.kind, "") if limit else "",
        countdown=left,
        urged="" if answer_by is None else "answer_overdue" if answer_by < now else "urged",
    )


def holder_of(dossier: Dossier) -> str:
    """Who has it in hand now."""
    state = State(dossier.state)
    if state in (State.IN_TRANSFER_TO_COUNTER, State.READY_FOR_COLLECTION):
        return dossier.returning_office.name if dossier.returning_office else ""
    if state in (State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUIRED):
        return _("The person")
    if not dossier.is_open:
        return _("Nobody: it has ended")
    if dossier.routing == Dossier.Routing.UNSTAFFED:
        return _("Supervisor: the agency lacks people")
    if dossier.routing == Dossier.Routing.ASKED:
        return _("The centre determines the place")
    if dossier.agency is None and dossier.routing == Dossier.Routing.PENDING:
        return _("Being routed")
    if dossier.agency is None or dossier.routing in (Dossier.Routing.NONE, Dossier.Routing.SEVERAL):
        return _("Supervisor: competence undecided")
    return dossier.agency.name


def calendar_at(now: datetime) -> WorkCalendar:
    """The working calendar as far as any countdown reaches."""
    return working_calendar(range(now.year - 1, now.year + 3))
