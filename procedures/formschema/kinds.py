"""What each type of question is: its form field, and how its answer is kept, shown again, posted and read out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.money import format_vnd
from procedures.formschema import inputs
from procedures.formschema.addresses import AddressField, post_address
from procedures.formschema.conditions import Answers, Json, is_filled
from procedures.formschema.places import PlaceFinder
from procedures.formschema.repeats import Column, RepeatField, post_rows
from procedures.formschema.schema import Field, Schema

MAX_TEXT, MAX_LONG, MAX_NAME = 250, 4000, 100
RADIO_LIMIT = 6
"""Up to this many choices are shown as radio buttons, more as a list."""


@dataclass(frozen=True, slots=True)
class Making:
    """What fields need from outside."""

    today: date
    find: PlaceFinder
    language: str


def make_field(spec: Field, making: Making) -> forms.Field:
    """The form field of the question."""
    options: dict[str, object] = {
        "label": spec.label.in_language(making.language),
        "help_text": spec.hint.in_language(making.language),
        "required": spec.required or spec.required_when is not None,
        "error_messages": {"required": spec.missing.in_language(making.language) or _("Answer this question.")},
    }
    built = _MAKERS[spec.type](spec, making, options)
    built.widget.attrs.update(_attributes(spec))
    return built


def _attributes(spec: Field) -> dict[str, str]:
    by_type = {
        "int": {"inputmode": "numeric"},
        "money": {"inputmode": "numeric"},
        "cccd": {"inputmode": "numeric", "maxlength": "16", "spellcheck": "false"},
        "phone": {"inputmode": "tel", "autocomplete": "tel"},
        "email": {"inputmode": "email", "autocomplete": "email", "spellcheck": "false"},
        "date": {"inputmode": "numeric", "placeholder": "", "autocomplete": "off"},
        "partial_date": {"inputmode": "text", "autocomplete": "off"},
        "time": {"inputmode": "numeric"},
        "name": {"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"},
    }
    found = {name: value for name, value in by_type.get(spec.type, {}).items() if value}
    if spec.prefill == "full_name":
        found["autocomplete"] = "name"
    return found


def _text(spec: Field, _making: Making, options: dict[str, object]) -> forms.Field:
    return inputs.TextInputField(max_length=spec.max_length or MAX_TEXT, **options)  # type: ignore[arg-type]


def _long(spec: Field, _making: Making, options: dict[str, object]) -> forms.Field:
    return inputs.TextInputField(max_length=spec.max_length or MAX_LONG, widget=forms.Textarea({"rows": 3}), **options)  # type: ignore[arg-type]


def _int(spec: Field, _making: Making, options: dict[str, object]) -> forms.Field:
    return inputs.NumberField(min_value=spec.minimum, max_value=spec.maximum, **options)


def _time(_spec: Field, _making: Making, options: dict[str, object]) -> forms.Field:
    field = forms.TimeField(input_formats=["%H:%M", "%Hh%M", "%H giờ %M", "%Hh", "%H"], **options)  # type: ignore[arg-type]
    field.error_messages["invalid"] = _("Write the time as hour:minute, for example 14:30.")
    return field


def _choice(spec: Field, making: Making, options: dict[str, object]) -> forms.Field:
    choices = [(choice.value, choice.label.in_language(making.language)) for choice in spec.choices]
    if len(choices) <= RADIO_LIMIT:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)  # type: ignore[arg-type]
    return forms.ChoiceField(choices=[("", "—"), *choices], **options)  # type: ignore[arg-type]


def _many(spec: Field, making: Making, options: dict[str, object]) -> forms.Field:
    choices = [(choice.value, choice.label.in_language(making.language)) for choice in spec.choices]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)  # type: ignore[arg-type]


def _repeat(spec: Field, making: Making, options: dict[str, object]) -> forms.Field:
    columns = [
        Column(column.key, column.label.in_language(making.language), _cell_field(column, making), column.required)
        for column in spec.columns
    ]
    return RepeatField(columns, blank_rows=spec.blank_rows, max_rows=spec.max_rows, **options)


def _cell_field(column: Field, making: Making) -> forms.Field:
    """The field of a cell: never required by itself, since blank rows are allowed; choices as a short list."""
    cell = make_field(column, making)
    cell.required = False
    if isinstance(cell, forms.ChoiceField) and isinstance(cell.widget, forms.RadioSelect):
        cell.choices = [("", "—"), *cell.choices]  # type: ignore[misc]
        cell.widget = forms.Select(choices=cell.choices)
    return cell


_MAKERS: dict[str, Callable[[Field, Making, dict[str, object]], forms.Field]] = {
    "text": _text,
    "long": _long,
    "name": lambda spec, _making, options: inputs.NameField(max_length=spec.max_length or MAX_NAME, **options),  # type: ignore[arg-type]
    "int": _int,
    "money": lambda _spec, _making, options: inputs.MoneyField(max_length=30, **options),  # type: ignore[arg-type]
    "date": lambda spec, making, options: inputs.DayField(today=making.today, is_past=spec.is_past, **options),
    "partial_date": lambda spec, making, options: inputs.PartialDateField(today=making.today, is_past=spec.is_past, **options),
    "time": _time,
    "yesno": lambda _spec, _making, options: inputs.YesNoField(**options),
    "choice": _choice,
    "many": _many,
    "cccd": lambda _spec, _making, options: inputs.PersonalIdField(max_length=20, **options),  # type: ignore[arg-type]
    "phone": lambda _spec, _making, options: inputs.PhoneField(max_length=25, **options),  # type: ignore[arg-type]
    "email": lambda _spec, _making, options: forms.EmailField(max_length=120, **options),  # type: ignore[arg-type]
    "address": lambda _spec, making, options: AddressField(find=making.find, **options),
    "organisation": lambda _spec, _making, options: inputs.OrganisationField(**options),
    "repeat": _repeat,
}


def to_json(value: object) -> Json:
    """The cleaned value as it is kept; None for no answer."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list | tuple):
        return [_without_blanks(item) for item in value]
    if isinstance(value, dict):
        return {str(key): "" if item == "" else to_json(item) for key, item in value.items()}
    if value == "" or not isinstance(value, bool | int | float | str):
        return None
    return value


def _without_blanks(item: object) -> Json:
    """A row of a table without its empty cells."""
    kept = to_json(item)
    return {key: cell for key, cell in kept.items() if is_filled(cell)} if isinstance(kept, dict) else kept


def to_initial(spec: Field, kept: Json) -> object:
    """The kept answer as the form field wants it; text that never was valid stays as it was typed."""
    if spec.type == "date" and isinstance(kept, str):
        try:
            return date.fromisoformat(kept)
        except ValueError:
            return kept
    if spec.type == "repeat" and isinstance(kept, list):
        return [{column.key: to_initial(column, row.get(column.key)) for column in spec.columns} for row in kept if isinstance(row, dict)]
    return kept


def to_post(spec: Field, name: str, kept: Json) -> dict[str, str | list[str]]:
    """The kept answer as a browser would send it."""
    if spec.type == "address":
        return {key: value for key, value in post_address(name, kept).items() if isinstance(value, str)}
    if spec.type == "organisation":
        parts = kept if isinstance(kept, dict) else {}
        return {f"{name}_name": str(parts.get("name") or ""), f"{name}_tax": str(parts.get("tax_code") or "")}
    if spec.type == "many":
        return {name: [str(value) for value in kept]} if isinstance(kept, list) else {}
    if spec.type == "repeat":
        rows = [row for row in kept if isinstance(row, dict)] if isinstance(kept, list) else []
        cells = [{column.key: _posted_scalar(column, row.get(column.key)) for column in spec.columns} for row in rows]
        return dict(post_rows(name, cells))
    return {name: _posted_scalar(spec, kept)}


def _posted_scalar(spec: Field, kept: Json) -> str:
    if isinstance(kept, bool):
        return "yes" if kept else "no"
    if spec.type == "date" and isinstance(kept, str):
        shown = to_initial(spec, kept)
        return f"{shown:%d/%m/%Y}" if isinstance(shown, date) else kept
    return "" if kept is None else str(kept)


def read_out(spec: Field, kept: Json, language: str) -> str:
    """The answer as a person reads it; empty for no answer. Tables are read by row elsewhere."""
    if kept is None or kept == "":
        return ""
    if isinstance(kept, bool):
        return {"vi": ("Không", "Có")}.get(language, ("No", "Yes"))[kept]
    if isinstance(kept, dict):
        if spec.type == "organisation":
            tax = kept.get("tax_code")
            return f"{kept.get('name')}" + (f" (MST {tax})" if tax else "")
        return str(kept.get("label") or "")
    if isinstance(kept, list):
        return "; ".join(spec.choice_label(str(value), language) for value in kept)
    if spec.type == "choice":
        return spec.choice_label(str(kept), language)
    if spec.type == "money" and isinstance(kept, int):
        return format_vnd(kept)
    if spec.type in ("date", "partial_date"):
        return inputs.show_partial(str(kept))
    return str(kept)


def vietnamese_reader(schema: Schema, kept: Answers) -> Callable[[str], str]:
    """Reads an answer out by its key."""
    return lambda key: read_out(schema.field(key), kept.get(key), "vi")
