"""The agencies among which a person decides."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from dossiers.models import Dossier
from dossiers.placefacts import lawful_agencies
from dossiers.staffing import BACK, LEFT
from portal.agencies.models import Agency
from portal.agencies.queries import search_places

MAX_CHOICES = 30


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """One agency; `why` says where it comes from."""

    pk: int
    name: str
    why: str


def agency_choices(dossier: Dossier, text: str, on: date) -> list[AgencyChoice]:
    """What the router could not choose among, then what the text finds by name or place."""
    by_rule, proposed = considered(dossier)
    known = {each.pk: each for each in lawful_agencies([*by_rule, *proposed], on)}
    chosen = {pk: AgencyChoice(pk, known[pk].name, _("Found by the rules")) for pk in by_rule if pk in known}
    for pk in proposed:
        if pk in known:
            chosen.setdefault(pk, AgencyChoice(pk, known[pk].name, _("Proposed by an agency that returned it")))
    if dossier.agency is not None:
        chosen.setdefault(dossier.agency.pk, AgencyChoice(dossier.agency.pk, dossier.agency.name, _("Agency so far")))
    for each in _searched(text.strip(), on):
        chosen.setdefault(each.pk, AgencyChoice(each.pk, each.name, _("Found by your search")))
    return list(chosen.values())


def considered(dossier: Dossier) -> tuple[list[int], list[int]]:
    """What the last decision by the rules led to, and what agencies proposed when they returned it; one query."""
    by_rule: list[int] = []
    proposed: list[int] = []
    for decision in dossier.route_decisions.order_by("pk"):
        if decision.outcome == "returned":
            proposed += [pk for pk in decision.candidates if pk not in proposed]
        elif decision.outcome not in ("person", LEFT, BACK):
            by_rule = list(decision.candidates) or [pk for pk in [decision.agency_id] if pk]
    return by_rule, proposed


def _searched(text: str, on: date) -> list[Agency]:
    if not text:
        return []
    units = {unit.pk for found in search_places(text, limit=5, levels=("province", "commune"), on=on) for unit in found.successors}
    wanted = (
        Q(name__icontains=text)
        | Q(identifier__iexact=text)
        | Q(aliases__contains=[text.upper()])
        | Q(unit__in=units)
        | Q(service_areas__unit__in=units)
    )
    return list(Agency.objects.on(on).filter(wanted).distinct().order_by("name", "pk")[:MAX_CHOICES])
