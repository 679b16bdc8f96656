"""Which dossiers a procedure starts besides its own (liên thông), and what each of them takes from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.agencies.models import valid_on
from procedures.competence import Decision, Directory, Facts
from procedures.models import LinkedProcedure, Procedure, ProcedureVersion
from procedures.queries.competent import competent_agency


@dataclass(frozen=True, slots=True)
class Linked:
    """A child in force on the day, with its version. `starts_after` is the code of the child whose result it waits for."""

    version: ProcedureVersion
    seq: int
    is_optional: bool
    starts_after: str
    facts: Mapping[str, str]
    answers: Mapping[str, str]
    legal_basis: str

    def facts_from(self, parent: Facts) -> Facts:
        """What is known about the child's place: its own facts, answered by the parent's."""
        places = {own: parent.places[theirs] for own, theirs in self.facts.items() if theirs in parent.places}
        return replace(parent, places=places, applicant_choice=None)

    def answers_from(self, parent: Mapping[str, Any]) -> dict[str, Any]:
        """The child's answers that the parent's form already gives."""
        return {own: parent[theirs] for own, theirs in self.answers.items() if theirs in parent}


def linked_procedures(procedure: Procedure, on: date) -> list[Linked]:
    """The children that filing the procedure starts on the day, in their order; a child that cannot be filed then is left out."""
    links = LinkedProcedure.objects.filter(valid_on(on), parent=procedure).select_related("starts_after").order_by("seq", "pk")
    versions = ProcedureVersion.objects.in_force(on).filter(procedure__in=[link.child_id for link in links]).select_related("procedure")
    by_procedure = {version.procedure_id: version for version in versions}
    return [
        Linked(
            version=by_procedure[link.child_id],
            seq=link.seq,
            is_optional=link.is_optional,
            starts_after=link.starts_after.code if link.starts_after else "",
            facts=link.facts,
            answers=link.answers,
            legal_basis=link.legal_basis,
        )
        for link in links
        if link.child_id in by_procedure
    ]


def decide_linked(procedure: Procedure, facts: Facts, on: date, *, directory: Directory | None = None) -> list[tuple[Linked, Decision]]:
    """Each child with its own decision about its agency."""
    return [
        (child, competent_agency(child.version, child.facts_from(facts), on, directory=directory))
        for child in linked_procedures(procedure, on)
    ]
