"""What a reorganisation will do, as its page shows it: units, bodies, posts and open dossiers."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dossiers.actions.inherit import OPEN_STATES
from dossiers.models import Dossier
from portal.accounts.models import Membership
from portal.accounts.reorganising import posts_concerned
from portal.agencies.models import Reorganisation
from portal.agencies.queries.reorganisations import Planned, planned
from portal.agencies.reorganisation_values import Body, NewBody

SHOWN = 40
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One old unit and what it becomes."""

    old: str
    new: str
    code: str
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What will end and begin. Lists are cut; `units_more` and the kinds tell the rest."""

    planned: Planned
    rows: tuple[Row, ...]
    rows_more: int
    ends: tuple[tuple[str, int], ...]
    begins: tuple[tuple[str, int], ...]
    ended: tuple[str, ...]
    begun: tuple[str, ...]
    dossiers: str
    people: int


def preview_of(reorganisation: Reorganisation) -> Preview:
    """What approving would do now; after approval, what was written, is told by the records."""
    plan = planned(reorganisation)
    bodies = plan.bodies
    agencies, offices = [body.id for body in bodies.agency_ends], [body.id for body in bodies.office_ends]
    open_dossiers = Dossier.objects.filter(agency__in=agencies, state__in=OPEN_STATES)[: MOST_COUNTED + 1].count()
    posts = Membership.objects.filter(posts_concerned(agencies, offices, reorganisation.effective_from))
    rows = _rows(plan)
    return Preview(
        planned=plan,
        rows=tuple(rows[:SHOWN]),
        rows_more=max(0, len(rows) - SHOWN),
        ends=_counts([place.level for place in plan.units.ends], len(agencies), len(offices)),
        begins=_counts([place.level for place in plan.units.begins], len(bodies.agencies), len(bodies.offices)),
        ended=_names(bodies.agency_ends, bodies.office_ends),
        begun=_names(bodies.agencies, bodies.offices),
        dossiers=f"{MOST_COUNTED:,}+".replace(",", ".") if open_dossiers > MOST_COUNTED else str(open_dossiers),
        people=posts.values("user").distinct().count(),
    )


def _rows(plan: Planned) -> list[Row]:
    new = {place.code: place for place in plan.units.begins}
    found = []
    for became in sorted(plan.units.became, key=lambda row: (row.old.level != "province", row.old.code, row.code)):
        place = new.get(became.code)
        name = f"{place.name}" if place else _("an existing unit that goes on")
        found.append(Row(f"{became.old.name}, {became.old.province_name}", name, became.code, place is None))
    return found


def _counts(levels: list[str], agencies: int, offices: int) -> tuple[tuple[str, int], ...]:
    units = Counter(levels)
    named = (
        (_("Provinces"), units["province"]), (_("Communes"), units["commune"]), (_("Agencies"), agencies), (_("Counters"), offices),
    )  # fmt: skip
    return tuple((name, count) for name, count in named if count)


def _names(agencies: "list[Body] | list[NewBody]", offices: "list[Body] | list[NewBody]") -> tuple[str, ...]:
    return tuple(f"{body.name} · {body.identifier}" for body in [*agencies, *offices][:SHOWN])
