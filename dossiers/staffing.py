"""What an agency lacks to work on dossiers: a case officer, an approver, a counter that receives for it, a clerk there.

Who is away on the day does not count. A deputy is an officer of the agency, and so counts as one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.states import State
from portal.accounts.models import Role
from portal.agencies.models import Agency

LEFT, BACK = "unstaffed", "restaffed"
"""Outcomes under which a dossier's way says that it left an agency without people, and that it came back."""


class Lack(StrEnum):
    """Something without which dossiers would wait where nobody works."""

    OFFICER = "officer"
    LEADER = "leader"
    COUNTER = "counter"
    CLERK = "clerk"


Lacks = frozenset[Lack]
WORDS: Mapping[Lack, str | Promise] = {
    Lack.OFFICER: gettext_lazy("no case officer"),
    Lack.LEADER: gettext_lazy("no approver"),
    Lack.COUNTER: gettext_lazy("no counter that receives for it"),
    Lack.CLERK: gettext_lazy("no clerk at its counter"),
}
NOTHING: Lacks = frozenset()
TO_TAKE_OVER: Lacks = frozenset(Lack)
"""What an agency needs before it is given a dossier: that everything after it can be done there."""

TO_GO_ON: Mapping[State, Lacks] = {
    State.AWAITING_RECEPTION: frozenset({Lack.COUNTER, Lack.CLERK}),
    State.IN_TRANSFER_TO_AGENCY: frozenset({Lack.OFFICER, Lack.LEADER}),
    State.ASSIGNED: frozenset({Lack.OFFICER, Lack.LEADER}),
    State.AWAITING_SIGNATURE: frozenset({Lack.LEADER}),
}
"""What the next steps of a dossier need that the agency has already. What waits for the applicant, or is decided, needs nobody now."""


def holding_up(state: str, lacks: Lacks) -> Lacks:
    """Those of the agency's lacks for which a dossier in this state stands still."""
    return lacks & TO_GO_ON.get(State(state), TO_TAKE_OVER if State(state) in (State.SUBMITTED, State.ACCEPTED) else NOTHING)


def lack_words(lacks: Collection[Lack]) -> str:
    """The lacks as people read them, in a fixed order."""
    return ", ".join(str(WORDS[lack]) for lack in Lack if lack in lacks)


def lacks_sentence(agency: str, lacks: Collection[Lack]) -> str:
    """Why a dossier is not, or no longer, with the agency."""
    return _("%(agency)s cannot work on it now: %(lacks)s") % {"agency": agency, "lacks": lack_words(lacks)}


def lacks_of(agencies: Iterable[Agency], on: date) -> dict[int, Lacks]:
    """What each agency lacks on the day; of an agency that has ended, on its last. One query for as many agencies as there are."""
    by_day: dict[date, list[Agency]] = defaultdict(list)
    for agency in agencies:
        by_day[min(on, agency.valid_to or on)].append(agency)
    return {pk: lacks for day, found in by_day.items() for pk, lacks in _on(day, found).items()}


def is_staffed(agency: Agency, on: date) -> bool:
    """Whether the agency could be given a dossier on the day."""
    return not lacks_of([agency], on)[agency.pk]


HELD = """
    WITH post AS (
        SELECT m.role, m.agency_id, m.office_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
        WHERE (m.agency_id = ANY(%(agencies)s::bigint[]) AND m.role IN ('officer', 'leader')
               OR m.office_id = ANY(%(offices)s::bigint[]) AND m.role = 'clerk')
          AND u.is_active AND m.valid_from <= %(on)s::date AND (m.valid_to IS NULL OR m.valid_to >= %(on)s::date)
          AND NOT EXISTS (SELECT FROM dossiers_absence a WHERE a.user_id = m.user_id AND a.cancelled_at IS NULL
                          AND %(on)s::date BETWEEN a.starts_on AND a.ends_on))
    SELECT DISTINCT role, coalesce(agency_id, office_id) FROM post"""
"""Which of the posts are held on the day, by whoever is not away: role, and agency or office."""


def _on(day: date, agencies: Collection[Agency]) -> dict[int, Lacks]:
    offices = sorted({each.reception_office_id for each in agencies if each.reception_office_id})
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"agencies": sorted(each.pk for each in agencies), "offices": offices, "on": day})
        held = set(cursor.fetchall())
    return {agency.pk: _lacks(agency, held) for agency in agencies}


def _lacks(agency: Agency, held: Collection[tuple[str, int]]) -> Lacks:
    found = {lack for lack, role in ((Lack.OFFICER, Role.OFFICER), (Lack.LEADER, Role.LEADER)) if (role.value, agency.pk) not in held}
    if agency.reception_office_id is None:
        found.add(Lack.COUNTER)
    elif (Role.CLERK.value, agency.reception_office_id) not in held:
        found.add(Lack.CLERK)
    return frozenset(found)
