"""What is wrong with a form that somebody wrote, before anybody is asked to fill it. Pure."""

import re
from dataclasses import dataclass

from procedures.formschema.conditions import ConditionError, Json, fields_in, parse_condition, tests_in
from procedures.formschema.schema import FACTS, ROW_TYPES, TYPES, Field, RawSchema, Schema, parse_schema

_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` is a path such as "child.birth_date"."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def check_schema(raw: RawSchema) -> list[Problem]:
    """Everything that would mislead a person or break the page; empty when the form can be published."""
    unreadable = _unreadable_conditions(raw, "form")
    if unreadable:
        return unreadable
    schema = parse_schema(raw)
    if not schema.sections:
        return [Problem("form", "has no sections")]
    problems = [] if schema.title.vi else [Problem("form", "has no Vietnamese title")]
    seen: dict[str, Field] = {}
    for section in schema.sections:
        if not section.title.vi:
            problems.append(Problem(section.key, "has no Vietnamese title"))
        problems += _check_condition(section.key, section.raw_show, seen)
        for item in section.fields:
            where = f"{section.key}.{item.key}"
            if item.key in seen:
                problems.append(Problem(where, "key is used twice"))
            problems += _check_field(where, item, seen)
            seen[item.key] = item
    return problems + _check_facts(schema)


def _check_field(where: str, item: Field, seen: dict[str, Field]) -> list[Problem]:
    wrong = {
        "key is not a lower-case name": not _KEY.fullmatch(item.key),
        f"unknown type {item.type!r}": item.type not in TYPES,
        "has no Vietnamese text": not item.label.vi,
        f"unknown fact {item.fact!r}": bool(item.fact) and item.fact not in FACTS,
        "only an address can be a place fact": bool(item.fact) and item.type != "address",
    }
    found = [message for message, is_wrong in wrong.items() if is_wrong] + _check_choices(item)
    if item.type == "repeat":
        found += _check_columns(item)
    if item.type == "computed":
        found += [f"computes from unknown answer {name!r}" for name in sorted(compute_inputs(item.compute) - seen.keys())]
    problems = [Problem(where, message) for message in found]
    for raw in (item.raw_show, _raw_required(item)):
        problems += _check_condition(where, raw, seen)
    return problems


def _check_choices(item: Field) -> list[str]:
    values = {choice.value for choice in item.choices}
    wrong = {
        "has no choices": item.type in ("choice", "many") and not item.choices,
        "has a choice without value or Vietnamese text": any(not choice.label.vi or not choice.value for choice in item.choices),
        "has a choice twice": len(values) != len(item.choices),
        "has a default that is no choice": bool(item.choices and item.default) and item.default not in values,
    }
    return [message for message, is_wrong in wrong.items() if is_wrong]


def _check_columns(item: Field) -> list[str]:
    found = [] if item.columns else ["has no columns"]
    for column in item.columns:
        if column.type not in ROW_TYPES:
            found.append(f"column {column.key} cannot be of type {column.type!r}")
        if not column.label.vi:
            found.append(f"column {column.key} has no Vietnamese text")
    if len({column.key for column in item.columns}) != len(item.columns):
        found.append("has a column twice")
    return found


def _check_condition(where: str, raw: Json, seen: dict[str, Field]) -> list[Problem]:
    if raw is None:
        return []
    condition = parse_condition(raw)
    unknown = sorted(fields_in(condition) - seen.keys())
    problems = [Problem(where, f"depends on {name!r}, which is not asked before") for name in unknown]
    for test in tests_in(condition):
        source = seen.get(test.field)
        if source is None or not source.choices:
            continue
        if test.operator not in ("eq", "ne", "in", "has"):
            continue
        values = test.value if isinstance(test.value, list) else [test.value]
        known = {choice.value for choice in source.choices}
        problems += [
            Problem(where, f"compares {test.field!r} with {value!r}, which is no choice") for value in values if value not in known
        ]
    return problems


def _check_facts(schema: Schema) -> list[Problem]:
    """A fact may be given by several questions only under conditions; that these exclude each other is the writer's duty."""
    always: dict[str, str] = {}
    problems = []
    facts = {item.fact for _section, item in schema.fields() if item.fact}
    for section, item in schema.fields():
        if item.fact and item.show is None and section.show is None:
            if item.fact in always:
                problems.append(Problem(item.key, f"fact {item.fact!r} is already given by {always[item.fact]!r}"))
            always[item.fact] = item.key
        if item.chooses_fact:
            orphans = [choice.value for choice in item.choices if choice.value not in facts]
            problems += [Problem(item.key, f"chooses fact {value!r}, which no address gives") for value in orphans]
    return problems


def _raw_required(item: Field) -> Json:
    return item.raw_required if isinstance(item.raw_required, dict) else None


def compute_inputs(compute: Json) -> set[str]:
    """Keys of the answers that a computation reads; `people.copies` reads `people`."""
    if isinstance(compute, dict):
        if "pieces" in compute:
            return set(re.findall(r"{(\w+)}", f"{compute['pieces']}{compute.get('otherwise')}"))
        return set().union(*(compute_inputs(value) for value in compute.values()))
    if isinstance(compute, list):
        return set().union(*(compute_inputs(value) for value in compute))
    return {compute.split(".")[0]} if isinstance(compute, str) else set()


def _unreadable_conditions(raw: Json, where: str) -> list[Problem]:
    """Conditions that are not conditions, wherever they stand."""
    problems: list[Problem] = []
    if isinstance(raw, list):
        for item in raw:
            problems += _unreadable_conditions(item, where)
    elif isinstance(raw, dict):
        here = f"{where}.{raw['key']}" if isinstance(raw.get("key"), str) else where
        for name, value in raw.items():
            if name in ("show", "required") and not isinstance(value, bool | None):
                try:
                    parse_condition(value)
                except ConditionError as error:
                    problems.append(Problem(here, str(error)))
            else:
                problems += _unreadable_conditions(value, here)
    return problems
