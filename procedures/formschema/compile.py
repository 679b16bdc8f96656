"""A schema becomes a Django form. The server decides what is asked and required; the browser only hides earlier."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import get_language

from procedures.formschema.compute import compute
from procedures.formschema.conditions import Answers, Json, holds
from procedures.formschema.finder import RegisterOfUnits
from procedures.formschema.kinds import Making, make_field, to_initial, to_json, vietnamese_reader
from procedures.formschema.places import PlaceFinder
from procedures.formschema.repeats import TypedRows
from procedures.formschema.schema import INPUT_TYPES, Field, RawSchema, Schema, Section, known_schema

LANGUAGE = "vi"


@dataclass(frozen=True, slots=True)
class FormItem:
    """One line of a section: a bound input, or a note. `show` is the condition as JSON for the browser."""

    kind: str
    spec: Field
    bound: BoundField | None
    show: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class FormSection:
    key: str
    title: str
    hint: str
    items: tuple[FormItem, ...]
    show: str
    is_shown: bool


class DeclarationForm(forms.Form):
    """The form of one schema. After `is_valid()` hidden answers are gone and `cleaned_data` holds Python values."""

    use_required_attribute = False

    def __init__(
        self,
        schema: Schema,
        wanted: tuple[Section, ...],
        making: Making,
        *,
        initial: Answers,
        data: Mapping[str, object] | None,
        prefix: str,
    ) -> None:
        self.schema, self.wanted, self.kept, self.language = schema, wanted, initial, making.language
        self.specs = {item.key: item for section in wanted for item in section.fields if item.type in INPUT_TYPES}
        shown = {key: to_initial(spec, initial.get(key, spec.default)) for key, spec in self.specs.items()}
        super().__init__(data, initial=shown, prefix=prefix or None)
        for key, spec in self.specs.items():
            self.fields[key] = make_field(spec, making)

    def clean(self) -> dict[str, object]:
        """Drop what was hidden, ask for what its condition requires. Conditions look backwards only, so one pass suffices."""
        known: dict[str, Json] = dict(self.kept)
        for section in self.wanted:
            in_section = holds(section.show, known)
            for item in section.fields:
                if not (in_section and holds(item.show, known)):
                    self._forget(item.key)
                    known.pop(item.key, None)
                elif item.key in self.fields:
                    self._excuse(item, known)
                    known[item.key] = to_json(self.cleaned_data.get(item.key))
                elif item.type == "computed":
                    known[item.key] = compute(item.compute, known, vietnamese_reader(self.schema, known))
        return self.cleaned_data

    def _forget(self, key: str) -> None:
        self.cleaned_data.pop(key, None)
        self.errors.pop(key, None)

    def _excuse(self, item: Field, known: Answers) -> None:
        """A question that is required under a condition may stay empty while the condition does not hold."""
        if item.required_when is None or holds(item.required_when, known):
            return
        if any(error.code == "required" for error in self.errors.as_data().get(item.key, [])):
            self._forget(item.key)

    @property
    def adds_row(self) -> bool:
        """Whether the person only asked for one more table row: show the page again, without errors."""
        if not self.is_bound:
            return False
        typed = [self[key].data for key, spec in self.specs.items() if spec.type == "repeat"]
        return any(isinstance(rows, TypedRows) and rows.adds_row for rows in typed)

    def sections(self) -> list[FormSection]:
        """Everything to render, in order."""
        known = self._known()
        return [self._section(section, known) for section in self.wanted]

    def _known(self) -> dict[str, Json]:
        """Answers as far as they can be read, for showing and hiding before anything is submitted."""
        known = {key: spec.default for key, spec in self.specs.items() if spec.default is not None} | dict(self.kept)
        if self.is_bound:
            self.errors  # noqa: B018 -- cleans the form
            known |= {key: to_json(self.cleaned_data.get(key)) for key in self.specs}
        return known

    def _section(self, section: Section, known: Answers) -> FormSection:
        is_shown = holds(section.show, known)
        items = tuple(
            FormItem(
                kind="field" if item.key in self.fields else "note",
                spec=item,
                bound=self[item.key] if item.key in self.fields else None,
                show=_as_json(item.raw_show),
                is_shown=is_shown and holds(item.show, known),
            )
            for item in section.fields
            if item.type != "computed"
        )
        title, hint = section.title.in_language(self.language), section.hint.in_language(self.language)
        return FormSection(section.key, title, hint, items, _as_json(section.raw_show), is_shown)


def _as_json(condition: Json) -> str:
    return json.dumps(condition, ensure_ascii=False, separators=(",", ":")) if condition is not None else ""


def build_form(
    schema: Schema | RawSchema,
    *,
    data: Mapping[str, object] | None = None,
    initial: Answers | None = None,
    today: date,
    sections: list[str] | None = None,
    prefix: str = "",
    find: PlaceFinder | None = None,
) -> DeclarationForm:
    """The form, bound when `data` is given. `initial` are kept answers; those of other sections feed the conditions."""
    parsed = schema if isinstance(schema, Schema) else known_schema(schema)
    wanted = tuple(section for section in parsed.sections if sections is None or section.key in sections)
    language = "en" if (get_language() or LANGUAGE).startswith("en") else LANGUAGE
    return DeclarationForm(
        parsed, wanted, Making(today, find or RegisterOfUnits(today), language), initial=initial or {}, data=data, prefix=prefix
    )
