"""Who is asking, as one value that views, queries and policies share."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection

from portal.accounts.models import Role, User
from portal.core.db import Scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person with today's memberships. Offices and agencies are ids, per role, own ones first.

    They include the predecessors of the own ones: their files, lists and papers passed to the legal successor.
    """

    user: "User | AnonymousUser"
    roles: frozenset[str] = frozenset()
    offices: dict[str, tuple[int, ...]] = field(default_factory=dict)
    agencies: dict[str, tuple[int, ...]] = field(default_factory=dict)
    supervises_country: bool = False

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user.is_authenticated else None

    @property
    def is_citizen(self) -> bool:
        return isinstance(self.user, User) and self.user.kind == User.Kind.CITIZEN

    @property
    def agency_ids(self) -> tuple[int, ...]:
        return tuple(sorted({pk for ids in self.agencies.values() for pk in ids}))

    @property
    def office_ids(self) -> tuple[int, ...]:
        return tuple(sorted({pk for ids in self.offices.values() for pk in ids}))

    @property
    def scope(self) -> Scope:
        return Scope(user_id=self.user_id, offices=self.offices.get(Role.CLERK, ()), agencies=self.agency_ids)

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


_POSTS = """
    WITH RECURSIVE held AS (
        SELECT m.id, m.role, m.office_id, m.agency_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
        WHERE m.user_id = %(user)s::bigint AND u.is_active
        AND m.valid_from <= %(day)s::date AND (m.valid_to IS NULL OR m.valid_to >= %(day)s::date)
    ), agencies AS (
        SELECT id, role, agency_id AS body, 0 AS distance FROM held WHERE agency_id IS NOT NULL
        UNION SELECT a.id, a.role, s.predecessor_id, a.distance + 1 FROM agencies a
        JOIN agencies_agencysuccession s ON s.successor_id = a.body AND s.valid_from <= %(day)s::date WHERE a.distance < 20
    ), offices AS (
        SELECT id, role, office_id AS body, 0 AS distance FROM held WHERE office_id IS NOT NULL
        UNION SELECT o.id, o.role, s.predecessor_id, o.distance + 1 FROM offices o
        JOIN agencies_officesuccession s ON s.successor_id = o.body AND s.valid_from <= %(day)s::date WHERE o.distance < 20
    )
    SELECT 0 AS distance, id, role, NULL::bigint AS office, NULL::bigint AS agency FROM held WHERE office_id IS NULL AND agency_id IS NULL
    UNION ALL SELECT distance, id, role, NULL, body FROM agencies
    UNION ALL SELECT distance, id, role, body, NULL FROM offices ORDER BY distance, id"""


def identity_of(user: "User | AnonymousUser", on: date) -> Identity:
    """The identity of `user` on that day; one query for staff, none for others."""
    if not isinstance(user, User) or user.kind != User.Kind.STAFF:
        return Identity(user=user)
    offices: dict[str, list[int]] = {}
    agencies: dict[str, list[int]] = {}
    roles: set[str] = set()
    country = False
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, {"user": user.pk, "day": on})
        posts = cursor.fetchall()
    for _distance, _post, role, office, agency in posts:
        roles.add(role)
        if office:
            offices.setdefault(role, []).append(office)
        if agency:
            agencies.setdefault(role, []).append(agency)
        country = country or (role == Role.SUPERVISOR and office is None)
    return Identity(
        user=user,
        roles=frozenset(roles),
        offices={role: tuple(dict.fromkeys(ids)) for role, ids in offices.items()},
        agencies={role: tuple(dict.fromkeys(ids)) for role, ids in agencies.items()},
        supervises_country=country,
    )
