"""Rows of models as parts of one statement: each column travels as one array, so that a hundred rows cost what one does.

Arrays are bound in binary (`%b`): PostgreSQL then neither quotes nor parses what is in them.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LENGTH = re.compile(r"\(\d+\)")


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
            return [None if each is None else _encode(each) for each in found]
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


@dataclass(frozen=True, slots=True)
class Source:
    """`SELECT … FROM unnest(…)` over instances, and what it binds."""

    text: str
    parameters: list[Any]


def source(kept: Sequence[Column], rows: Sequence[Any]) -> Source:
    """A query that yields the columns of these instances, in their order."""
    names = [f"c{number}" for number in range(len(kept))]
    arrays = ", ".join(f"%b::{each.travels_as}[]" for each in kept)
    selected = ", ".join(
        f"{name}::{each.casts_to} AS {each.name}" if each.travels_as != each.casts_to else f"{name} AS {each.name}"
        for name, each in zip(names, kept, strict=True)
    )
    text = f"SELECT {selected} FROM unnest({arrays}) AS u({', '.join(names)})"  # noqa: S608 -- names of our own models
    return Source(text, [each.values(rows) for each in kept])


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
