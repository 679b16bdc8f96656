"""One agency lets another decide for a period; the period can be cut short, once."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.core.errors import Conflict, DomainError
from procedures.models import CompetenceRule, Delegation, Procedure

ONE_DAY = timedelta(days=1)


@transaction.atomic
def delegate(
    *,
    from_agency: Agency,
    to_agency: Agency,
    valid_from: date,
    valid_to: date,
    legal_basis: str,
    actor: User,
    at: datetime,
    rule: CompetenceRule | None = None,
    procedure: Procedure | None = None,
) -> Delegation:
    """What the rule, the procedure or everything gives to one agency, the other decides during the period. Raises DomainError."""
    if valid_from <= at.date():
        raise DomainError(_("A delegation can begin tomorrow at the earliest: dossiers of today keep today's agency."))
    for agency in (from_agency, to_agency):
        if agency.valid_from > valid_from or (agency.valid_to is not None and agency.valid_to < valid_to):
            raise DomainError(_("%(agency)s does not exist during the whole period.") % {"agency": agency.name})
    Agency.objects.select_for_update(of=("self",)).get(pk=from_agency.pk)
    row = Delegation(
        from_agency=from_agency, to_agency=to_agency, rule=rule, procedure=procedure, legal_basis=legal_basis.strip(),
        valid_from=valid_from, valid_to=valid_to, entered_by=actor, entered_at=at,
    )  # fmt: skip
    if valid_to < valid_from:
        raise DomainError(_("The delegation would end before it begins."))
    try:
        # Django would compare the coalesced columns of the exclusion constraint with themselves.
        row.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from error
    if rule is not None and procedure is not None:
        raise DomainError(_("A delegation is for one rule, or one procedure, or everything."))
    same = Delegation.objects.filter(from_agency=from_agency, rule=rule, procedure=procedure)
    if same.filter(valid_from__lte=valid_to, valid_to__gte=valid_from).filter(valid_to__gte=F("valid_from")).exists():
        raise DomainError(_("The agency has already delegated this for a part of the period."))
    if from_agency == to_agency:
        raise DomainError(_("An agency cannot delegate to itself."))
    if _leads_back(row):
        raise DomainError(_("These delegations would lead in a circle."))
    row.save()
    return row


def _leads_back(row: Delegation) -> bool:
    """Whether following delegations of the same time from the receiver comes back to the giver."""
    frontier, seen = {row.to_agency_id}, set[int]()
    while frontier:
        if row.from_agency_id in frontier:
            return True
        seen |= frontier
        overlapping = Delegation.objects.filter(from_agency__in=frontier, valid_from__lte=row.valid_to, valid_to__gte=row.valid_from)
        overlapping = overlapping.filter(valid_to__gte=F("valid_from"))
        frontier = set(overlapping.values_list("to_agency_id", flat=True)) - seen
    return False


@transaction.atomic
def end_delegation(delegation: Delegation, *, last_day: date, actor: User, at: datetime) -> Delegation:
    """The delegation holds until `last_day`; one that has not begun is withdrawn altogether. Raises Conflict, DomainError."""
    found = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if found.ended_at is not None:
        raise Conflict(_("Somebody else has already ended this delegation."))
    if last_day >= found.valid_to or last_day < at.date():
        raise DomainError(_("Choose a day from today on that is before the present last day."))
    found.valid_to, found.ended_by, found.ended_at = max(last_day, found.valid_from - ONE_DAY), actor, at
    found.save(update_fields=["valid_to", "ended_by", "ended_at"])
    return found
