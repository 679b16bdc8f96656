"""Who decides: the rules of the database given to the pure decision."""

from dataclasses import replace
from datetime import date

from portal.agencies.models import valid_on
from procedures.competence import Decision, Directory, Facts, Rule
from procedures.competence_book import Subject, competent
from procedures.models import CompetenceRule, Procedure, ProcedureVersion
from procedures.queries.directory import AgencyDirectory
from procedures.queries.rulebook import rulebook, subject_of


def rules_for(procedure: Procedure, on: date) -> list[Rule]:
    """The rules in force on the day for the procedure, its field and its levels, in the order in which they are tried.

    A lawful choice among places comes as one rule per place, of the same rank.
    """
    version = ProcedureVersion.objects.in_force(on).filter(procedure=procedure).first()
    subject = Subject(procedure.pk, procedure.field_vi, tuple(version.levels) if version else ())
    return list(rulebook(on, subject=subject).rules_for(subject))


def competent_agency(
    version: ProcedureVersion, facts: Facts, on: date, *, chosen_fact: str = "", directory: Directory | None = None
) -> Decision:
    """The agency that decides, several (the applicant's or a person's choice), or none; always with reasons.

    `chosen_fact` is the place that the applicant chose where the law offers several. `facts.applicant_choice` is the
    agency chosen among the lawful ones.
    """
    subject = subject_of(version)
    book = rulebook(on, subject=subject)
    return competent(book, subject, replace(facts, on=on), directory or AgencyDirectory(), chosen_fact=chosen_fact)


def lawful_choices(procedure: Procedure, on: date) -> list[str]:
    """The place facts among which the applicant may choose; empty where the law offers no choice."""
    rows = CompetenceRule.objects.filter(valid_on(on), procedure=procedure, kind=CompetenceRule.Kind.APPLICANT_CHOICE)
    return next((list(row.choice_facts) for row in rows.order_by("rank", "pk")), [])
