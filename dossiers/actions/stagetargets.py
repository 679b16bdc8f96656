"""Until when a dossier should have left its present step, written with every step that changes its state."""

from datetime import datetime

from dossiers.actions.ledger import CalendarOf
from dossiers.deadlines import parse_rule
from dossiers.lifecycle import WAITING_FOR_APPLICANT, State
from dossiers.models import Dossier
from dossiers.models.dossier import DECIDING_STATES
from dossiers.stages import STAGE_OF, WAIT_MINUTES, target_minutes
from portal.core.workcalendar import CalendarYearMissing


def set_stage_target(dossier: Dossier, before: str, at: datetime, calendar_of: CalendarOf) -> None:
    """The dossier in memory has the target of the step that it has just entered; none where nobody of the agency is to act."""
    if dossier.state == before:
        return
    minutes = _minutes(dossier)
    dossier.stage_due_at = None
    if minutes:
        try:
            dossier.stage_due_at = calendar_of(range(at.year, at.year + 2)).add_working_minutes(at, minutes)
        except CalendarYearMissing:
            return  # the year is not entered: no target, rather than a wrong one


def _minutes(dossier: Dossier) -> int:
    state = State(dossier.state)
    if dossier.state in DECIDING_STATES:
        rule = dossier.case.time_rule
        return target_minutes(STAGE_OF[state], parse_rule(rule) if rule else None, dossier.version.step_hours)
    return WAIT_MINUTES if state in WAITING_FOR_APPLICANT and dossier.came_from == State.ASSIGNED else 0
