"""What competence needs of dossiers: how many are open at an agency, and the facts of the last ones for a dry run.

The facts are those that the last decision recorded: units, never answers, so that nobody needs to read the answers for them.
They are told in units of the day that is tried: what was merged or divided since is followed, as re-routing does.
"""

from collections.abc import Collection
from functools import cache, partial

from django.db.models import Count

from dossiers.models import Dossier, RouteDecision
from dossiers.models.dossier import DECIDING_STATES
from dossiers.rerouting import facts_again
from portal.agencies.queries.lineage import heirs
from procedures.queries.dryrun import DossierFacts
from procedures.queries.held import held
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
    registry, followed = held(), cache(heirs)
    return [
        DossierFacts(
            reference=row.dossier.code,
            procedure=row.dossier.version.procedure.code,
            subject=subject_of(row.dossier.version),
            facts_on=partial(facts_again, row.inputs, registry, heirs_on=followed),
            chosen_fact=str(row.inputs.get("chosen_fact") or ""),
        )
        for row in rows
    ]
