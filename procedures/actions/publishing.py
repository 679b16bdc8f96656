"""A version's way from draft to published. Two people; nothing published ever changes."""

from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.db import require_transaction
from portal.core.errors import Conflict, DomainError, NotAllowed
from procedures.actions.gaps import LeavesGaps, one_publication_at_a_time
from procedures.actions.national_fees import enter_first_fees
from procedures.models import Procedure, ProcedureCase, ProcedureVersion, Requirement, ResultType
from procedures.queries.drafts import changes_in, earliest_effect, open_draft
from procedures.queries.gaps import gaps_of_version
from procedures.queries.search import key_of
from procedures.queries.unfinished import missing_in

State = ProcedureVersion.State
Row = TypeVar("Row", ProcedureVersion, ProcedureCase, Requirement, ResultType)


class DraftOpen(Conflict):
    """The procedure already has an open draft."""


class NothingChanged(DomainError):
    """The draft says the same as the published version."""


class Incomplete(DomainError):
    """A new procedure lacks what the law wants shown or what it takes to file it; the message names it all."""


class SamePerson(NotAllowed):
    """Whoever drafted it cannot approve it."""


@transaction.atomic
def start_draft(procedure: Procedure, *, actor: User) -> ProcedureVersion:
    """A draft exists that says what the latest published version says. Raises DraftOpen."""
    Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    if open_draft(procedure):
        raise DraftOpen(_("This procedure already has an open draft."))
    base = ProcedureVersion.objects.published().filter(procedure=procedure).order_by("-effective_from", "-number").first()
    if base is None:
        raise DomainError(_("There is no published version to start from."))
    cases, results = list(base.cases.order_by("pk")), list(base.results.order_by("pk"))
    draft = _copy(
        base,
        number=(procedure.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        state=State.DRAFT, decision_number="", decision_on=None, effective_from=None,
        drafted_by=actor, approved_by=None, published_at=None, source="",
    )  # fmt: skip
    for case in cases:
        papers = list(case.requirements.order_by("seq", "pk"))
        new = _copy(case, version=draft)
        Requirement.objects.bulk_create(_renewed(paper, case=new) for paper in papers)
    ResultType.objects.bulk_create(_renewed(result, version=draft) for result in results)
    return draft


def _copy(row: Row, **changed: object) -> Row:
    require_transaction()
    renewed = _renewed(row, **changed)
    renewed.save(force_insert=True)
    return renewed


def _renewed(row: Row, **changed: object) -> Row:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    renewed = type(row)(**values)
    for name, value in changed.items():
        setattr(renewed, name, value)
    return renewed


def locked_draft(version: ProcedureVersion, state: str) -> ProcedureVersion:
    """The version, locked, in that state. Raises Conflict."""
    require_transaction()
    found = ProcedureVersion.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=version.pk)
    if found.state != state:
        raise Conflict(_("Somebody else has moved this draft on. Open it again."))
    return found


@transaction.atomic
def submit_draft(version: ProcedureVersion, *, on: date, actor: User | None = None) -> None:
    """The draft waits for a second person; whoever submits what an import drafted answers for it.

    Raises NothingChanged, Incomplete, Conflict.
    """
    draft = locked_draft(version, State.DRAFT)
    if not changes_in(draft):
        raise NothingChanged(_("The draft changes nothing; there is nothing to approve."))
    if missing := missing_in(draft, on):
        raise Incomplete(_("The procedure is not complete yet.") + " " + " ".join(each.text for each in missing))
    draft.state, draft.drafted_by = State.REVIEW, draft.drafted_by or actor
    draft.save(update_fields=["state", "drafted_by"])


@transaction.atomic
def send_back(version: ProcedureVersion) -> None:
    """The draft can be edited again. Raises Conflict."""
    draft = locked_draft(version, State.REVIEW)
    draft.state = State.DRAFT
    draft.save(update_fields=["state"])


@transaction.atomic
def discard_draft(version: ProcedureVersion) -> None:
    """The draft is given up and stays on record. Raises Conflict."""
    draft = locked_draft(version, State.DRAFT)
    draft.state = State.DISCARDED
    draft.save(update_fields=["state"])


@transaction.atomic
def publish(version: ProcedureVersion, *, actor: User, decision_number: str, decision_on: date, effective_from: date, at: datetime) -> None:
    """The version is published by a second person and in force from `effective_from`; filings before keep theirs.

    Raises SamePerson, Conflict, DomainError, and LeavesGaps where a commune would have no competent agency or several.
    Source: Nghị định 63/2010/NĐ-CP (announcement by decision).
    """
    one_publication_at_a_time()
    draft = locked_draft(version, State.REVIEW)
    if draft.drafted_by_id == actor.pk:
        raise SamePerson(_("The person who drafted it cannot approve it."))
    earliest = earliest_effect(draft, at.date())
    if effective_from < earliest:
        raise DomainError(_("The version can take effect on %(day)s at the earliest.") % {"day": f"{earliest:%d/%m/%Y}"})
    if ProcedureVersion.objects.published().filter(procedure=draft.procedure, effective_from=effective_from).exists():
        raise DomainError(_("Another version takes effect on this day."))
    gaps = gaps_of_version(draft, effective_from)
    if gaps:
        raise LeavesGaps(gaps)
    draft.state, draft.approved_by, draft.published_at = State.PUBLISHED, actor, at
    draft.decision_number, draft.decision_on, draft.effective_from = decision_number.strip(), decision_on, effective_from
    draft.save(update_fields=["state", "approved_by", "published_at", "decision_number", "decision_on", "effective_from"])
    draft.procedure.search_key = key_of(draft.procedure, draft)
    draft.procedure.save(update_fields=["search_key"])
    enter_first_fees(draft)
