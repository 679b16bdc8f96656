"""What an agency has given to another: followed from the agency that the rule named. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from procedures.competence_outcomes import Ambiguous, Competent, Decision, NoCompetentAgency, Reason, ReasonCode
from procedures.competence_rules import Delegation, Directory

Delegations = Sequence[Delegation] | Mapping[int, Sequence[Delegation]]
"""All delegations, or those of each agency by its id."""


def delegated(decision: Competent, delegations: Delegations, directory: Directory, on: date, procedure_id: int | None) -> Decision:
    """The agency that decides in the end; of each agency's delegations the narrowest holds. A circle leads to nobody."""
    if not delegations:
        return decision
    agency, reasons, rule = decision.agency, decision.reasons, decision.rule
    passed = {agency.id}
    while True:
        given = delegations.get(agency.id, ()) if isinstance(delegations, Mapping) else delegations
        active = [each for each in given if each.applies(agency.id, rule.id, on, procedure_id)]
        narrowest = max((each.narrowness for each in active), default=0)
        active = [each for each in active if each.narrowness == narrowest]
        targets = tuple({found.id: found for each in active if (found := directory.agency(each.to_agency, on))}.values())
        if not targets:
            return Competent(agency, rule, reasons, decision.rejected)
        if len(targets) > 1:
            return Ambiguous(targets, (*reasons, Reason(ReasonCode.SEVERAL_AGENCIES)), decision.rejected)
        if targets[0].id in passed:
            return NoCompetentAgency((*reasons, Reason(ReasonCode.DELEGATION_LOOP)), decision.rejected)
        basis = active[0].legal_basis
        reasons = (*reasons, Reason.of(ReasonCode.DELEGATED, source=agency.name, agency=targets[0].name, basis=basis))
        agency = targets[0]
        passed.add(agency.id)
