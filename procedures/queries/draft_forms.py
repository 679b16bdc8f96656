"""The form of a draft as the people who keep the catalogue see it, and what outside of it reads its answers."""

from dataclasses import dataclass

from procedures.formschema.conditions import fields_in, parse_condition
from procedures.formschema.edit import COUNTED, locked_reason
from procedures.formschema.schema import Field, RawSchema, known_schema
from procedures.models import FeeConcession, FeeRule, LinkedProcedure, ProcedureVersion, Requirement
from procedures.question_wording import KINDS, required_text, when_text
from procedures.reasons import fact_name


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question: what it is in words, and why only its wording can change."""

    key: str
    label: str
    kind: str
    required: str
    decides: str
    when: str
    locked: str


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    title: str
    rows: list[QuestionRow]


def form_of_draft(draft: ProcedureVersion) -> RawSchema:
    """The form of the default case."""
    form: RawSchema = draft.cases.order_by("-is_default", "pk").values_list("form", flat=True)[:1].get()
    return form


def used_keys(draft: ProcedureVersion) -> frozenset[str]:
    """Answers on which a paper of the draft, a fee or concession of the procedure, or a linked procedure depends."""
    shows = Requirement.objects.filter(case__version=draft).exclude(show=None).values_list("show", flat=True)
    used = {name for show in shows for name in fields_in(parse_condition(show))}
    used |= set(FeeConcession.objects.filter(procedure=draft.procedure_id).exclude(since_answer="").values_list("since_answer", flat=True))
    if FeeRule.objects.filter(procedure=draft.procedure_id).exclude(basis=FeeRule.Basis.PER_DOSSIER).exists():
        used |= {*COUNTED, "documents"}
    for answers in LinkedProcedure.objects.filter(parent=draft.procedure_id).values_list("answers", flat=True):
        used |= {str(value) for value in answers.values()}
    return frozenset(used)


def parts_of(form: RawSchema, used: frozenset[str]) -> list[Part]:
    """The parts of the form with their questions, in order."""
    schema = known_schema(form)
    return [
        Part(section.key, section.title.vi, [_row(form, item, when_text(schema, item.raw_show), used) for item in section.fields])
        for section in schema.sections
    ]


def _row(form: RawSchema, item: Field, when: str, used: frozenset[str]) -> QuestionRow:
    return QuestionRow(
        key=item.key,
        label=item.label.vi,
        kind=str(KINDS.get(item.type, item.type)),
        required=required_text(item),
        decides=fact_name(item.fact) if item.fact else "",
        when=when,
        locked=locked_reason(form, item, used),
    )
