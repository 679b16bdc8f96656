"""A supervisor allows one more request for papers, with a reason that stays on record."""

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.reasons import require_reason
from dossiers.actions.transition import By, locked
from dossiers.models import Dossier, SupplementPermit, SupplementRequest
from portal.accounts.models import User
from portal.core.errors import Conflict


class NotNeeded(Conflict):
    """Nothing was asked yet, a permit waits to be used, or the answer is still awaited."""


@transaction.atomic
def allow_another_request(dossier: Dossier, *, by: By, reason: str) -> SupplementPermit:
    """Whoever handles the dossier may ask once more. Raises ReasonMissing, NotNeeded."""
    reason = require_reason(reason)[:500]
    dossier = locked(dossier.pk)
    if not may_be_allowed(dossier):
        raise NotNeeded(_("No permission is needed now: nothing was asked before, or it was allowed already."))
    assert by.user is not None  # noqa: S101 -- a supervisor allows
    return SupplementPermit.objects.create(dossier=dossier, given_by=by.user, office=by.office, reason=reason, at=by.at)


def asked_in_stage(dossier: Dossier) -> SupplementRequest | None:
    """The latest request of the present stage: before acceptance, or since it."""
    asked = dossier.supplement_requests.order_by("-pk")
    found: SupplementRequest | None = (asked.filter(asked_at__gte=dossier.accepted_at) if dossier.accepted_at else asked).first()
    return found


def unused_permit(dossier: Dossier) -> SupplementPermit | None:
    """What a supervisor allowed and nobody has used yet."""
    return dossier.supplement_permits.filter(request__isnull=True).select_related("given_by", "office").order_by("pk").first()


def permit_for(dossier: Dossier, asking: User) -> SupplementPermit | None:
    """The permit that a request of this person uses; nobody uses one of their own."""
    permit = unused_permit(dossier) if asked_in_stage(dossier) else None
    return permit if permit is not None and permit.given_by_id != asking.pk else None


def may_be_allowed(dossier: Dossier) -> bool:
    """Whether one more request could be allowed now."""
    asked = asked_in_stage(dossier)
    return asked is not None and asked.answered_at is not None and dossier.is_open and unused_permit(dossier) is None
