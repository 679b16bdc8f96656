"""The form and the results of a draft, edited question by question and row by row."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.forms import BaseModelFormSet

from portal.accounts.models import User
from procedures.actions.publishing import locked_draft
from procedures.formschema.schema import RawSchema
from procedures.models import ProcedureVersion, ResultType


@transaction.atomic
def edit_form(version: ProcedureVersion, edit: Callable[[RawSchema], RawSchema], *, actor: User) -> None:
    """The form of the default case, and of every case that asks the same, is what `edit` makes of it. Raises Conflict, EditRefused."""
    draft = locked_draft(version, ProcedureVersion.State.DRAFT)
    cases = list(draft.cases.order_by("-is_default", "pk"))
    before = cases[0].form
    after = edit(before)
    for case in cases:
        if case.form == before:
            case.form = after
            case.save(update_fields=["form"])
    _signed(draft, actor)


@transaction.atomic
def save_results(version: ProcedureVersion, rows: "BaseModelFormSet[ResultType, Any]", *, actor: User) -> None:
    """The draft ends with what the (valid) rows say. Raises Conflict."""
    draft = locked_draft(version, ProcedureVersion.State.DRAFT)
    for row in rows.save(commit=False):
        row.version = draft
        row.save()
    for gone in rows.deleted_objects:
        gone.delete()
    _signed(draft, actor)


def _signed(draft: ProcedureVersion, actor: User) -> None:
    draft.drafted_by = actor
    draft.save(update_fields=["drafted_by"])
