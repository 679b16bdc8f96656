"""Rows of models as parts of one statement: each column travels as one array, so that a hundred rows cost what one does.

A column that says the same in every row travels as one value. Both are bound in binary (`%b`): PostgreSQL then neither quotes
nor parses what is in them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, JSONField, Model
from django.db.models.base import ModelState

from portal.core.canonical import compact

_LENGTH = re.compile(r"\(\d+\)")
M = TypeVar("M", bound=Model)
NO_RELATIONS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Column:
    """A stored column. `travels_as` is the element type of its array, `casts_to` its own type: another one for JSON and arrays only."""

    name: str
    attribute: str
    travels_as: str
    casts_to: str
    is_json: bool

    def values(self, rows: Sequence[Any]) -> list[Any]:
        """The column of these instances, ready to be bound."""
        found = [getattr(row, self.attribute) for row in rows]
        if self.is_json:
            return [None if each is None else compact(each) for each in found]
        if self.travels_as != self.casts_to:
            return [None if each is None else "{" + ",".join(map(_element, each)) + "}" for each in found]
        return found


def _element(value: Any) -> str:
    return str(value) if isinstance(value, int) else json.dumps(str(value), ensure_ascii=False)


@cache
def columns(model: type[Model], attributes: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Every column that an INSERT writes, or those of the named fields."""
    wanted = [model._meta.get_field(name) for name in attributes] if attributes else model._meta.concrete_fields
    fields = [field for field in wanted if isinstance(field, Field)]
    return tuple(_column(field) for field in fields if not (getattr(field, "generated", False) or field is model._meta.auto_field))


def _column(field: "Field[Any, Any]") -> Column:
    # Without its length: a cast to varchar(n) would cut silently what an insertion refuses.
    kind = _LENGTH.sub("", field.db_type(connection) or "")
    is_json = isinstance(field, JSONField)
    return Column(str(field.column), field.attname, "text" if is_json or kind.endswith("[]") else kind, kind, is_json)


class Row:
    """An unsaved row without the machinery of a model instance: defaults of the model, and what is given."""

    def __init__(self, model: type[Model], **given: Any) -> None:
        self.__dict__ = {**_defaults(model), **given}


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    """Shared by all rows, so nobody changes one in place."""
    return {field.attname: field.get_default() for field in model._meta.concrete_fields}


def fresh(model: type[M], relations: Mapping[str, Any] = NO_RELATIONS, **given: Any) -> M:
    """An unsaved instance as `model(…)` makes it, in a tenth of the time: columns by their attributes (`agency_id`), with the rows
    that they point at by name where somebody will ask for them.
    """
    made = model.__new__(model)
    made.__dict__.update(_defaults(model), _state=ModelState())
    made.__dict__.update(given)
    made._state.fields_cache = {name: row for name, row in relations.items() if row is not None}
    return made


def loaded(model: type[M], attributes: Sequence[str], values: Sequence[Any]) -> M:
    """An instance that was read with these columns, as `only()` makes it; any other column is read when it is asked for."""
    made = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, connection.alias
    made.__dict__.update(zip(attributes, values, strict=True), _state=state)
    return made


@dataclass(frozen=True, slots=True)
class Source:
    """`SELECT … FROM unnest(…)` over instances, and what it binds."""

    text: str
    parameters: list[Any]


def source(kept: Sequence[Column], rows: Sequence[Any]) -> Source:
    """A query that yields the columns of these instances, in their order. The first is always an array: it says how many rows there are."""
    selected, arrays, names = [], [], []
    single: list[Any] = []
    several: list[Any] = []
    for number, each in enumerate(kept):
        values = each.values(rows)
        if number and values and values.count(values[0]) == len(values):
            selected.append(f"%b::{each.casts_to} AS {each.name}")
            single.append(values[0])
            continue
        name = f"c{number}"
        selected.append(f"{name}::{each.casts_to} AS {each.name}" if each.travels_as != each.casts_to else f"{name} AS {each.name}")
        arrays.append(f"%b::{each.travels_as}[]")
        names.append(name)
        several.append(values)
    text = f"SELECT {', '.join(selected)} FROM unnest({', '.join(arrays)}) AS u({', '.join(names)})"  # noqa: S608 -- names of our own models
    return Source(text, [*single, *several])


def insertion(model: type[Model], rows: Sequence[Any], *, only: str = "", returning: str = "") -> Source:
    """An INSERT of these unsaved instances; `only` is a condition on the rows, which are called `s`."""
    kept = columns(model)
    given = source(kept, rows)
    names = ", ".join(each.name for each in kept)
    condition = f" WHERE {only}" if only else ""
    ending = f" RETURNING {returning}" if returning else ""
    listed = ", ".join(f"s.{each.name}" for each in kept)
    text = f"INSERT INTO {model._meta.db_table} ({names}) SELECT {listed} FROM ({given.text}) s{condition}{ending}"  # noqa: S608 -- names of our own models
    return Source(text, given.parameters)
