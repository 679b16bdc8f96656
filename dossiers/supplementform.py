"""The open supplement request as a form: which fields of the declaration it opens, what was typed, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from dossiers.corrections import PREFIX, correction_form, given, opened
from dossiers.models import Answers, Dossier, SupplementItem
from portal.core.db import Scope, acting_as, current_scope
from portal.core.errors import DomainError
from procedures.formschema.answers import post_data
from procedures.formschema.compile import DeclarationForm
from procedures.formschema.conditions import Json


class FieldsWrong(DomainError):
    """A corrected answer is not one that its question takes."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """The opened fields. `is_shown` says whether who answers may read what stood there; if not, an empty input changes nothing."""

    form: DeclarationForm
    named: Mapping[str, int]
    is_shown: bool

    def of(self, item: SupplementItem) -> BoundField | None:
        """The input of the field that the item names."""
        return self.form[item.field_key] if item.field_key in self.form.fields else None

    def following(self) -> list[BoundField]:
        """The inputs of questions that only the new answers open."""
        return [
            item.bound
            for section in self.form.sections()
            for item in section.items
            if item.bound is not None and item.is_shown and item.spec.key not in self.named
        ]

    def values(self, answers: Mapping[int, str]) -> dict[str, Json]:
        """The new answers. What is explained in words may stay empty. Raises FieldsWrong."""
        explained = {key for key, item in self.named.items() if answers.get(item, "").strip()}
        for key in explained:
            if any(error.code == "required" for error in self.form.errors.as_data().get(key, [])):
                self.form.errors.pop(key)
        if self.form.errors or self.form.adds_row:
            raise FieldsWrong(_("Look at the marked fields: something is missing or cannot be read."))
        return given(self.form, keeps_blank=not self.is_shown)


def corrections(
    dossier: Dossier, items: Sequence[SupplementItem], *, today: date, data: Mapping[str, Any] | None = None
) -> Corrections | None:
    """The inputs for what these items open; None where they name no field of the declaration."""
    named = {item.field_key: item.pk for item in items if item.field_key}
    if not named:
        return None
    own = Answers.objects.filter(dossier=dossier).values_list("content", flat=True).first()
    kept = own if own is not None else _content(dossier)
    form = correction_form(dossier.case.form, kept, named, today=today, data=data)
    if own is None:
        form.initial = {}
    return Corrections(form, named, is_shown=own is not None)


def told_values(dossier: Dossier, items: Sequence[SupplementItem], told: Mapping[str, Json], *, today: date) -> dict[str, Json]:
    """New answers that came as data, checked like those of a browser; what the items do not name is left aside. Raises FieldsWrong."""
    named = [item.field_key for item in items if item.field_key]
    wanted = {key: value for key, value in told.items() if key in named}
    if not wanted:
        return {}
    kept = _content(dossier)
    form = opened(dossier.case.form, kept, list(wanted))
    opening = {item.key for _section, item in form.fields()}
    data = post_data(form, {**kept, **{key: value for key, value in told.items() if key in opening}}, prefix=PREFIX)
    bound = correction_form(dossier.case.form, kept, list(wanted), today=today, data=data)
    if not bound.is_valid():
        raise FieldsWrong(_("These answers cannot be read: %(fields)s") % {"fields": ", ".join(sorted(bound.errors))})
    return given(bound)


def deciding_scope(dossier: Dossier) -> Scope:
    """Who acts now, with the sight of the deciding agency: for the step itself, never for showing."""
    return replace(current_scope.get(), agencies=(dossier.agency_id,) if dossier.agency_id else ())


def _content(dossier: Dossier) -> dict[str, Json]:
    """The answers, to know which questions hang on which; their values do not leave this module."""
    with acting_as(deciding_scope(dossier)):
        return Answers.objects.filter(dossier=dossier).values_list("content", flat=True).first() or {}
