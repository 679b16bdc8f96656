"""How much an agency of a pool can work on at a time."""

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.core.errors import DomainError

MOST = 10_000
log = structlog.get_logger()


@transaction.atomic
def set_capacity(agency: Agency, *, capacity: int, actor: User) -> Agency:
    """Pools give the agency new dossiers in proportion to this number from now on; what it has stays. Raises DomainError."""
    if not 1 <= capacity <= MOST:
        raise DomainError(_("The capacity is a number from 1 to %(most)d.") % {"most": MOST})
    found = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    before, found.capacity = found.capacity, capacity
    found.save(update_fields=["capacity"])
    log.info("capacity_set", agency=found.pk, before=before, after=capacity, actor=actor.pk)
    return found
