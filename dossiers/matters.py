"""Linked procedures filed as one matter: which dossiers the answers of the one form start, and which papers they need together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dossiers.lawfulchoice import kept_choice
from dossiers.models import Draft
from procedures.formschema.answers import CHOICE, as_schema, with_computed
from procedures.models import ProcedureVersion, Requirement
from procedures.queries import grounds_of
from procedures.queries.linked import Linked, linked_procedures


@dataclass(frozen=True, slots=True)
class Planned:
    """A dossier of the matter before it exists, with its own answers. `after` is the name of what it waits for; empty: starts at once."""

    linked: Linked
    answers: Mapping[str, Any]
    after: str = ""

    def draft(self, draft: Draft) -> Draft:
        """The draft as if only this dossier were filed; never saved."""
        return Draft(
            owner_id=draft.owner_id,
            office=draft.office,
            version=self.linked.version,
            case=self.linked.case,
            channel=draft.channel,
            answers=dict(self.answers),
            parties=draft.parties,
        )


def planned(version: ProcedureVersion, answers: Mapping[str, Any], on: date) -> list[Planned]:
    """The dossiers that these answers start, in their order; empty for a procedure that starts none besides its own.

    What the applicant chose among several lawful agencies is about the first dossier.
    """
    found: list[Planned] = []
    names: dict[str, str] = {}
    for linked in linked_procedures(version.procedure, on):
        names[linked.code] = linked.version.short_name
        if not linked.is_asked_for(answers):
            continue
        own = with_computed(as_schema(linked.case.form), linked.answers_from(answers))
        if not found and CHOICE in answers:
            own |= kept_choice(str(answers[CHOICE]))
        found.append(Planned(linked, own, names.get(linked.starts_after, "")))
    return found


def steps_of(version: ProcedureVersion, on: date) -> list[Linked]:
    """Every dossier that the procedure may start, asked for or not."""
    return linked_procedures(version.procedure, on)


def requirements_of(draft: Draft, on: date) -> list[Requirement]:
    """The components that the draft needs: those of its case, or of all dossiers of the matter without what an earlier result answers.

    A component of several dossiers is asked once; the declarations are all replaced by the one form.
    """
    steps = steps_of(draft.version, on)
    if not steps:
        return list(Requirement.objects.filter(case=draft.case).order_by("seq", "pk"))
    every = list(Requirement.objects.filter(case__in=[step.case for step in steps]).order_by("seq", "pk"))
    found: dict[str, Requirement] = {}
    for step in steps:
        for each in _own(step, every):
            each.show = _joined(step.show, each.show)
            found.setdefault(each.key, each)
    return list(found.values())


def _own(step: Linked, every: Sequence[Requirement]) -> list[Requirement]:
    return [each for each in every if each.case_id == step.case.pk and not each.is_declaration and each.key not in step.papers_from_result]


def _joined(first: Any, second: Any) -> Any:
    """Both conditions, where there are two."""
    return {"all": [first, second]} if first and second else first or second


def grounds_for(draft: Draft, on: date) -> list[tuple[str, str]]:
    """The grounds of exemption that can be claimed: of the procedure, or of any dossier of the matter."""
    steps = steps_of(draft.version, on)
    procedures = [step.version.procedure for step in steps] or [draft.version.procedure]
    return list({key: (key, name) for procedure in procedures for key, name in grounds_of(procedure, on)}.values())
