"""An agency says that it is not competent. The registry names the next one; where it could only guess, or after two hops, a person does.

It is certain where the place was corrected and that place decides, where the rule that had named the agency names another one (of a
pool, of a service area, of a delegation), or where it names the agency that was proposed. It is a guess where another rule would step in
merely because the first agency does not count: such a rule is for those whose first place is unknown.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.actions.detours import arrived_at
from dossiers.actions.reasons import require_reason
from dossiers.actions.route import decide_for, deciding_unit, hand_to, leave_to_person, record, routing_day, waiting_for
from dossiers.actions.transition import By, Step, locked, require_step, transition
from dossiers.lifecycle import Verb
from dossiers.models import Detour, Dossier, PlaceFinding, RouteDecision
from dossiers.routerecord import person_record
from dossiers.staffing import BACK, LEFT
from portal.agencies.models import AdministrativeUnit, Agency
from portal.core.errors import DomainError
from procedures.competence import Ambiguous, Competent, Decision
from procedures.formschema.answers import place_facts

MAX_HOPS = 2
"""After so many returns no rule is trusted with the dossier any more: a supervisor decides."""


class OwnArea(DomainError):
    """By the place that the agency states it is competent itself."""


@dataclass(frozen=True, slots=True)
class Return:
    """Why, in a code and in words; which place it should be, and which agency is proposed."""

    code: str
    text: str
    place: AdministrativeUnit | None = None
    fact: str = ""
    proposal: Agency | None = None


@transaction.atomic
def return_not_competent(dossier: Dossier, said: Return, *, by: By, expected_version: int) -> Dossier:
    """The dossier is with the agency that the registry names instead, or waits for a supervisor. The promised date stays.

    Raises StaleVersion, StepNotPossible, ReasonMissing, OwnArea.
    """
    assert by.user is not None  # noqa: S101 -- people return
    reason = require_reason(said.text)[:500]
    if said.code not in Detour.Reason.values:
        raise DomainError(_("Choose why the agency is not competent."))
    dossier = locked(dossier.pk, expected_version=expected_version)
    require_step(dossier, Verb.RETURN_NOT_COMPETENT)
    agency = dossier.agency
    if agency is None:
        raise DomainError(_("No agency is working on this dossier now."))
    fact = correct_place(dossier, said, agency, by=by) if said.place else ""
    before = set(dossier.detours.values_list("agency_id", flat=True)) | {agency.pk}
    decision, known = decide_for(dossier, routing_day(dossier), without=before)
    decision = _for_a_person_unless_certain(decision, dossier, said, fact)
    _remember(dossier, said, agency, reason, fact, by=by)
    name = decision.agency.name if isinstance(decision, Competent) else ""
    fields = {"assigned_to": None, "hops": dossier.hops + 1, "routing": Dossier.Routing.PENDING}
    transition(dossier, Verb.RETURN_NOT_COMPETENT, by, Step(note=sentence(agency.name, name), fields=fields, facts={"reason": reason}))
    record(dossier, decision, known, at=by.at)
    if isinstance(decision, Competent):
        dossier.place = deciding_unit(decision, known.facts, known.facts.on)
        hand_to(dossier, Agency.objects.select_related("reception_office").get(pk=decision.agency.id), By(user=None, at=by.at))
    else:
        leave_to_person(dossier, waiting_for(decision))
    return dossier


def _for_a_person_unless_certain(decision: Decision, dossier: Dossier, said: Return, corrected: str) -> Decision:
    """The decision if the dossier goes on by it; else the agency that it names is one among those from which a person chooses."""
    if not isinstance(decision, Competent):
        return decision
    is_certain = (
        (bool(corrected) and decision.rule.place_fact == corrected)
        or decision.rule.id == _rule_so_far(dossier)
        or (said.proposal is not None and decision.agency.id == said.proposal.pk)
    )
    if is_certain and dossier.hops + 1 < MAX_HOPS:
        return decision
    return Ambiguous((decision.agency,), decision.reasons, decision.rejected)


def _rule_so_far(dossier: Dossier) -> int | None:
    """The rule by which the dossier is where it is; None if a person had named the agency."""
    passed_on = ("returned", "inherited", LEFT, BACK)
    return dossier.route_decisions.exclude(outcome__in=passed_on).order_by("-pk").values_list("rule_id", flat=True).first()


def correct_place(dossier: Dossier, said: Return, agency: Agency, *, by: By) -> str:
    """The place that the agency states counts from now on; returns the fact that it stands for. Raises OwnArea."""
    assert said.place is not None  # noqa: S101 -- asked by the caller
    assert by.user is not None  # noqa: S101 -- people state
    fact = said.fact or deciding_fact(dossier)
    if not fact:
        raise DomainError(_("No place decides about this dossier; propose the agency instead."))
    PlaceFinding.objects.create(
        dossier=dossier,
        fact=fact,
        unit=said.place,
        source=PlaceFinding.Source.CORRECTED,
        told_by=agency.name,
        by=by.user,
        at=by.at,
    )
    decision, _known = decide_for(dossier, routing_day(dossier))
    if isinstance(decision, Competent) and decision.agency.id == agency.pk:
        raise OwnArea(_("By this place your own agency is competent. State another place, or leave it out."))
    return fact


def deciding_fact(dossier: Dossier) -> str:
    """The place that the rules read for this dossier: that of the last rule that named an agency, else the only one in the form."""
    rule = dossier.route_decisions.filter(rule__isnull=False).select_related("rule").order_by("-pk").first()
    if rule is not None and rule.rule is not None and rule.rule.place_fact:
        return str(rule.rule.place_fact)
    places = rule.inputs.get("places", {}) if rule is not None else place_facts(dossier.case.form, dossier.answers.content)
    chosen = rule.inputs.get("chosen_fact", "") if rule is not None else ""
    return str(chosen) or (str(next(iter(places))) if len(places) == 1 else "")


def _remember(dossier: Dossier, said: Return, agency: Agency, reason: str, fact: str, *, by: By) -> None:
    """The return is on record twice: among the decisions, and as the beginning of a detour."""
    assert by.user is not None  # noqa: S101 -- people return
    proposed = [said.proposal] if said.proposal else []
    with translation.override("vi"):
        RouteDecision.objects.create(
            dossier=dossier,
            outcome="returned",
            agency=agency,
            candidates=[each.pk for each in proposed],
            decided_by=by.user,
            note=reason,
            reasons=[{"code": "returned", "params": {"reason": said.code}, "text": str(Detour.Reason(said.code).label)}],
            record=person_record(agency, by.user.full_name, agency.name, candidates=[(each.pk, each.name) for each in proposed]),
            at=by.at,
        )
    Detour.objects.create(
        dossier=dossier,
        number=dossier.hops + 1,
        agency=agency,
        arrived_at=min(arrived_at(dossier), by.at),
        returned_at=by.at,
        returned_by=by.user,
        reason_code=said.code,
        reason=reason,
        fact=fact,
        place=said.place,
        proposal=said.proposal,
    )


def sentence(agency: str, next_agency: str) -> str:
    """What the citizen reads in the history; kept with the event, so it is Vietnamese."""
    with translation.override("vi"):
        if next_agency:
            return _("%(agency)s is not competent; the dossier goes on to %(next)s. Your return date does not change.") % {
                "agency": agency,
                "next": next_agency,
            }
        return _("%(agency)s is not competent; the administration determines the right agency. Your return date does not change.") % {
            "agency": agency
        }
