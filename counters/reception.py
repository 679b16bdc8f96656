"""What the agency's own counter decides on a filing, as forms."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.actions.supplement import Asked
from dossiers.fieldasks import FieldRow
from dossiers.models import Dossier
from portal.agencies.queries import working_calendar
from portal.core.forms import DateField
from procedures.models import Requirement

FREE_ITEMS = (1, 2, 3)
DAYS_TO_ANSWER = 10
"""Working days that the form suggests for handing papers in."""

REFUSAL_REASONS = (
    gettext_lazy("The dossier is not of this agency's competence and no competent agency could be named."),
    gettext_lazy("The person has no right to file this procedure under the law."),
    gettext_lazy("The same matter has already been decided or is being processed."),
    gettext_lazy("The papers handed in were issued contrary to their form or by a body without competence."),
    gettext_lazy("The papers show signs of having been altered; they were checked and found not valid."),
)


@dataclass(frozen=True, slots=True)
class AskRow:
    """One component that can be asked for, with what was typed."""

    key: str
    name: str
    is_ticked: bool
    reason: str


@dataclass(frozen=True, slots=True)
class FreeRow:
    """One thing that no component names."""

    number: int
    title: str
    reason: str


def ask_rows(dossier: Dossier, typed: Any) -> list[AskRow]:
    """The components of the case, and the declaration as the first."""
    requirements = Requirement.objects.filter(case_id=dossier.case_id).order_by("seq", "pk")
    return [AskRow(each.key, each.name, f"item-{each.key}" in typed, typed.get(f"reason-{each.key}", "")) for each in requirements]


def free_rows(typed: Any) -> list[FreeRow]:
    """Three empty lines for anything else."""
    return [FreeRow(number, typed.get(f"title-{number}", ""), typed.get(f"why-{number}", "")) for number in FREE_ITEMS]


def asked_items(rows: list[AskRow], free: list[FreeRow], fields: list[FieldRow]) -> list[Asked]:
    """What the clerk asks for: papers, fields of the declaration, anything else."""
    named = [Asked(title=row.name[:400], reason=row.reason[:500], requirement_key=row.key) for row in rows if row.is_ticked]
    named += [Asked(title=row.title, reason=row.reason, field_key=row.key) for row in fields]
    return named + [Asked(title=row.title[:400], reason=row.reason[:500]) for row in free if row.title.strip()]


def suggested_day(today: date) -> date:
    """The usual last day for an answer."""
    return working_calendar(range(today.year, today.year + 2)).add_working_days(today, DAYS_TO_ANSWER)


def answer_day(text: str, today: date) -> date:
    """The last day as typed. Raises ValidationError."""
    day: date | None = DateField().clean(text)
    if day is None or day <= today:
        raise ValidationError(_("Choose a day in the future by which the papers must be handed in."))
    return day


def refusal_reason(typed: Any) -> str:
    """The chosen sentence and the clerk's own words."""
    chosen = typed.get("reason_choice", "")
    sentence = str(REFUSAL_REASONS[int(chosen)]) if chosen.isascii() and chosen.isdigit() and int(chosen) < len(REFUSAL_REASONS) else ""
    return "\n".join(part for part in (sentence, typed.get("reason", "").strip()) if part)
