"""Who would be competent now for dossiers that lie with agencies: pools keep what they have, and nothing goes back to who returned it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from dossiers.models import Detour, Dossier
from portal.agencies.queries.lineage import heirs
from procedures.competence import Competent, Decision, Directory, Facts, RuleKind
from procedures.competence_book import Subject, competent
from procedures.competence_directory import DirectorySnapshot
from procedures.queries.held import Held
from procedures.queries.without import AgenciesWithout
from procedures.queries.workload import open_dossiers


class ReroutingDesk:
    """The registry of the day, and who returned what. Agencies with their open dossiers are read once a pool needs them."""

    def __init__(self, registry: Held, on: date) -> None:
        self.registry, self.on = registry, on
        self._returned: Mapping[int, frozenset[int]] = {}
        self.day = registry.day(on)
        self.heirs_on = cache(heirs)
        self._loaded: DirectorySnapshot | None = None

    def learn_returns(self, keys: list[int]) -> None:
        """From now on it knows who returned these dossiers, in place of those before. One query."""
        self._returned = returned_by(keys)

    def decide(self, dossier: Dossier, subject: Subject, facts: Facts, chosen: str) -> Decision | None:
        """Who is competent, without agencies that returned the dossier. None: any of a pool is, and it lies with one of them."""
        without = self._returned.get(dossier.pk, frozenset())
        decision = competent(self.day.book, subject, facts, _among(self.day.directory, without), chosen_fact=chosen)
        if not isinstance(decision, Competent) or decision.rule.kind is not RuleKind.POOLED:
            return decision
        pool = {each.id for each in _among(self.day.directory, without).agencies_of(decision.rule.agency_kind, None, self.on)}
        if dossier.routing == Dossier.Routing.ROUTED and dossier.agency_id in pool:
            return None
        loaded = self._with_load()
        decision = competent(self.day.book, subject, facts, _among(loaded, without), chosen_fact=chosen)
        if isinstance(decision, Competent):
            loaded.took(decision.agency.id)
        return decision

    def _with_load(self) -> DirectorySnapshot:
        if self._loaded is None:
            self._loaded = replace(self.day.directory, open_dossiers=open_dossiers())
        return self._loaded


def _among(directory: DirectorySnapshot, without: Collection[int]) -> Directory:
    return AgenciesWithout(without, directory) if without else directory


def returned_by(keys: list[int]) -> Mapping[int, frozenset[int]]:
    """The agencies that have said of each dossier that it is not theirs; one query."""
    found: dict[int, set[int]] = {}
    for dossier, agency in Detour.objects.filter(dossier__in=keys).order_by("pk").values_list("dossier_id", "agency_id"):
        found.setdefault(dossier, set()).add(agency)
    return {dossier: frozenset(agencies) for dossier, agencies in found.items()}
