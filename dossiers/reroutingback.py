"""Where a dossier was before a run moved it: the agency, or what succeeds it, and the unit that decided."""

from datetime import date

from dossiers.models import Dossier, RouteDecision
from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import unit_by_code
from portal.agencies.queries.lineage import agencies_on


def home_on(agency: Agency | None, on: date) -> Agency | None:
    """The agency on the day, or its one successor; None if it was divided or nothing came of it."""
    found = agencies_on(agency.pk, on) if agency else []
    return found[0] if len(found) == 1 else None


def place_before(dossier: Dossier) -> AdministrativeUnit | None:
    """The unit whose place decided before the last run moved the dossier; None where no place had decided.

    Moves that were taken back do not count, and neither does what led nowhere.
    """
    undone = 1
    for decision in dossier.route_decisions.select_related("rule").order_by("-pk"):
        if decision.outcome == "moved_back":
            undone += 1
        elif decision.outcome == "rerouted" and undone:
            undone -= 1
        elif decision.outcome == "agency" or (decision.outcome == "rerouted" and _place_of(decision)):
            return _place_of(decision)
    return None


def _place_of(decision: RouteDecision) -> AdministrativeUnit | None:
    place = decision.inputs.get("places", {}).get(decision.rule.place_fact if decision.rule else "") or {}
    code = str(place.get("commune") or place.get("province") or "")
    return unit_by_code(code, date.fromisoformat(decision.inputs["on"])) if code else None
