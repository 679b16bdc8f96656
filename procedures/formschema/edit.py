"""Edits of a form that a person makes question by question: each returns a new schema, or says why it cannot be. Pure.

A form whose declaration is hand-made prints named answers at fixed places: there only what the paper does not notice can change.
"""

import copy
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.core.errors import DomainError
from portal.core.text import fold
from procedures.formschema.check import check_schema, compute_inputs
from procedures.formschema.conditions import Json, fields_in, parse_condition, tests_in
from procedures.formschema.library import COMMON
from procedures.formschema.schema import Field, RawSchema, Schema, known_schema

TYPES = ("text", "long", "name", "int", "money", "date", "partial_date", "yesno", "choice", "many", "cccd", "phone", "email", "address",
         "organisation")  # fmt: skip
"""The types of question that can be added. Tables, notes and computed answers are written with the form's declaration."""

COUNTED = ("copies", "pages")
"""Answers that multiply the fee, by the key under which the prices look for them."""

NOT_PRINTED = "Câu hỏi thêm của thủ tục, không có mục trên mẫu tờ khai"
_NOT_KEY = re.compile(r"[^a-z0-9]+")


class EditRefused(DomainError):
    """The form would no longer be right; the message says why."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    vi: str
    en: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What a person says about a question. `when` is the earlier question and the answer under which it is asked."""

    label_vi: str
    type: str
    label_en: str = ""
    hint_vi: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    fact: str = ""
    counts: str = ""
    when: Json = None
    keeps_condition: bool = False


def is_hand_made(raw: RawSchema) -> bool:
    """Whether the form fills a declaration of its own, whose places are fixed."""
    return str(raw.get("print") or COMMON) != COMMON


def add_question(raw: RawSchema, section: str, question: Question) -> RawSchema:
    """The form asks one question more, last in that section. Raises EditRefused."""
    edited = copy.deepcopy(raw)
    taken = {item.key for _section, item in known_schema(raw).fields()}
    if question.counts in taken:
        raise EditRefused(_("Another question already gives this number."))
    key = question.counts or _free_key(question.label_vi, taken)
    made = _said({"key": key}, question)
    made |= {"not_printed": NOT_PRINTED} if is_hand_made(raw) else {"paper": question.label_vi}
    _section(edited, section)["fields"] = [*_fields(_section(edited, section)), made]
    return _checked(edited)


def change_question(raw: RawSchema, key: str, question: Question, used: Collection[str] = ()) -> RawSchema:
    """The question says this now. `used` are keys that something outside the form reads. Raises EditRefused."""
    spec = field_of(raw, key)
    reason = locked_reason(raw, spec, used)
    options = tuple(Option(each.label.vi, each.label.en) for each in spec.choices)
    if question.type != spec.type:
        raise EditRefused(reason or _("The kind of answer cannot change: add a new question and remove this one."))
    if reason and [each.vi for each in question.options] != [each.vi for each in options]:
        raise EditRefused(reason)
    if reason and is_hand_made(raw) and not question.keeps_condition:
        raise EditRefused(reason)
    edited = copy.deepcopy(raw)
    for section in _sections(edited):
        section["fields"] = [_said(item, question) if item["key"] == key else item for item in _fields(section)]
    return _checked(edited)


def remove_question(raw: RawSchema, key: str, used: Collection[str] = ()) -> RawSchema:
    """The form no longer asks it. Raises EditRefused."""
    spec = field_of(raw, key)
    if reason := locked_reason(raw, spec, used):
        raise EditRefused(reason)
    readers = [item.label.vi for item in _readers(known_schema(raw), key)]
    if readers:
        raise EditRefused(_("“%(reader)s” depends on this answer. Change that question first.") % {"reader": readers[0]})
    edited = copy.deepcopy(raw)
    for section in _sections(edited):
        section["fields"] = [item for item in _fields(section) if item["key"] != key]
    edited["sections"] = [section for section in _sections(edited) if section["fields"]]
    return _checked(edited)


def move_question(raw: RawSchema, key: str, step: int) -> RawSchema:
    """The question stands one place earlier (-1) or later (1) in its section. Raises EditRefused."""
    edited = copy.deepcopy(raw)
    for section in _sections(edited):
        items = _fields(section)
        place = next((index for index, item in enumerate(items) if item["key"] == key), None)
        if place is None:
            continue
        if not 0 <= place + step < len(items):
            raise EditRefused(_("The question already stands at this end of its part."))
        items[place], items[place + step] = items[place + step], items[place]
        section["fields"] = list(items)
    if any("not asked before" in each.message or "unknown answer" in each.message for each in check_schema(edited)):
        raise EditRefused(_("A question cannot stand before the answer on which it depends."))
    return _checked(edited)


def field_of(raw: RawSchema, key: str) -> Field:
    """The question of this key. Raises EditRefused."""
    try:
        return known_schema(raw).field(key)
    except KeyError as error:
        raise EditRefused(_("The form does not ask this question.")) from error


def locked_reason(raw: RawSchema, spec: Field, used: Collection[str] = ()) -> str:
    """Why only the wording of this question can change; empty when all of it can."""
    if is_hand_made(raw) and spec.paper:
        return _("The declaration prints this answer at “%(place)s”; only its wording and help can change here.") % {"place": spec.paper}
    if spec.key == known_schema(raw).signer:
        return _("This name stands under the signature of the declaration; only its wording can change.")
    if spec.key in used:
        return _("A paper, a fee or another procedure depends on this answer; only its wording can change.")
    if spec.type not in TYPES:
        return _("This part belongs to the declaration and is written with it; only its wording can change.")
    return ""


def options_of(lines: str) -> tuple[Option, ...]:
    """The answers of a choice, one a line: Vietnamese, then English after a bar."""
    pairs = (line.partition("|") for line in lines.splitlines() if line.strip(" |"))
    return tuple(Option(vi.strip(), en.strip()) for vi, _bar, en in pairs)


def lines_of(spec: Field) -> str:
    """The options of a question as they are typed."""
    return "\n".join(f"{each.label.vi} | {each.label.en}" if each.label.en else each.label.vi for each in spec.choices)


def answers_that_decide(schema: Schema) -> Iterator[tuple[str, Json, str, str]]:
    """Every answer on which a paper or a question may depend: key, value, question and answer in words."""
    for _part, item in schema.fields():
        if item.type == "yesno":
            yield from ((item.key, value, item.label.vi, str(_("yes") if value else _("no"))) for value in (True, False))
        elif item.type == "choice":
            yield from ((item.key, each.value, item.label.vi, each.label.vi) for each in item.choices)


def condition_words(schema: Schema, raw: Json) -> str:
    """A simple condition in words; empty for none and for one that only a developer reads."""
    if not isinstance(raw, dict) or set(raw) != {"field", "eq"}:
        return ""
    named = ((question, answer) for key, value, question, answer in answers_that_decide(schema) if raw == {"field": key, "eq": value})
    return next((f"{question}: {answer}" for question, answer in named), "")


def _readers(schema: Schema, key: str) -> list[Field]:
    """The questions whose condition or computation reads the answer."""
    found = []
    for section, item in schema.fields():
        raws = [section.raw_show, item.raw_show, item.raw_required if isinstance(item.raw_required, dict) else None]
        read = {name for raw in raws if raw for name in fields_in(parse_condition(raw))}
        if key in read | (compute_inputs(item.compute) if item.type == "computed" else set()):
            found.append(item)
    return found


def _said(item: Mapping[str, Json], question: Question) -> RawSchema:
    """The raw question with what the person said; what they cannot say stays."""
    kept: RawSchema = dict(item)
    kept |= {"type": question.type, "label": {"vi": question.label_vi, "en": question.label_en}}
    hint = kept.get("hint")
    english = hint.get("en", "") if isinstance(hint, dict) and hint.get("vi") == question.hint_vi else ""
    optional: RawSchema = {
        "hint": {"vi": question.hint_vi, "en": english} if question.hint_vi else None,
        "choices": _choices(item, question) or None,
        "fact": question.fact or None,
    }
    if not question.keeps_condition:
        optional["show"] = question.when
    if not isinstance(kept.get("required"), dict):
        optional["required"] = question.required or None
    kept |= optional
    return {name: value for name, value in kept.items() if value is not None}


def _choices(item: Mapping[str, Json], question: Question) -> list[Json]:
    """The options with their values: an answer that was there keeps its value, and so does one that is only reworded."""
    if question.type not in ("choice", "many"):
        return []
    old = [each for each in _list(item.get("choices")) if isinstance(each, dict)]
    values = {_vi(each): str(each["value"]) for each in old}
    reworded = [str(each["value"]) for each in old] if len(old) == len(question.options) else []
    taken: set[str] = set(values.values())
    made: list[Json] = []
    for place, option in enumerate(question.options):
        value = values.get(option.vi) or (
            reworded[place] if reworded and _vi(old[place]) not in {each.vi for each in question.options} else ""
        )
        if not value:
            value = _free_key(option.vi, taken)
            taken.add(value)
        made.append({"value": value, "label": {"vi": option.vi, "en": option.en}})
    return made


def _vi(choice: Mapping[str, Json]) -> str:
    label = choice.get("label")
    return str(label.get("vi") or "") if isinstance(label, dict) else str(label or "")


def _checked(edited: RawSchema) -> RawSchema:
    """The schema, if nothing in it would mislead a person. Raises EditRefused."""
    schema = known_schema(edited)
    for _section_of, item in schema.fields():
        if item.type in ("choice", "many") and len(item.choices) < 2:
            raise EditRefused(_("A choice needs at least two answers."))
        if item.type in ("choice", "many") and len({each.label.vi for each in item.choices}) < len(item.choices):
            raise EditRefused(_("Two answers of the choice read the same."))
    _check_answers(schema)
    problems = check_schema(edited)
    if any("is already given by" in each.message for each in problems):
        raise EditRefused(_("Another question already asks for the place that has this meaning."))
    if problems:
        raise EditRefused(_("The form would no longer fit together. Nothing was changed."))
    return edited


def _check_answers(schema: Schema) -> None:
    """No condition waits for an answer that can no longer be given. Raises EditRefused."""
    values = {item.key: {each.value for each in item.choices} for _part, item in schema.fields() if item.choices}
    for _part, item in schema.fields():
        for raw in (item.raw_show, item.raw_required):
            for test in tests_in(parse_condition(raw)) if isinstance(raw, dict) else ():
                wanted = test.value if isinstance(test.value, list) else [test.value]
                if test.operator in ("eq", "in", "has") and test.field in values and not set(wanted) <= values[test.field]:
                    raise EditRefused(_("“%(reader)s” waits for an answer that would be gone.") % {"reader": item.label.vi})


def _free_key(text: str, taken: Iterable[str]) -> str:
    used = set(taken)
    key = _NOT_KEY.sub("_", fold(text)).strip("_")[:40].strip("_")
    key = key if key[:1].isalpha() else f"q_{key}".rstrip("_")
    return next(each for each in (key, *(f"{key}_{number}" for number in range(2, len(used) + 3))) if each not in used)


def _section(raw: RawSchema, key: str) -> RawSchema:
    found = next((each for each in _sections(raw) if each.get("key") == key), None)
    if found is None:
        raise EditRefused(_("The form has no such part."))
    return found


def _sections(raw: RawSchema) -> list[RawSchema]:
    return [each for each in _list(raw.get("sections")) if isinstance(each, dict)]


def _fields(section: RawSchema) -> list[RawSchema]:
    return [each for each in _list(section.get("fields")) if isinstance(each, dict)]


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else []
