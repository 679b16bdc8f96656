"""Which office takes a filing whose draft was begun before the office was merged."""

from datetime import date

from django.utils.translation import gettext as _

from portal.accounts.models import Membership, User
from portal.agencies.models import Office
from portal.agencies.queries.lineage import offices_on
from portal.core.errors import DomainError


class OfficeClosed(DomainError):
    """The office has ended and nothing followed it."""


def office_of_day(office: Office, actor: User, on: date) -> Office:
    """The office, or what followed it; of several the one where the person has a post. Its series gives the code. Raises OfficeClosed."""
    if office.valid_to is None or on <= office.valid_to:
        return office
    successors = offices_on(office.pk, on)
    if not successors:
        raise OfficeClosed(_("This counter has been closed. Choose another one."))
    posts = set(Membership.objects.on(on).filter(user=actor, office__in=successors).values_list("office_id", flat=True))
    return next((each for each in successors if each.pk in posts), successors[0])
