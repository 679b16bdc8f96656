"""What competence needs of dossiers: how many are open at an agency, and the facts of the last ones for a dry run.

The facts are those that the last decision recorded: units, never answers, so that nobody needs to read the answers for them.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Count

from dossiers.models import Dossier, RouteDecision
from dossiers.models.dossier import DECIDING_STATES
from procedures.competence import Facts, Place, PlaceAnswer, SplitPlace, UnknownPlace
from procedures.queries.dryrun import DossierFacts
from procedures.queries.rulebook import subject_of


def open_by_agency(agencies: Collection[int] | None = None) -> dict[int, int]:
    """Dossiers on which the agency still has to work, by agency; answered from the index of the agencies' queues."""
    dossiers = Dossier.objects.filter(state__in=DECIDING_STATES, agency__isnull=False)
    if agencies is not None:
        dossiers = dossiers.filter(agency__in=agencies)
    return dict(dossiers.order_by().values_list("agency_id").annotate(Count("pk")))


def last_dossiers(count: int) -> list[DossierFacts]:
    """The newest dossiers as competence last saw them, those that the registry has not decided left out."""
    ids = list(Dossier.objects.order_by("-pk").values_list("pk", flat=True)[: max(count, 0)])
    decided = RouteDecision.objects.filter(dossier__in=ids, outcome__in=("agency", "several", "none")).exclude(inputs={})
    rows = decided.select_related("dossier__version__procedure").order_by("-dossier_id", "-pk").distinct("dossier_id")
    return [
        DossierFacts(
            reference=row.dossier.code,
            procedure=row.dossier.version.procedure.code,
            subject=subject_of(row.dossier.version),
            facts=facts_of(row.inputs),
            chosen_fact=str(row.inputs.get("chosen_fact") or ""),
        )
        for row in rows
    ]


def facts_of(inputs: Mapping[str, Any]) -> Facts:
    """The facts as they were recorded with a decision."""
    filed = inputs.get("filed_in") or {}
    return Facts(
        on=date.fromisoformat(inputs["on"]),
        places={fact: _place(value) for fact, value in (inputs.get("places") or {}).items()},
        filing_commune_code=filed.get("commune", ""),
        filing_province_code=filed.get("province", ""),
        applicant_choice=inputs.get("choice"),
    )


def _place(value: Mapping[str, Any]) -> PlaceAnswer:
    if "province" in value:
        return Place(value["province"], value.get("commune", ""), value.get("name", ""))
    names, parts = value.get("candidates") or [], value.get("parts") or []
    if parts:
        return SplitPlace(tuple(Place(part["province"], part["commune"], name) for part, name in zip(parts, names, strict=False)))
    return UnknownPlace(str(value.get("unresolved") or ""))
