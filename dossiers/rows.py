"""A dossier as a row of a list, written out before the template sees it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from dossiers.clockdays import due_words
from dossiers.history import state_pill
from dossiers.models import Reminder
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
    can_claim: bool


FIELDS = (
    "pk", "code", "owner_name", "state", "due_at", "finished_at", "assigned_to__full_name", "version__short_name_vi",
    "version__short_name_en", "case__time_unit", "case__time_value", "agency__name", "is_urged", "filed_by_id",
)  # fmt: skip


def with_row_fields(dossiers: "QuerySet[Any]") -> "QuerySet[Any, dict[str, Any]]":
    """The dossiers with what a row needs, and nothing else, in one query."""
    urged = Reminder.objects.filter(dossier=OuterRef("pk"), answered_at__isnull=True)
    found: QuerySet[Any, dict[str, Any]] = dossiers.annotate(is_urged=Exists(urged)).values(*FIELDS)
    return found


def rows_of(found: Iterable[dict[str, Any]], *, base: str, now: datetime, claims_for: int | None = None) -> list[Row]:
    """The rows as text. `base` is put before the code; `claims_for` is the officer who may claim."""
    calendar = working_calendar(range(now.year - 2, now.year + 3))
    return [_row(each, base, now, calendar, claims_for) for each in found]


def _row(each: dict[str, Any], base: str, now: datetime, calendar: Any, claims_for: int | None) -> Row:
    pill = state_pill(each["state"])
    due = due_words(each["state"], each["due_at"], each["finished_at"], now, _rule(each), calendar)
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
        is_urged=each["is_urged"],
        can_claim=waiting and claims_for is not None and each["filed_by_id"] != claims_for,
    )


def _rule(each: dict[str, Any]) -> str:
    unit = each["case__time_unit"]
    return "in_day" if unit == "in_day" else f"{each['case__time_value']} {unit}" if unit else ""
