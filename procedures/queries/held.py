"""What decides competence, kept by this process until it changes: rules, agencies, units, and the rows that dossiers point at.

The tables carry one mark, which triggers set anew in the transaction of every change. Whoever asks for `held()` gets what
belongs to the mark that it reads in its own transaction: a rule that was published before is never overlooked.
"""

import gc
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from portal.agencies.models import Agency, Office
from portal.agencies.queries.memory import UnitsInMemory
from procedures.competence_book import RuleBook
from procedures.competence_directory import DirectorySnapshot
from procedures.formschema.schema import parse_schema
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.queries.directory import directory_snapshot
from procedures.queries.rulebook import rulebook

DAYS = 10
"""How many days of rules and agencies are kept: a backlog spans a few, tomorrow's merger one more."""

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Day:
    """Rules and agencies of one day, for decisions without a query. Loads are not in it: they change with every dossier."""

    book: RuleBook
    directory: DirectorySnapshot


class Held:
    """The registry as of one mark. What is asked for is read once; every row is shared, so nobody changes one."""

    def __init__(self, mark: UUID) -> None:
        self.mark = mark
        self.units = UnitsInMemory()
        self._days: dict[date, Day] = {}
        self._rows: dict[type[Model], dict[int, Any]] = {}

    def day(self, on: date) -> Day:
        """Rules and agencies of the day."""
        if on not in self._days:
            while len(self._days) >= DAYS:
                self._days.pop(next(iter(self._days)))
            self._days[on] = Day(rulebook(on), directory_snapshot(on, with_load=False))
        return self._days[on]

    def versions(self, keys: Iterable[int]) -> dict[int, ProcedureVersion]:
        """Published versions, which never change, with their procedures."""
        return self._kept(ProcedureVersion.objects.select_related("procedure"), keys)

    def cases(self, keys: Iterable[int]) -> dict[int, ProcedureCase]:
        """Cases of published versions; `form` is the parsed schema."""
        return self._kept(ProcedureCase.objects.all(), keys, _parse)

    def agencies(self, keys: Iterable[int]) -> dict[int, Agency]:
        """Agencies, without the rows that they point at. All are read at once: every batch meets others."""
        if Agency not in self._rows:
            self._rows[Agency] = Agency.objects.in_bulk()
        return self._kept(Agency.objects.all(), keys)

    def offices(self, keys: Iterable[int]) -> dict[int, Office]:
        """Offices with what papers and pages say of them."""
        return self._kept(Office.objects.select_related("agency", "unit", "province"), keys)

    def _kept(self, rows: QuerySet[M], keys: Iterable[int], prepare: Callable[[M], None] | None = None) -> dict[int, M]:
        kept: dict[int, M] = self._rows.setdefault(rows.model, {})
        missing: Collection[int] = set(keys) - kept.keys()
        for row in rows.filter(pk__in=missing).order_by("pk") if missing else ():
            if prepare:
                prepare(row)
            kept[row.pk] = row
        return kept


def _parse(case: ProcedureCase) -> None:
    case.form = parse_schema(case.form)


_now: list[Held] = []


def held() -> Held:
    """The registry of this moment. One query while nothing changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark FROM procedures_registryversion")
        (mark,) = cursor.fetchone()
    if not _now or _now[0].mark != mark:
        _keep(Held(mark))
    return _now[0]


def _keep(registry: Held) -> None:
    """In place of the former one. Tens of thousands of long-lived objects are taken out of what the collector walks through each time."""
    gc.unfreeze()
    _now[:] = [registry]
    gc.collect()
    gc.freeze()
