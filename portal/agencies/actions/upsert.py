"""Bring a table to a wanted state: what is missing is added, what differs is changed, the rest is left alone."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django.db.models import Model

from portal.core.db import require_transaction

Row = TypeVar("Row", bound=Model)
BATCH = 2000


@dataclass(slots=True)
class Changes:
    """How many rows a load added, changed, and found as wanted."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged)

    @property
    def is_nothing(self) -> bool:
        return not (self.created or self.updated)

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def upsert(model: type[Row], wanted: Iterable[Row], *, key: Sequence[str], fields: Sequence[str] = ()) -> Changes:
    """Every wanted row exists; of existing ones only `fields` are corrected. Rows nobody wants stay.

    `key` and `fields` are attribute names (`unit_id`, not `unit`).
    """
    require_transaction()
    existing = {_values(row, key): row for row in model._default_manager.all()}
    missing: list[Row] = []
    differing: list[Row] = []
    unchanged = 0
    for row in wanted:
        present = existing.get(_values(row, key))
        if present is None:
            missing.append(row)
        elif _values(present, fields) != _values(row, fields):
            for field in fields:
                setattr(present, field, getattr(row, field))
            differing.append(present)
        else:
            unchanged += 1
    model._default_manager.bulk_create(missing, batch_size=BATCH)
    if differing:
        model._default_manager.bulk_update(differing, [_field_name(model, name) for name in fields], batch_size=500)
    return Changes(len(missing), len(differing), unchanged)


def _values(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _field_name(model: type[Model], attribute: str) -> str:
    return next(field.name for field in model._meta.concrete_fields if field.attname == attribute)
