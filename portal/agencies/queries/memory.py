"""All administrative units and their successions in memory, for whoever resolves many places at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from portal.agencies.models import FAR_PAST, AdministrativeUnit, UnitSuccession
from portal.agencies.succession import Level, Succession, Unit, resolve


class UnitsInMemory:
    """Answers like the tables did when it was made, with two queries. Its rows are shared: whoever gets one never changes it."""

    def __init__(self) -> None:
        rows = AdministrativeUnit.objects.defer("search_key", "search_path", "search_vector").order_by("id")
        self._by_id = {row.pk: row for row in rows}
        self._by_code: dict[str, list[AdministrativeUnit]] = defaultdict(list)
        for row in self._by_id.values():
            row.parent = self._by_id[row.parent_id] if row.parent_id else None
            row.province = self._by_id[row.province_id] if row.province_id else None
            self._by_code[row.code].append(row)
        self._lookup = _Lookup(self._by_code)
        self._found: dict[tuple[str, date], AdministrativeUnit | None] = {}
        self._ways: dict[tuple[int, date], list[list[AdministrativeUnit]]] = {}

    def unit(self, code: str, on: date, /) -> AdministrativeUnit | None:
        """The unit that had this code on the day."""
        key = (code, on)
        if key not in self._found:
            self._found[key] = next((row for row in self._by_code.get(code, ()) if _holds(row, on)), None)
        return self._found[key]

    def ways(self, unit: AdministrativeUnit, on: date, /) -> list[list[AdministrativeUnit]]:
        """One way per unit that covers this one on the day, from it to there, both included, by code; none if none is known."""
        key = (unit.pk, on)
        if key not in self._ways:
            self._ways[key] = [[unit]] if _holds(unit, on) else self._follow(unit, on)
        return self._ways[key]

    def _follow(self, unit: AdministrativeUnit, on: date) -> list[list[AdministrativeUnit]]:
        start = unit.valid_to or unit.valid_from
        found = resolve(unit.code, from_on=start, to_on=max(on, start), lookup=self._lookup, level=Level(unit.level))
        chains = getattr(found, "chains", None) or ([getattr(found, "chain", ())] if found.units else [])
        return [[self._by_id[each.id] for each in chain if each.id in self._by_id] for chain in chains]


def _holds(row: AdministrativeUnit, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)


class _Lookup:
    """The two tables as `succession.resolve` reads them. Rows that the import distrusts do not count."""

    def __init__(self, rows: dict[str, list[AdministrativeUnit]]) -> None:
        self._units = {
            code: [_plain(row) for row in sorted(same, key=lambda row: row.valid_from)] for code, same in rows.items()
        }  # fmt: skip
        self._successions: dict[str, list[Succession]] = defaultdict(list)
        trusted = UnitSuccession.objects.filter(is_trusted=True).order_by("old_code", "successor__code")
        for level, old, new, since in trusted.values_list("level", "old_code", "successor__code", "valid_from"):
            self._successions[old].append(Succession(Level(level), old, new, since))

    def units(self, code: str) -> Iterable[Unit]:
        return self._units.get(code, ())

    def successions(self, old_code: str) -> Iterable[Succession]:
        return self._successions.get(old_code, ())


def _plain(row: AdministrativeUnit) -> Unit:
    return Unit(
        code=row.code,
        name=row.name,
        level=Level(row.level),
        valid_from=None if row.valid_from == FAR_PAST else row.valid_from,
        valid_to=row.valid_to,
        parent_code=row.parent.code if row.parent else "",
        province=(row.province or row).name,
        id=row.pk,
    )
