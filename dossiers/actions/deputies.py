"""Who of an agency is told, who stands in for whom, and who is named where nobody took a dossier of the day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.transition import By
from dossiers.models import Absence, Alert, Dossier, StandingDeputy
from dossiers.team import away
from portal.accounts.identity import identity_of
from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency
from portal.core.errors import DomainError, NotAllowed
from portal.core.workcalendar import local


class NoOfficer(DomainError):
    """The person is no officer of the agency."""


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who is named, and why that one."""

    user: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """The people of the agencies concerned on a day: by agency and role, who is away, whom the leaders have chosen."""

    posts: Mapping[tuple[int, str], tuple[int, ...]]
    absent: Mapping[int, Absence]
    chosen: Mapping[int, int]

    def officers(self, dossier: Dossier) -> set[int]:
        """Who may take it: there today, and not the one who took it in at the counter."""
        return {person for person in self._people(dossier, Role.OFFICER) if self._is_there(person) and person != dossier.filed_by_id}

    def leaders(self, dossier: Dossier) -> set[int]:
        """The leaders who are there; all of them if none is."""
        leaders = self._people(dossier, Role.LEADER)
        return {person for person in leaders if self._is_there(person)} or set(leaders)

    def stands_in(self, person: int) -> set[int]:
        """The deputy of somebody who is away."""
        absence = self.absent.get(person)
        return {absence.deputy_id} if absence and absence.deputy_id else set()

    def deputy_for(self, dossier: Dossier) -> Deputy:
        """Who stands in for an absent officer, else whom the leader has chosen, else the leader."""
        free = self.officers(dossier)
        absences = [self.absent[person] for person in self._people(dossier, Role.OFFICER) if person in self.absent]
        for absence in sorted(absences, key=lambda each: each.pk):
            if absence.deputy_id in free:
                return Deputy(absence.deputy_id, Alert.Why.ABSENCE)
        chosen = self.chosen.get(dossier.agency_id or 0)
        if chosen in free:
            return Deputy(chosen, Alert.Why.CHOSEN)
        leaders = sorted(self.leaders(dossier))
        return Deputy(leaders[0], Alert.Why.LEADER) if leaders else Deputy(None)

    def _people(self, dossier: Dossier, role: str) -> tuple[int, ...]:
        return self.posts.get((dossier.agency_id or 0, role), ())

    def _is_there(self, person: int) -> bool:
        return person not in self.absent


def circle_of(dossiers: Collection[Dossier], *, on: date) -> Circle:
    """What is known of the agencies of these dossiers; three queries."""
    agencies = {dossier.agency_id for dossier in dossiers if dossier.agency_id}
    held: dict[tuple[int, str], list[int]] = defaultdict(list)
    posts = Membership.objects.on(on).filter(agency__in=agencies, role__in=[Role.OFFICER, Role.LEADER]).order_by("user_id")
    for agency, role, person in posts.values_list("agency_id", "role", "user_id"):
        held[agency, role].append(person)
    people = {person for each in held.values() for person in each}
    chosen = StandingDeputy.objects.filter(agency__in=agencies, user__isnull=False).values_list("agency_id", "user_id")
    return Circle({key: tuple(dict.fromkeys(each)) for key, each in held.items()}, away(on, people=people, agencies=agencies), dict(chosen))


@transaction.atomic
def choose_deputy(agency: Agency, user: User | None, *, by: By) -> StandingDeputy:
    """From now on this officer is named where nobody took a dossier of the day; None: the leader. Raises NotAllowed, NoOfficer."""
    on = local(by.at).date()
    if by.user is None or agency.pk not in identity_of(by.user, on).agencies.get(Role.LEADER, ()):
        raise NotAllowed(_("Only a leader of the agency can do this."))
    if user is not None and agency.pk not in identity_of(user, on).agencies.get(Role.OFFICER, ()):
        raise NoOfficer(_("%(name)s is no officer of this agency.") % {"name": user.full_name})
    choice, _is_new = StandingDeputy.objects.update_or_create(
        agency=agency, defaults={"user": user, "chosen_by": by.user, "chosen_at": by.at}
    )
    return choice
