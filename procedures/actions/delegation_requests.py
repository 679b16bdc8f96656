"""Delegations pass two people: one asks for a new one or for an early end, another confirms or refuses. Both stay on record."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.core.errors import Conflict, DomainError, NotAllowed
from procedures.actions.delegations import delegate, end_delegation
from procedures.models import Delegation, DelegationRequest, Procedure

State = DelegationRequest.State


@transaction.atomic
def ask_delegation(
    *,
    from_agency: Agency,
    to_agency: Agency,
    valid_from: date,
    valid_to: date,
    legal_basis: str,
    actor: User,
    at: datetime,
    procedure: Procedure | None = None,
) -> DelegationRequest:
    """A second person is asked to confirm the delegation. Raises DomainError for one that could not be entered as it is."""
    values = {"from_agency": from_agency, "to_agency": to_agency, "valid_from": valid_from, "valid_to": valid_to}
    with transaction.atomic():
        # What the second person would be refused, the first one reads at once.
        delegate(**values, legal_basis=legal_basis, procedure=procedure, actor=actor, at=at)  # type: ignore[arg-type]
        transaction.set_rollback(True)
    return DelegationRequest.objects.create(**values, legal_basis=legal_basis.strip(), procedure=procedure, asked_by=actor, asked_at=at)


@transaction.atomic
def ask_end(delegation: Delegation, *, last_day: date, legal_basis: str, actor: User, at: datetime) -> DelegationRequest:
    """A second person is asked to end the delegation early. Raises Conflict, DomainError."""
    if delegation.ended_at is not None:
        raise Conflict(_("Somebody else has already ended this delegation."))
    if last_day >= delegation.valid_to or last_day < at.date():
        raise DomainError(_("Choose a day from today on that is before the present last day."))
    request = DelegationRequest(
        ends=delegation,
        from_agency=delegation.from_agency,
        to_agency=delegation.to_agency,
        procedure=delegation.procedure,
        valid_from=delegation.valid_from,
        valid_to=last_day,
        legal_basis=legal_basis.strip(),
        asked_by=actor,
        asked_at=at,
    )
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:
        raise Conflict(_("Somebody has already asked to end this delegation.")) from None
    return request


@transaction.atomic
def confirm(request: DelegationRequest, *, actor: User, at: datetime) -> Delegation:
    """The delegation holds, or ends, as asked. Raises NotAllowed for whoever asked, Conflict, DomainError."""
    found = _waiting(request, actor)
    if found.ends is not None:
        done = end_delegation(found.ends, last_day=found.valid_to, actor=actor, at=at)
    else:
        done = delegate(
            from_agency=found.from_agency,
            to_agency=found.to_agency,
            procedure=found.procedure,
            valid_from=found.valid_from,
            valid_to=found.valid_to,
            legal_basis=found.legal_basis,
            actor=found.asked_by,
            at=at,
        )
    found.state, found.delegation = State.CONFIRMED, done
    _decided(found, actor, at)
    return done


@transaction.atomic
def refuse(request: DelegationRequest, *, actor: User, at: datetime) -> None:
    """Nothing changes; the request stays on record. Whoever asked may not refuse it either. Raises NotAllowed, Conflict."""
    found = _waiting(request, actor)
    found.state = State.REFUSED
    _decided(found, actor, at)


def _waiting(request: DelegationRequest, actor: User) -> DelegationRequest:
    found: DelegationRequest = DelegationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if found.state != State.WAITING:
        raise Conflict(_("Somebody else has already decided this."))
    if found.asked_by_id == actor.pk:
        raise NotAllowed(_("A second person has to decide what you asked for."))
    return found


def _decided(request: DelegationRequest, actor: User, at: datetime) -> None:
    request.decided_by, request.decided_at = actor, at
    request.save(update_fields=["state", "delegation", "decided_by", "decided_at"])
