"""Dates that can be told before anything is decided: by when a filing is answered, and the return date if it is accepted."""

from datetime import datetime

from dossiers.deadlines import ClockEntry, EntryKind, answer_due, due_at, parse_policy, parse_rule
from dossiers.documents import wording
from dossiers.models import Dossier
from portal.agencies.queries import working_calendar
from portal.core.workcalendar import CalendarYearMissing
from procedures.models import ProcedureCase, ProcedureVersion

FROM_RECEIPT = "tính từ khi cơ quan có thẩm quyền nhận hồ sơ"
"""On papers and pages alike. Source: the announcements of the procedures whose way to the agency does not count."""


def answer_by(received_at: datetime) -> datetime:
    """By when the competent agency's own counter accepts, asks for papers or refuses. Raises CalendarYearMissing."""
    return answer_due(received_at, working_calendar(range(received_at.year, received_at.year + 2)))


def due_if_started(version: ProcedureVersion, case: ProcedureCase, at: datetime) -> datetime | None:
    """The return date of a clock that starts then; None where the law sets no time. Raises CalendarYearMissing."""
    if not case.time_rule:
        return None
    entries = [ClockEntry(EntryKind.START, at)]
    calendar = working_calendar(range(at.year, at.year + 3))
    return due_at(parse_rule(case.time_rule), parse_policy(version.supplement_policy), entries, calendar)


def answerable_since(dossier: Dossier, ready_at: datetime | None) -> datetime:
    """From when on the 8 working hours count: the filing, or the payment or the asked papers for which it had to wait."""
    return max(dossier.filed_at, ready_at) if ready_at else dossier.filed_at


def answer_again_by(at: datetime) -> datetime | None:
    """By when the counter answers once the asked papers are there; None while that year's calendar is not entered."""
    try:
        return answer_by(at)
    except CalendarYearMissing:
        return None


def counts_from_receipt(dossier: Dossier) -> bool:
    """Accepted, but the time begins only when the competent agency has it."""
    return bool(dossier.version.transfer_excluded and dossier.case.time_rule and dossier.accepted_at and dossier.due_at is None)


def time_from_receipt(case: ProcedureCase) -> str:
    """The processing time with the point from which it counts: "2 ngày làm việc, tính từ khi …"."""
    return f"{wording.processing_time(case.time_value, case.time_unit) or case.time_note_vi}, {FROM_RECEIPT}"
