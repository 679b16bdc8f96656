"""Which answers of a filed declaration a supplement request opens, and what becomes of the others. Nothing is written here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from procedures.formschema.answers import as_schema, with_computed
from procedures.formschema.compile import DeclarationForm, build_form
from procedures.formschema.conditions import Answers, Json, holds, is_filled
from procedures.formschema.kinds import read_out, to_json
from procedures.formschema.schema import INPUT_TYPES, Field, RawSchema, Schema, Section

PREFIX = "d"
"""Of the inputs, as on the pages of a draft."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A field of the declaration that a request can name, with what stands there."""

    key: str
    section: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """One answer before and after."""

    key: str
    before: Json
    after: Json


def askable(schema: Schema | RawSchema, kept: Answers, language: str = "vi") -> list[Asking]:
    """The fields that were asked of this person, in the order of the form."""
    return [
        Asking(item.key, section.title.in_language(language), item.label.in_language(language), _value(item, kept.get(item.key), language))
        for section, item in _asked(as_schema(schema), kept)
    ]


def _asked(schema: Schema, kept: Answers) -> Iterable[tuple[Section, Field]]:
    for section, item in schema.fields():
        if item.type in INPUT_TYPES and holds(section.show, kept) and holds(item.show, kept):
            yield section, item


def _value(item: Field, kept: Json, language: str) -> str:
    if item.type != "repeat":
        return read_out(item, kept, language)
    rows = [row for row in kept if isinstance(row, dict)] if isinstance(kept, list) else []
    told = [", ".join(read_out(column, row.get(column.key), language) for column in item.columns if row.get(column.key)) for row in rows]
    return "; ".join(told)


def label_of(schema: Schema | RawSchema, key: str, language: str = "vi") -> str:
    """The question of the field; empty for a key that the form does not have."""
    return next((item.label.in_language(language) for _section, item in as_schema(schema).fields() if item.key == key), "")


def value_text(schema: Schema | RawSchema, key: str, kept: Json, language: str = "vi") -> str:
    """The answer to the field as a person reads it."""
    return next((_value(item, kept, language) for _section, item in as_schema(schema).fields() if item.key == key), "")


def opened(schema: Schema | RawSchema, kept: Answers, keys: Collection[str]) -> Schema:
    """The form of these fields alone, with the questions that an answer to them may open: those that were not asked before."""
    parsed = as_schema(schema)
    before = {item.key for _section, item in _asked(parsed, kept)}
    wanted = set(keys)
    for section in parsed.sections:
        for item in section.fields:
            if item.key not in before and (_names(section.raw_show) | _names(item.raw_show)) & wanted:
                wanted.add(item.key)
    sections = (replace(each, fields=tuple(item for item in each.fields if item.key in wanted)) for each in parsed.sections)
    return replace(parsed, sections=tuple(each for each in sections if each.fields))


def _names(condition: Json) -> set[str]:
    """The keys that a condition looks at."""
    if isinstance(condition, dict):
        own = {str(condition["field"])} if "field" in condition else set()
        return own.union(*(_names(part) for part in condition.values()))
    return set().union(*(_names(part) for part in condition)) if isinstance(condition, list) else set()


def correction_form(
    schema: Schema | RawSchema, kept: Answers, keys: Collection[str], *, today: date, data: Mapping[str, Any] | None = None
) -> DeclarationForm:
    """The inputs of the opened fields over the answers kept so far."""
    return build_form(opened(schema, kept, keys), data=data, initial=dict(kept), today=today, prefix=PREFIX)


def given(form: DeclarationForm, *, keeps_blank: bool = False) -> dict[str, Json]:
    """What the valid form says of each opened field; None for one that was emptied. `keeps_blank`: an empty input changes nothing."""
    said = {key: to_json(form.cleaned_data[key]) for key in form.specs if key in form.cleaned_data}
    return {key: value for key, value in said.items() if is_filled(value) or not keeps_blank}


def corrected(schema: Schema | RawSchema, kept: Answers, values: Mapping[str, Json]) -> dict[str, Json]:
    """All answers with the new ones and what follows from them: computed answers, and what the form no longer asks. The rest stays."""
    parsed = as_schema(schema)
    known = {item.key for _section, item in parsed.fields()}
    before, after = with_computed(parsed, kept), with_computed(parsed, {**kept, **{key: values[key] for key in values if key in known}})
    now = {key: value for key, value in kept.items() if key in after or key not in before}
    return now | {key: value for key, value in after.items() if value != before.get(key)}


def differences(kept: Answers, now: Answers) -> list[Change]:
    """Every answer that is another one now, by key."""
    keys = sorted({*kept, *now})
    return [Change(key, kept.get(key), now.get(key)) for key in keys if _plain(kept.get(key)) != _plain(now.get(key))]


def _plain(value: Json) -> Json:
    return value if is_filled(value) else None
