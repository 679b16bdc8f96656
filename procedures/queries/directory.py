"""The agencies of a day, as `procedures.competence` asks for them: one by one, or all at once."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from django.db.models import Q

from portal.agencies.models import AdministrativeUnit, Agency, AgencyQuerySet, ServiceArea, valid_on
from procedures.competence import AgencyRef
from procedures.competence_directory import AgencyRow, DirectorySnapshot
from procedures.queries.workload import open_dossiers

Load = Callable[[int], float]


class AgencyDirectory:
    """Implements `competence.Directory` on the database. Answers are kept for the life of the object.

    `load` replaces the count of open dossiers relative to capacity.
    """

    def __init__(self, load: Load | None = None) -> None:
        self._load = load
        self._known: dict[tuple[object, ...], tuple[AgencyRef, ...]] = {}
        self._loads: dict[int, float] = {}

    def agencies_of(self, kind: str, unit_code: str | None, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind that belong to the unit; None means anywhere in the country."""
        key = ("of", kind, unit_code, on)
        if key not in self._known:
            agencies: AgencyQuerySet = Agency.objects.on(on).filter(kind=kind)
            if unit_code is not None:
                level = AdministrativeUnit.Level.PROVINCE if len(unit_code) == 2 else AdministrativeUnit.Level.COMMUNE
                agencies = agencies.filter(valid_on(on, "unit__"), unit__code=unit_code, unit__level=level)
            self._known[key] = _refs(agencies)
        return self._known[key]

    def serving(self, commune_code: str, kind: str, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind whose service area holds the commune."""
        key = ("serving", kind, commune_code, on)
        if key not in self._known:
            areas = valid_on(on, "service_areas__") & valid_on(on, "service_areas__unit__")
            agencies = Agency.objects.on(on).filter(areas, kind=kind, service_areas__unit__code=commune_code)
            self._known[key] = _refs(agencies)
        return self._known[key]

    def agency(self, agency_id: int, on: date) -> AgencyRef | None:
        """The agency, if it exists on the day."""
        key = ("one", agency_id, on)
        if key not in self._known:
            self._known[key] = _refs(Agency.objects.on(on).filter(pk=agency_id))
        return next(iter(self._known[key]), None)

    def load(self, agency_id: int) -> float:
        """Open dossiers, the next one included, relative to capacity."""
        if self._load is not None:
            return self._load(agency_id)
        if agency_id not in self._loads:
            pools = [[ref.id for ref in refs] for refs in self._known.values() if any(ref.id == agency_id for ref in refs)]
            together = max(pools, key=len, default=[agency_id])
            counts = open_dossiers(together)
            for pk, capacity in Agency.objects.filter(pk__in=together).order_by("pk").values_list("pk", "capacity"):
                self._loads[pk] = (counts.get(pk, 0) + 1) / max(capacity, 1)
        return self._loads.get(agency_id, 1.0)


def _refs(agencies: AgencyQuerySet) -> tuple[AgencyRef, ...]:
    rows = agencies.order_by("identifier").distinct().values_list("pk", "identifier", "name", "kind")
    return tuple(AgencyRef(pk, identifier, name, kind) for pk, identifier, name, kind in rows)


def directory_snapshot(on: date, *, with_load: bool = True) -> DirectorySnapshot:
    """All agencies and service areas of the day, read with two queries, and one for the open dossiers where load is wanted."""
    rows = Agency.objects.on(on).order_by("pk").values_list(
        "pk", "identifier", "name", "kind", "capacity", "unit__code", "unit__level", "unit__valid_from", "unit__valid_to"
    )  # fmt: skip
    agencies = [
        AgencyRow(AgencyRef(pk, identifier, name, kind), code if _holds(level, since, until, on) else "", capacity)
        for pk, identifier, name, kind, capacity, code, level, since, until in rows
    ]
    areas: dict[str, list[int]] = defaultdict(list)
    served = ServiceArea.objects.filter(valid_on(on), valid_on(on, "unit__"), Q(unit__level=AdministrativeUnit.Level.COMMUNE))
    for commune, agency in served.order_by("pk").values_list("unit__code", "agency_id"):
        areas[commune].append(agency)
    return DirectorySnapshot(on, agencies, dict(areas), open_dossiers() if with_load else {})


def _holds(level: str | None, since: date | None, until: date | None, on: date) -> bool:
    if level is None or level == AdministrativeUnit.Level.DISTRICT or since is None:
        return False
    return since <= on and (until is None or on <= until)
