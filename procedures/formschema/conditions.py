"""Conditions on answers, as data: `{"field": "copies", "gt": 0}`, joined by `all`, `any` and `not`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

OPERATORS = frozenset({"eq", "ne", "in", "has", "gt", "lt", "filled"})

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Answers = Mapping[str, Json]


class ConditionError(ValueError):
    """The data is not a condition."""


@dataclass(frozen=True, slots=True)
class Test:
    """One answer compared. Operator "true": the answer is yes, or filled."""

    __test__ = False

    field: str
    operator: str
    value: Json


@dataclass(frozen=True, slots=True)
class Join:
    """`all` or `any` of the parts, or `not` the first."""

    how: str
    parts: tuple["Condition", ...]


Condition = Test | Join


def parse_condition(raw: Json) -> Condition:
    """The condition that the data describes. Raises ConditionError."""
    if not isinstance(raw, dict):
        raise ConditionError(f"not a condition: {raw!r}")
    for how in ("all", "any"):
        if how in raw:
            parts = raw[how]
            if not isinstance(parts, list) or not parts or len(raw) > 1:
                raise ConditionError(f"{how} takes a list and nothing beside it")
            return Join(how, tuple(parse_condition(part) for part in parts))
    if "not" in raw:
        return Join("not", (parse_condition(raw["not"]),))
    field = raw.get("field")
    operators = [name for name in raw if name != "field"]
    if not isinstance(field, str) or len(operators) > 1 or not OPERATORS.issuperset(operators):
        raise ConditionError(f"unknown field or operator: {raw!r}")
    return Test(field, operators[0], raw[operators[0]]) if operators else Test(field, "true", None)


def fields_in(condition: Condition) -> frozenset[str]:
    """The keys of all answers that the condition reads."""
    if isinstance(condition, Test):
        return frozenset({condition.field})
    return frozenset().union(*(fields_in(part) for part in condition.parts))


def tests_in(condition: Condition) -> list[Test]:
    """All single comparisons of the condition."""
    if isinstance(condition, Test):
        return [condition]
    return [test for part in condition.parts for test in tests_in(part)]


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether the answers satisfy the condition; no condition is always satisfied."""
    if condition is None:
        return True
    if isinstance(condition, Test):
        return _compare(condition, answers.get(condition.field))
    results = [holds(part, answers) for part in condition.parts]
    if condition.how == "not":
        return not results[0]
    return all(results) if condition.how == "all" else any(results)


def is_asked(show: Json, answers: Answers) -> bool:
    """Whether what is shown under the stored condition is asked for; None is asked for always. Raises ConditionError."""
    return show is None or holds(parse_condition(show), answers)


def is_filled(value: Json) -> bool:
    """False for nothing, empty text and empty lists; no and zero are answers."""
    return value is not None and value not in ("", [], {})


def _compare(test: Test, answer: Json) -> bool:
    wanted = test.value
    match test.operator:
        case "true":
            return is_filled(answer) and answer is not False
        case "filled":
            return is_filled(answer) is (wanted is not False)
        case "eq":
            return answer == wanted
        case "ne":
            return answer != wanted
        case "in":
            return isinstance(wanted, list) and answer in wanted
        case "has":
            return isinstance(answer, list) and wanted in answer
    return _ordered(answer, wanted, is_greater=test.operator == "gt")


def _ordered(answer: Json, wanted: Json, *, is_greater: bool) -> bool:
    """Numbers by value, dates (ISO text) by day; anything else is not comparable."""
    if isinstance(answer, int | float) and isinstance(wanted, int | float):
        return answer > wanted if is_greater else answer < wanted
    if isinstance(answer, str) and isinstance(wanted, str) and answer:
        return answer > wanted if is_greater else answer < wanted
    return False
