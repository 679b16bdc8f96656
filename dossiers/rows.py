"""A dossier as a row of a list, written out before the template sees it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _

from dossiers.clockdays import DueFacts, due_words
from dossiers.history import state_pill
from dossiers.models import Alert
from dossiers.models.dossier import WAITING_STATES
from dossiers.reminders import first_due_of
from dossiers.threads import NEW_TO_AGENCY, new_messages
from portal.agencies.queries import working_calendar
from procedures.models import in_language


class Row(NamedTuple):
    """One line of a list. Plain text only; a tuple, because a template reads it a thousand times an hour."""

    code: str
    url: str
    procedure: str
    owner: str
    state: str
    state_icon: str
    state_kind: str
    due: str
    due_kind: str
    due_exact: str
    is_late: bool
    holder: str
    is_urged: bool
    is_answer_late: bool
    can_claim: bool
    lingers: str
    """What to say of a dossier that has been in its step, or waiting, for too long."""
    new_messages: str


FIELDS = (
    "pk", "code", "owner_name", "state", "came_from", "due_at", "due_soon_at", "stage_due_at", "finished_at",
    "assigned_to__full_name", "version__short_name_vi", "version__short_name_en", "case__time_unit", "case__time_value", "agency__name",
    "urged_until", "filed_by_id", "new_messages",
)  # fmt: skip


def with_row_fields(dossiers: "QuerySet[Any]") -> "QuerySet[Any, dict[str, Any]]":
    """The dossiers with what a row needs, and nothing else, in one query."""
    found: QuerySet[Any, dict[str, Any]] = dossiers.annotate(
        urged_until=first_due_of(OuterRef("pk")), new_messages=new_messages(NEW_TO_AGENCY)
    ).values(*FIELDS)
    return found


def rows_of(found: Iterable[dict[str, Any]], *, base: str, now: datetime, claims_for: int | None = None) -> list[Row]:
    """The rows as text. `base` is put before the code; `claims_for` is the officer who may claim."""
    calendar = working_calendar(range(now.year - 2, now.year + 3))
    return [_row(each, base, now, calendar, claims_for) for each in found]


def _row(each: dict[str, Any], base: str, now: datetime, calendar: Any, claims_for: int | None) -> Row:
    pill = state_pill(each["state"])
    facts = DueFacts(each["state"], each["came_from"], each["due_at"], each["due_soon_at"], each["finished_at"], _rule(each))
    due = due_words(facts, now, calendar)
    waiting = each["state"] == "in_transfer_to_agency"
    return Row(
        code=each["code"],
        url=f"{base}{each['code']}/",
        procedure=in_language(each["version__short_name_vi"], each["version__short_name_en"]),
        owner=each["owner_name"],
        state=_("Unassigned") if waiting else pill.label,
        state_icon=pill.icon,
        state_kind=pill.kind,
        due=due.text,
        due_kind=due.kind,
        due_exact=due.exact,
        is_late=due.is_late,
        holder=each["assigned_to__full_name"] or "",
        is_urged=each["urged_until"] is not None,
        is_answer_late=each["urged_until"] is not None and each["urged_until"] < now,
        lingers=_lingers(each, now),
        can_claim=waiting and claims_for is not None and each["filed_by_id"] != claims_for,
        new_messages=str(each["new_messages"] or ""),
    )


def _lingers(each: dict[str, Any], now: datetime) -> str:
    if each["stage_due_at"] is None or each["stage_due_at"] >= now:
        return ""
    return str((Alert.Kind.WAITING if each["state"] in WAITING_STATES else Alert.Kind.STUCK).label)


def _rule(each: dict[str, Any]) -> str:
    unit = each["case__time_unit"]
    return "in_day" if unit == "in_day" else f"{each['case__time_value']} {unit}" if unit else ""
