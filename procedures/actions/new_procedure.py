"""A procedure that this catalogue does not have yet begins as a draft, with the common form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import Conflict
from procedures.formschema.library import COMMON, form_for
from procedures.models import Procedure, ProcedureCase, ProcedureVersion
from procedures.queries.search import key_of

State = ProcedureVersion.State


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProcedure:
    """What a procedure is before anything else is known. `place_fact` is the place that decides who decides; empty: none."""

    code: str
    field_vi: str
    short_name_vi: str
    name_vi: str
    levels: Sequence[str]
    competent_text_vi: str = ""
    place_fact: str = ""


@transaction.atomic
def draft_new_procedure(new: NewProcedure, *, actor: User) -> ProcedureVersion:
    """The procedure and its first draft exist. A code whose drafts were all given up can be started again. Raises Conflict."""
    procedure, _made = Procedure.objects.get_or_create(code=new.code, defaults={"field_vi": new.field_vi})
    procedure = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    if procedure.versions.exclude(state=State.DISCARDED).exists():
        raise Conflict(_("The catalogue already has a procedure of this code."))
    number = (procedure.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    draft = ProcedureVersion.objects.create(
        procedure=procedure, number=number, name_vi=new.name_vi, short_name_vi=new.short_name_vi, levels=list(new.levels),
        competent_text_vi=new.competent_text_vi, channels=[], online_level=ProcedureVersion.OnlineLevel.INFORMATION,
        acceptance_scope=ProcedureVersion.AcceptanceScope.NATIONWIDE, drafted_by=actor,
    )  # fmt: skip
    ProcedureCase.objects.create(
        version=draft, name_vi="Trường hợp chung", name_en="General case", form=form_for(new.code, new.place_fact), declaration=COMMON
    )
    procedure.field_vi, procedure.search_key = new.field_vi, key_of(procedure, draft)
    procedure.save(update_fields=["field_vi", "search_key"])
    return draft
