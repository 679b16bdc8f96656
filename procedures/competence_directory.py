"""All agencies and service areas of one day in memory: decisions without a query. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from procedures.competence import AgencyRef


class AnotherDay(ValueError):
    """The snapshot was asked about a day that is not its own."""


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency of the day: its unit's code (empty without one), and how many it can work on at a time."""

    ref: AgencyRef
    unit_code: str = ""
    capacity: int = 1


@dataclass
class DirectorySnapshot:
    """Implements `competence.Directory` for the day `on`. Plain data: it can be pickled.

    `open_dossiers` counts per agency; `took` keeps the count right while a batch is being decided.
    """

    on: date
    rows: Sequence[AgencyRow]
    areas: Mapping[str, Sequence[int]] = field(default_factory=dict)
    open_dossiers: dict[int, int] = field(default_factory=dict)
    _by_id: dict[int, AgencyRow] = field(init=False, repr=False)
    _by_kind: dict[str, list[AgencyRef]] = field(init=False, repr=False)
    _by_unit: dict[tuple[str, str], list[AgencyRef]] = field(init=False, repr=False)
    _serving: dict[tuple[str, str], list[AgencyRef]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.rows, key=lambda row: row.ref.code)
        self._by_id = {row.ref.id: row for row in ordered}
        self._by_kind, self._by_unit, self._serving = defaultdict(list), defaultdict(list), defaultdict(list)
        for row in ordered:
            self._by_kind[row.ref.kind].append(row.ref)
            if row.unit_code:
                self._by_unit[row.ref.kind, row.unit_code].append(row.ref)
        for commune, agencies in self.areas.items():
            for ref in sorted((self._by_id[each].ref for each in set(agencies) if each in self._by_id), key=lambda ref: ref.code):
                self._serving[commune, ref.kind].append(ref)

    def agencies_of(self, kind: str, unit_code: str | None, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind that belong to the unit; None means anywhere in the country."""
        self._require(on)
        return self._by_kind.get(kind, ()) if unit_code is None else self._by_unit.get((kind, unit_code), ())

    def serving(self, commune_code: str, kind: str, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind whose service area holds the commune."""
        self._require(on)
        return self._serving.get((commune_code, kind), ())

    def agency(self, agency_id: int, on: date) -> AgencyRef | None:
        """The agency, if it exists on the day."""
        self._require(on)
        row = self._by_id.get(agency_id)
        return row.ref if row else None

    def load(self, agency_id: int) -> float:
        """Open dossiers, the next one included, relative to capacity."""
        row = self._by_id.get(agency_id)
        return (self.open_dossiers.get(agency_id, 0) + 1) / max(row.capacity if row else 1, 1)

    def took(self, agency_id: int) -> None:
        """One more dossier is open at the agency."""
        self.open_dossiers[agency_id] = self.open_dossiers.get(agency_id, 0) + 1

    def kinds(self) -> Iterable[str]:
        """Every kind of agency of the day."""
        return self._by_kind.keys()

    def _require(self, on: date) -> None:
        if on != self.on:
            raise AnotherDay(f"the snapshot is of {self.on}, not of {on}")
