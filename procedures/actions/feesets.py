"""A set of fees on its way from draft to published. Two people; what is published never changes and holds from a day on."""

import re
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.models import AdministrativeUnit
from portal.core.db import require_transaction
from portal.core.errors import Conflict, DomainError, NotAllowed
from portal.core.text import fold
from procedures.models import FeeChange, FeeRule, FeeSet, Procedure
from procedures.queries.fee_sets import rule_before

State, Action = FeeSet.State, FeeChange.Action
ONE_DAY = timedelta(days=1)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class FeeRefused(DomainError):
    """The set or one of its lines says something that cannot be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeInput:
    """What a line shall say; the columns of `FeeChange`. An empty `code` is a fee that the procedure does not have yet."""

    procedure: Procedure
    name_vi: str
    kind: str
    code: str = ""
    name_en: str = ""
    action: str = Action.SET.value
    amount_vnd: int | None = None
    basis: str = FeeRule.Basis.PER_DOSSIER.value
    tiers: list[list[int | None]] = field(default_factory=list)
    cap_vnd: int | None = None
    channel: str = ""

    def columns(self) -> dict[str, object]:
        """As columns of a row."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return values | {"code": self.code or _NOT_SLUG.sub("-", fold(self.name_vi)).strip("-")[:60].strip("-")}


def locked(fee_set: FeeSet, *states: str) -> FeeSet:
    """The set, locked, in one of these states. Raises Conflict."""
    require_transaction()
    found = FeeSet.objects.select_for_update(of=("self",)).get(pk=fee_set.pk)
    if found.state not in states:
        raise Conflict(_("Somebody else has moved this set of fees on. Open it again."))
    return found


@transaction.atomic
def start_fee_set(
    *, title: str, province: AdministrativeUnit | None, legal_basis: str, effective_from: date | None, note: str, actor: User, at: datetime
) -> FeeSet:
    """An empty draft exists. Raises FeeRefused."""
    return _described(FeeSet(drafted_by=actor, created_at=at, province=province), title, legal_basis, effective_from, note)


@transaction.atomic
def describe_fee_set(fee_set: FeeSet, *, title: str, legal_basis: str, effective_from: date | None, note: str) -> FeeSet:
    """The draft has this title, basis and day. Its place stays: the lines were written for it. Raises Conflict, FeeRefused."""
    return _described(locked(fee_set, State.DRAFT), title, legal_basis, effective_from, note)


def _described(fee_set: FeeSet, title: str, legal_basis: str, effective_from: date | None, note: str) -> FeeSet:
    fee_set.title, fee_set.legal_basis, fee_set.effective_from, fee_set.note = (
        title.strip(),
        legal_basis.strip(),
        effective_from,
        note.strip(),
    )
    _checked(fee_set)
    fee_set.save()
    return fee_set


@transaction.atomic
def put_fee(fee_set: FeeSet, *, fee: FeeInput, change: FeeChange | None = None) -> FeeChange:
    """The draft holds this line, instead of `change` if one is given. Raises Conflict, FeeRefused."""
    draft = locked(fee_set, State.DRAFT)
    row = FeeChange.objects.select_for_update(of=("self",)).get(pk=change.pk) if change else FeeChange()
    row.fee_set = draft
    for name, value in fee.columns().items():
        setattr(row, name, value)
    if row.action == Action.END and rule_before(row, draft.effective_from) is None:
        raise FeeRefused(_("This fee is not taken now, so it cannot end."))
    _checked(row)
    row.save()
    return row


@transaction.atomic
def remove_fee(change: FeeChange) -> None:
    """The draft no longer holds the line. Raises Conflict."""
    locked(change.fee_set, State.DRAFT)
    FeeChange.objects.filter(pk=change.pk).delete()


def _checked(row: FeeSet | FeeChange) -> None:
    """The row fits its columns and constraints. Raises FeeRefused with every reason."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise FeeRefused(" ".join(error.messages)) from error


@transaction.atomic
def submit_fee_set(fee_set: FeeSet, *, at: datetime) -> None:
    """The set waits for a second person. Raises FeeRefused, Conflict."""
    draft = locked(fee_set, State.DRAFT)
    if not draft.changes.exists():
        raise FeeRefused(_("The set changes no fee; there is nothing to approve."))
    draft.state, draft.submitted_at = State.REVIEW, at
    draft.save(update_fields=["state", "submitted_at"])


@transaction.atomic
def return_fee_set(fee_set: FeeSet) -> None:
    """The set can be edited again. Raises Conflict."""
    found = locked(fee_set, State.REVIEW)
    found.state, found.submitted_at = State.DRAFT, None
    found.save(update_fields=["state", "submitted_at"])


@transaction.atomic
def discard_fee_set(fee_set: FeeSet, *, reason: str, actor: User, at: datetime) -> None:
    """The set is given up; it stays on record, and its note ends with who gave it up and why. Raises Conflict."""
    found = locked(fee_set, State.DRAFT, State.REVIEW)
    line = _("Discarded by %(name)s: %(reason)s") % {"name": actor.full_name, "reason": reason.strip()}
    found.state, found.discarded_at, found.note = State.DISCARDED, at, f"{found.note}\n{line}".strip()
    found.save(update_fields=["state", "discarded_at", "note"])


@transaction.atomic
def publish_fee_set(fee_set: FeeSet, *, actor: User, decision_number: str, decision_on: date, effective_from: date, at: datetime) -> None:
    """The set is approved by a second person; filings from `effective_from` on cost what it says, those before keep their fees.

    Raises NotAllowed, Conflict, FeeRefused.
    """
    found = locked(fee_set, State.REVIEW)
    if found.drafted_by_id == actor.pk:
        raise NotAllowed(_("The person who drafted it cannot approve it."))
    if effective_from <= at.date():
        raise FeeRefused(_("Fees can take effect tomorrow at the earliest: filings of today keep today's fees."))
    found.state, found.approved_by, found.published_at = State.PUBLISHED, actor, at
    found.decision_number, found.decision_on, found.effective_from = decision_number.strip(), decision_on, effective_from
    _checked(found)
    found.save()
    try:
        with transaction.atomic():
            for change in found.changes.select_related("procedure").order_by("pk"):
                _apply(found, change, effective_from)
    except IntegrityError as error:
        if "fee_rule_once" not in str(error):
            raise
        raise Conflict(_("A later decision has already set one of these fees. Choose another day, or take the line out.")) from error


def _apply(fee_set: FeeSet, change: FeeChange, since: date) -> None:
    before = rule_before(change, since, for_update=True)
    if before is not None:
        if before.valid_from == since or before.ended_by_id is not None:
            raise Conflict(_("A later decision has already set one of these fees. Choose another day, or take the line out."))
        before.valid_to, before.ended_by = since - ONE_DAY, fee_set
        before.save(update_fields=["valid_to", "ended_by"])
    if change.action == Action.END:
        return
    FeeRule.objects.create(
        procedure=change.procedure, code=change.code, kind=change.kind, name_vi=change.name_vi, name_en=change.name_en,
        amount_vnd=change.amount_vnd, basis=change.basis, tiers=change.tiers, cap_vnd=change.cap_vnd, channel=change.channel,
        province=fee_set.province, legal_basis=fee_set.legal_basis, valid_from=since, fee_set=fee_set,
    )  # fmt: skip
