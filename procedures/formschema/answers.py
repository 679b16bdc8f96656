"""Answers of a form: kept as JSON, shown again, read out, and turned into the facts that rules need."""

from collections.abc import Mapping
from datetime import date

from django.http import QueryDict

from procedures.formschema.compile import DeclarationForm, build_form
from procedures.formschema.compute import compute
from procedures.formschema.conditions import Answers, Json, holds, is_filled
from procedures.formschema.kinds import read_out, to_json, to_post, vietnamese_reader
from procedures.formschema.places import PlaceAnswer, PlaceFinder, TypedAddress, place_answer
from procedures.formschema.repeats import TypedRows
from procedures.formschema.schema import INPUT_TYPES, Field, RawSchema, Schema, known_schema

Line = tuple[str, str]


def as_schema(schema: Schema | RawSchema) -> Schema:
    """The parsed schema, whichever form it came in."""
    return schema if isinstance(schema, Schema) else known_schema(schema)


def answers(form: DeclarationForm) -> dict[str, Json]:
    """The valid form's answers with the computed ones, ready to be stored. Unanswered and hidden questions are left out."""
    kept = {key: to_json(value) for key, value in form.cleaned_data.items()}
    return with_computed(form.schema, {key: value for key, value in (dict(form.kept) | kept).items() if is_filled(value)})


def with_computed(schema: Schema, given: Answers) -> dict[str, Json]:
    """The answers that are shown under the schema's conditions, with the computed ones added."""
    kept: dict[str, Json] = {}
    for section in schema.sections:
        in_section = holds(section.show, kept)
        for item in section.fields:
            if not (in_section and holds(item.show, kept)):
                continue
            value = compute(item.compute, kept, vietnamese_reader(schema, kept)) if item.type == "computed" else given.get(item.key)
            if is_filled(value):
                kept[item.key] = value
    return kept


def initial_from(kept: Answers) -> dict[str, Json]:
    """What `build_form(initial=…)` needs to show the kept answers again."""
    return dict(kept)


def prefill(schema: Schema | RawSchema, person: Mapping[str, Json]) -> dict[str, Json]:
    """First answers from a citizen's profile or ID card. Known: full_name, personal_id, birth_date, sex, address_text, phone, email."""
    filled: dict[str, Json] = {}
    for _section, item in as_schema(schema).fields():
        value = person.get(item.prefill) if item.prefill else None
        if not is_filled(value):
            continue
        filled[item.key] = {"text": value, "line": "", "label": value} if item.type == "address" else value
    return filled


def clean_partial(form: DeclarationForm) -> dict[str, Json]:
    """What to keep of a draft: valid answers as such, the rest exactly as typed, so that nothing is lost."""
    form.errors  # noqa: B018 -- cleans the form
    kept = dict(form.kept)
    for key, spec in form.specs.items():
        value = to_json(form.cleaned_data[key]) if key in form.cleaned_data else _as_typed(form, key, spec)
        kept.pop(key, None)
        if is_filled(value):
            kept[key] = value
    return kept


def _as_typed(form: DeclarationForm, key: str, spec: Field) -> Json:
    typed = form[key].data
    if isinstance(typed, TypedAddress):
        return None if typed.is_empty else {"text": typed.text, "line": typed.line, "undecided": typed.is_undecided, "label": ""}
    if isinstance(typed, TypedRows):
        rows = [{name: to_json(cell) for name, cell in row.items() if cell not in (None, "")} for row in typed.as_dicts()]
        return [row for row in rows if row]
    if spec.type == "organisation" and isinstance(typed, list):
        name, tax = [*typed, "", ""][:2]
        return {"name": str(name or ""), "tax_code": str(tax or "")}
    return to_json(typed)


def post_data(schema: Schema | RawSchema, kept: Answers, *, prefix: str = "", sections: list[str] | None = None) -> QueryDict:
    """The answers as the browser of a person who typed them would post them."""
    posted = QueryDict(mutable=True)
    for section, item in as_schema(schema).fields():
        if item.type not in INPUT_TYPES or not (sections is None or section.key in sections):
            continue
        name = f"{prefix}-{item.key}" if prefix else item.key
        for part, value in to_post(item, name, kept.get(item.key)).items():
            posted.setlist(part, value if isinstance(value, list) else [value])
    return posted


def validate_answers(schema: Schema | RawSchema, kept: Answers, *, today: date, find: PlaceFinder | None = None) -> DeclarationForm:
    """The bound form of answers that came from a draft or the API; ask it `is_valid()`."""
    return build_form(schema, data=post_data(schema, kept), today=today, find=find)


def read_back(schema: Schema | RawSchema, kept: Answers, language: str = "vi") -> list[tuple[str, list[Line]]]:
    """Section by section the questions in the citizen's words and the answers; only what was asked and answered."""
    parsed = as_schema(schema)
    told = []
    for section in parsed.sections:
        if not holds(section.show, kept):
            continue
        lines = [line for item in section.fields if holds(item.show, kept) for line in _lines(item, kept.get(item.key), language)]
        if lines:
            told.append((section.title.in_language(language), lines))
    return told


def _lines(item: Field, kept: Json, language: str) -> list[Line]:
    if item.type == "note" or not is_filled(kept):
        return []
    label = item.label.in_language(language)
    if item.type != "repeat":
        return [(label, read_out(item, kept, language))]
    said = ["; ".join(f"{name}: {value}" for name, value in row.values() if value) for row in table_rows(item, kept, language)]
    return [(f"{label} – {number}", text) for number, text in enumerate(said, 1)]


def table_rows(item: Field, kept: Json, language: str) -> list[dict[str, Line]]:
    """The rows of a table: by column key, the column's label and the readable cell."""
    rows = [row for row in kept if isinstance(row, dict)] if isinstance(kept, list) else []
    labels = {column.key: column.label.in_language(language) for column in item.columns}
    return [{column.key: (labels[column.key], read_out(column, row.get(column.key), language)) for column in item.columns} for row in rows]


def place_facts(schema: Schema | RawSchema, kept: Answers) -> dict[str, PlaceAnswer]:
    """The places that decide competence, by what they mean. A fact that several questions can give comes from the last one shown."""
    facts: dict[str, PlaceAnswer] = {}
    for section, item in as_schema(schema).deciding:
        if item.fact and holds(section.show, kept) and holds(item.show, kept):
            answer = place_answer(kept.get(item.key))
            if answer is not None:
                facts[item.fact] = answer
    return facts


CHOICE = "@choice"
"""Beside the answers of a filing: what the applicant chose among several lawful agencies, the fact that decides or an agency's id."""


def chosen_agency(kept: Answers) -> int | None:
    """The agency that the applicant chose where the law offers agencies, not places."""
    chosen = kept.get(CHOICE)
    return chosen if isinstance(chosen, int) and not isinstance(chosen, bool) else None


def chosen_fact(schema: Schema | RawSchema, kept: Answers) -> str | None:
    """The fact that the applicant lawfully chose to decide competence, such as the mother's residence."""
    if isinstance(chosen := kept.get(CHOICE), str):
        return chosen
    for section, item in as_schema(schema).deciding:
        if item.chooses_fact and holds(section.show, kept) and holds(item.show, kept):
            value = kept.get(item.key)
            return str(value) if value else None
    return None
