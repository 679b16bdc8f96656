"""The fields of a filed declaration as lines that a supplement request can name, with what was typed for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dossiers.corrections import askable, label_of
from dossiers.models import Answers, Dossier

LONGEST_REASON = 500
TITLE = "Tờ khai: %s"
"""How the printed request, which is an official paper and Vietnamese, names a field."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field: the question, what stands there, and whether it is asked for, with the reason."""

    key: str
    label: str
    value: str
    title: str
    is_ticked: bool
    reason: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """The fields of one section of the form; open where something is ticked."""

    title: str
    rows: tuple[FieldRow, ...]

    @property
    def is_open(self) -> bool:
        return any(row.is_ticked for row in self.rows)


def field_groups(dossier: Dossier, typed: Mapping[str, str]) -> list[FieldGroup]:
    """The sections of the declaration; none where the case has no form, or the answers may not be read here."""
    kept = Answers.objects.filter(dossier=dossier).values_list("content", flat=True).first()
    if not kept or not dossier.case.form:
        return []
    rows: dict[str, list[FieldRow]] = {}
    for each in askable(dossier.case.form, kept, get_language() or "vi"):
        is_ticked, reason = f"field-{each.key}" in typed, typed.get(f"field-{each.key}-reason", "").strip()[:LONGEST_REASON]
        title = (TITLE % label_of(dossier.case.form, each.key))[:400]
        error = _("Write the reason.") if is_ticked and not reason else ""
        rows.setdefault(each.section, []).append(FieldRow(each.key, each.label, each.value, title, is_ticked, reason, error))
    return [FieldGroup(title, tuple(found)) for title, found in rows.items()]


def ticked(groups: list[FieldGroup]) -> list[FieldRow]:
    """What is asked for, in the order of the form."""
    return [row for group in groups for row in group.rows if row.is_ticked]
