"""Which open dossiers would go elsewhere by the rules of a day: read from the records of their last decisions, without their answers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import State
from dossiers.models import Dossier, RouteDecision
from dossiers.models.dossier import CLOSED_STATES, FINISHED_STATES, DossierQuerySet
from dossiers.reroutingdesk import ReroutingDesk
from dossiers.staffing import BACK, LEFT, lacks_of
from portal.agencies.models import AdministrativeUnit
from portal.agencies.queries import place_label
from portal.agencies.queries.lineage import heirs
from procedures.competence import Ambiguous, Competent, Decision, Facts, Place, PlaceAnswer, SplitPlace, UnknownPlace
from procedures.models import Procedure, ProcedureVersion, RuleSet
from procedures.queries.held import Held, held
from procedures.queries.rulebook import subject_of

Heirs = Callable[[date], Mapping[int, int]]
"""The one successor of the day for each agency that has ended."""

MOST_AT_ONCE = 20_000
"""A run takes no more, so that its preview can look at every one within a request."""

MOVED, UNCHANGED, REFUSED = "moved", "unchanged", "refused"
REFUSALS = {
    "signing": _("The result has been drafted and waits for the signature"),
    "waiting": _("Waits for papers or a payment from the person; decide again afterwards"),
    "person": _("A person has named the agency, with a reason"),
    "asked": _("The public service centre is determining the place"),
    "unread": _("Not yet decided by rules, so there is nothing to decide again"),
    "nobody": _("The rules name no single agency"),
    "unstaffed": _("The agency has no officer, approver or clerk"),
    "ended": _("Decided or closed meanwhile"),
    "touched": _("Somebody has worked on it since it was moved"),
    "homeless": _("No agency had it before"),
    "gone": _("The agency that had it no longer exists, and no single one succeeds it"),
}
_BY_STATE = {
    State.AWAITING_SIGNATURE: "signing",
    State.SUPPLEMENT_REQUESTED: "waiting",
    State.PAYMENT_REQUIRED: "waiting",
}
STATES = {
    "": (),
    "waiting": (State.SUBMITTED.value, State.AWAITING_RECEPTION.value, State.ACCEPTED.value),
    "queue": (State.IN_TRANSFER_TO_AGENCY.value,),
    "work": (State.ASSIGNED.value, State.AWAITING_SIGNATURE.value),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dossiers: any of these, empty is all. `provinces` limits to what the supervisor of these watches; None is the country."""

    procedure: int | None = None
    agency: int | None = None
    province: int | None = None
    rule_set: int | None = None
    state: str = ""
    provinces: tuple[int, ...] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.procedure or self.agency or self.province or self.rule_set)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored with the run."""
        return {
            "procedure": self.procedure,
            "agency": self.agency,
            "province": self.province,
            "rule_set": self.rule_set,
            "state": self.state,
            "provinces": list(self.provinces) if self.provinces is not None else None,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Selection":
        """The selection of a stored run."""
        provinces = stored.get("provinces")
        rest = {key: value for key, value in stored.items() if key != "provinces"}
        return cls(**rest, provinces=tuple(provinces) if provinces is not None else None)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would become of one dossier. `code` says why it would not move; `decision` and `facts` are what the rules say now."""

    dossier: Dossier
    outcome: str
    code: str = ""
    to_id: int | None = None
    to_name: str = ""
    place: AdministrativeUnit | None = None
    decision: Decision | None = None
    facts: Facts | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)


def selected(wanted: Selection) -> DossierQuerySet:
    """The open dossiers on which no decision was signed, of the selection, by id."""
    dossiers: DossierQuerySet = Dossier.objects.exclude(state__in=[*CLOSED_STATES, *FINISHED_STATES])
    if wanted.provinces is not None:
        dossiers = dossiers.filter(Q(receiving_office__province__in=wanted.provinces) | Q(agency__province__in=wanted.provinces))
    if wanted.procedure:
        dossiers = dossiers.filter(procedure_id=wanted.procedure)
    if wanted.agency:
        dossiers = dossiers.filter(agency_id=wanted.agency)
    if wanted.province:
        dossiers = dossiers.filter(Q(agency__province_id=wanted.province) | Q(agency=None, receiving_office__province_id=wanted.province))
    if wanted.rule_set:
        dossiers = dossiers.filter(procedure__in=touched_by(wanted.rule_set))
    if STATES.get(wanted.state):
        dossiers = dossiers.filter(state__in=STATES[wanted.state])
    return dossiers.order_by("pk")


def too_many(number: int) -> str:
    """Why a run does not take so many dossiers; empty if it does."""
    if number <= MOST_AT_ONCE:
        return ""
    return gettext("At most %(most)d dossiers are moved at once. Limit the selection by a province, an agency or a state.") % {
        "most": MOST_AT_ONCE
    }


def touched_by(rule_set_id: int) -> Collection[int]:
    """The procedures whose rules the set changes: by code, by field, or by level; of a replaced rule, before and after."""
    rule_set = RuleSet.objects.filter(pk=rule_set_id).first()
    made = list(rule_set.changes.select_related("target").order_by("pk")) if rule_set else []
    changes = [*made, *(each.target for each in made if each.target)]
    found = {each.procedure_id for each in changes if each.procedure_id}
    fields, levels = {each.field_vi for each in changes if each.field_vi}, {each.level for each in changes if each.level}
    found |= set(Procedure.objects.filter(field_vi__in=fields).order_by().values_list("pk", flat=True))
    if levels:
        versions = ProcedureVersion.objects.filter(levels__overlap=list(levels))
        found |= set(versions.order_by().values_list("procedure_id", flat=True))
    return found


def outlooks(dossiers: Sequence[Dossier], on: date, desk: ReroutingDesk | None = None) -> list[Outlook]:
    """What the rules of the day would do with each of them; as many queries for a thousand as for one.

    Whoever looks at many in parts keeps one desk for all, so that pools are shared out over the whole.
    """
    desk = desk or ReroutingDesk(held(), on)
    registry, keys = desk.registry, [each.pk for each in dossiers]
    desk.learn_returns(keys)
    last, versions = _last_decisions(keys), registry.versions({each.version_id for each in dossiers})
    looked = [_outlook(each, last.get(each.pk, []), versions[each.version_id], desk) for each in dossiers]
    targets = registry.agencies({each.to_id for each in looked if each.outcome == MOVED and each.to_id}).values()
    staffed = {pk for pk, lacks in lacks_of(targets, on).items() if not lacks}
    return [
        each if each.outcome != MOVED or each.to_id in staffed else Outlook(each.dossier, REFUSED, "unstaffed", each.to_id, each.to_name)
        for each in looked
    ]


def _last_decisions(keys: list[int]) -> dict[int, list[RouteDecision]]:
    """The decisions of each dossier, the latest first."""
    found: dict[int, list[RouteDecision]] = {}
    for row in RouteDecision.objects.filter(dossier_id__in=keys).order_by("-pk"):
        found.setdefault(row.dossier_id, []).append(row)
    return found


def _outlook(dossier: Dossier, decisions: list[RouteDecision], version: ProcedureVersion, desk: ReroutingDesk) -> Outlook:
    code = _BY_STATE.get(State(dossier.state), "")
    read = next((each for each in decisions if each.inputs), None)
    if not code and dossier.routing == Dossier.Routing.ASKED:
        code = "asked"
    last = next((each.outcome for each in decisions if each.outcome not in (LEFT, BACK)), "")
    if not code and last == "person":
        code = "person"
    if not code and (read is None or dossier.routing == Dossier.Routing.PENDING):
        code = "unread"
    if code or read is None:
        return Outlook(dossier, REFUSED, code)
    registry, on = desk.registry, desk.on
    facts = facts_again(read.inputs, registry, on, heirs_on=desk.heirs_on)
    decision = desk.decide(dossier, subject_of(version), facts, str(read.inputs.get("chosen_fact") or ""))
    if decision is None:
        return Outlook(dossier, UNCHANGED, to_id=dossier.agency_id, to_name=dossier.agency.name if dossier.agency else "")
    if not isinstance(decision, Competent):
        words = "; ".join(each.name for each in decision.candidates) if isinstance(decision, Ambiguous) else ""
        return Outlook(dossier, REFUSED, "nobody", to_name=words)
    if decision.agency.id == dossier.agency_id and dossier.routing == Dossier.Routing.ROUTED:
        return Outlook(dossier, UNCHANGED, to_id=decision.agency.id, to_name=decision.agency.name)
    place = facts.places.get(decision.rule.place_fact)
    unit = registry.units.unit(place.commune_code or place.province_code, on) if isinstance(place, Place) else None
    return Outlook(dossier, MOVED, "", decision.agency.id, decision.agency.name, unit, decision, facts, read.inputs, read.record)


def facts_again(inputs: Mapping[str, Any], registry: Held, on: date, *, heirs_on: Heirs = heirs) -> Facts:
    """The facts of a recorded decision, in units and agencies of the day `on`. `heirs_on` is asked for a choice only."""
    then = date.fromisoformat(str(inputs.get("on") or on.isoformat()))
    province, commune = _filed_again(inputs.get("filed_in") or {}, registry, then, on)
    chosen = inputs.get("choice")
    return Facts(
        on=on,
        places={fact: _place_again(place, registry, then, on) for fact, place in (inputs.get("places") or {}).items()},
        filing_commune_code=commune,
        filing_province_code=province,
        applicant_choice=None if chosen is None else heirs_on(on).get(chosen, chosen),
    )


def _filed_again(filed: Mapping[str, Any], registry: Held, then: date, on: date) -> tuple[str, str]:
    """Codes of the province and commune of filing, or of what followed them; a divided one stays what it was, and a person looks."""
    ends = _ends(filed, registry, then, on)
    if len(ends) == 1:
        return ends[0].province_code, ends[0].commune_code
    return str(filed.get("province") or ""), str(filed.get("commune") or "")


def _place_again(place: Mapping[str, Any], registry: Held, then: date, on: date) -> PlaceAnswer:
    if "unresolved" not in place:
        ends = _ends(place, registry, then, on)
        return ends[0] if len(ends) == 1 else SplitPlace(tuple(ends)) if ends else UnknownPlace(str(place.get("name", "")))
    parts = [end for part in place.get("parts") or () for end in _ends(part, registry, then, on)]
    return SplitPlace(tuple(dict.fromkeys(parts))) if parts else UnknownPlace(str(place.get("unresolved", "")))


def _ends(place: Mapping[str, Any], registry: Held, then: date, on: date) -> list[Place]:
    code = str(place.get("commune") or place.get("province") or "")
    unit = registry.units.unit(code, then) if code else None
    ways = registry.units.ways(unit, on) if unit else []
    return [_as_place(way[-1]) for way in ways if way]


def _as_place(unit: AdministrativeUnit) -> Place:
    is_commune = unit.level == AdministrativeUnit.Level.COMMUNE
    return Place((unit.province or unit).code, unit.code if is_commune else "", place_label(unit))
