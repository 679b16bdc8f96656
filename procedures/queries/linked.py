"""Which dossiers a linked procedure (liên thông) starts, in which order, and what each of them takes from the one form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.agencies.models import valid_on
from procedures.competence import Decision, Directory, Facts
from procedures.formschema.conditions import is_asked
from procedures.formschema.schema import known_schema
from procedures.models import LinkedProcedure, Procedure, ProcedureCase, ProcedureVersion
from procedures.queries.competent import competent_agency


@dataclass(frozen=True, slots=True)
class Linked:
    """A child in force on the day, with its version and usual case. `starts_after` is the code of the child whose result it waits for."""

    version: ProcedureVersion
    case: ProcedureCase
    seq: int
    is_optional: bool
    starts_after: str
    facts: Mapping[str, str]
    answers: Mapping[str, Any]
    papers_from_result: tuple[str, ...]
    show: Any
    legal_basis: str

    @property
    def code(self) -> str:
        return self.version.procedure.code

    def facts_from(self, parent: Facts) -> Facts:
        """What is known about the child's place: its own facts, answered by the parent's."""
        places = {own: parent.places[theirs] for own, theirs in self.facts.items() if theirs in parent.places}
        return replace(parent, places=places, applicant_choice=None)

    def is_asked_for(self, parent: Mapping[str, Any]) -> bool:
        """Whether these answers of the parent's form start it."""
        return is_asked(self.show, parent)

    def answers_from(self, parent: Mapping[str, Any]) -> dict[str, Any]:
        """The child's answers that the parent's form already gives: under another key, fixed, or under the same key."""
        keys = {item.key for _section, item in known_schema(self.case.form).fields()}
        found = {key: parent[key] for key in keys & parent.keys() if key not in self.answers}
        for own, source in self.answers.items():
            if isinstance(source, str) and source in parent:
                found[own] = parent[source]
            elif isinstance(source, dict) and "value" in source:
                found[own] = source["value"]
        return found

    @property
    def answers_of_result(self) -> dict[str, str]:
        """The child's answers that only the earlier result gives, with the name of the result's field."""
        return {own: str(source["result"]) for own, source in self.answers.items() if isinstance(source, dict) and "result" in source}


def linked_procedures(procedure: Procedure, on: date) -> list[Linked]:
    """The children that filing the procedure starts on the day, in their order; a child that cannot be filed then is left out."""
    links = LinkedProcedure.objects.filter(valid_on(on), parent=procedure).select_related("starts_after").order_by("seq", "pk")
    versions = ProcedureVersion.objects.in_force(on).filter(procedure__in=[link.child_id for link in links]).select_related("procedure")
    by_procedure = {version.procedure_id: version for version in versions}
    cases = {case.version_id: case for case in ProcedureCase.objects.filter(version__in=by_procedure.values(), is_default=True)}
    return [
        Linked(
            version=by_procedure[link.child_id],
            case=cases[by_procedure[link.child_id].pk],
            seq=link.seq,
            is_optional=link.is_optional,
            starts_after=link.starts_after.code if link.starts_after else "",
            facts=link.facts,
            answers=link.answers,
            papers_from_result=tuple(link.papers_from_result),
            show=link.show,
            legal_basis=link.legal_basis,
        )
        for link in links
        if link.child_id in by_procedure
    ]


def led_by(procedure: Procedure, on: date) -> list[ProcedureVersion]:
    """The linked procedures of the day whose first dossier is this procedure: what a person may file instead, all at once."""
    parents = LinkedProcedure.objects.filter(valid_on(on), child=procedure, starts_after__isnull=True).values("parent")
    return list(ProcedureVersion.objects.in_force(on).filter(procedure__in=parents).select_related("procedure"))


def decide_linked(procedure: Procedure, facts: Facts, on: date, *, directory: Directory | None = None) -> list[tuple[Linked, Decision]]:
    """Each child with its own decision about its agency."""
    return [
        (child, competent_agency(child.version, child.facts_from(facts), on, directory=directory))
        for child in linked_procedures(procedure, on)
    ]
