"""Saving what an editor typed into a draft."""

import re
from collections.abc import Sequence

from django.db import transaction
from django.forms import BaseModelFormSet

from portal.accounts.models import User
from portal.core.text import fold
from procedures.actions.publishing import locked_draft
from procedures.forms import CaseForm, DraftForm, RequirementForm
from procedures.models import ProcedureCase, ProcedureVersion, Requirement

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@transaction.atomic
def save_draft(
    version: ProcedureVersion,
    *,
    form: DraftForm,
    cases: "BaseModelFormSet[ProcedureCase, CaseForm]",
    papers: Sequence[tuple[ProcedureCase, "BaseModelFormSet[Requirement, RequirementForm]"]],
    actor: User,
    by_case: bool,
) -> None:
    """The draft holds what the (valid) forms say, and `actor` is its author. Raises Conflict.

    Papers given for the default case alone are asked for in every case; given for each case, each keeps its own.
    A case that is new begins with the form and the papers of the default one.
    """
    locked_draft(version, ProcedureVersion.State.DRAFT)
    draft = form.save(commit=False)
    draft.drafted_by = actor
    draft.save(update_fields=[*form.cleaned_data, "drafted_by"])
    _save_cases(draft, cases)
    gone = {case.pk for case, _formset in papers} - set(draft.cases.values_list("pk", flat=True))
    for case, formset in papers:
        if case.pk not in gone:
            _save_papers(case, formset)
    if by_case:
        return
    default = papers[0][0]
    wanted = list(default.requirements.order_by("seq", "pk"))
    for case in draft.cases.exclude(pk=default.pk):
        case.requirements.all().delete()
        Requirement.objects.bulk_create(_for_case(paper, case) for paper in wanted)


def _save_cases(draft: ProcedureVersion, cases: "BaseModelFormSet[ProcedureCase, CaseForm]") -> None:
    default = draft.cases.get(is_default=True)
    taken = set(draft.cases.values_list("key", flat=True))
    cases.save(commit=False)
    for gone in cases.deleted_objects:
        gone.delete()
    for changed, _fields in cases.changed_objects:
        changed.save()
    for new in cases.new_objects:
        new.version, new.is_default, new.form, new.declaration = draft, False, default.form, default.declaration
        new.key = _free_key(new.name_vi, taken)[:40].strip("-")
        taken.add(new.key)
        new.save(force_insert=True)
        papers = list(default.requirements.order_by("seq", "pk"))
        Requirement.objects.bulk_create(_for_case(paper, new) for paper in papers)


def _save_papers(case: ProcedureCase, papers: "BaseModelFormSet[Requirement, RequirementForm]") -> None:
    taken = set(case.requirements.values_list("key", flat=True))
    last = max(case.requirements.values_list("seq", flat=True), default=0)
    papers.save(commit=False)
    for gone in papers.deleted_objects:
        gone.delete()
    for changed, _fields in papers.changed_objects:
        changed.save()
    for new in papers.new_objects:
        last += 1
        new.case, new.seq, new.key = case, last, _free_key(new.name_vi, taken)
        taken.add(new.key)
        new.save(force_insert=True)


def _free_key(name: str, taken: set[str]) -> str:
    key = _NOT_SLUG.sub("-", fold(name)).strip("-")[:54].strip("-") or "paper"
    return next(each for each in (key, *(f"{key}-{number}" for number in range(2, len(taken) + 3))) if each not in taken)


def _for_case(paper: Requirement, case: ProcedureCase) -> Requirement:
    values = {field.attname: getattr(paper, field.attname) for field in Requirement._meta.concrete_fields if not field.primary_key}
    return Requirement(**values | {"case_id": case.pk})
