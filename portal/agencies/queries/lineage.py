"""What became of agencies and offices: one, several (a division), or themselves while they last."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from portal.agencies.models import Agency, AgencySuccession, Office, OfficeSuccession, valid_on

DEEPEST = 20
"""More reorganisations one after the other than a row can have seen; a circle in the table ends here."""


def agencies_on(agency_id: int, on: date) -> list[Agency]:
    """The agencies that have this one's powers on the day: itself while in force, else its successors, by identifier."""
    return list(Agency.objects.on(on).filter(pk__in=_followed(AgencySuccession, agency_id, on)).order_by("identifier"))


def offices_on(office_id: int, on: date) -> list[Office]:
    """The offices that have this one's lists and papers on the day: itself while open, else its successors, by code."""
    found = _followed(OfficeSuccession, office_id, on)
    return list(Office.objects.filter(valid_on(on), pk__in=found).select_related("province", "unit", "agency").order_by("code"))


def agencies_named(identifier: str, on: date) -> list[Agency]:
    """The agencies of the day that an identifier means, old and alias included: by its own name first, then by succession."""
    wanted = identifier.strip().upper()
    own = Agency.objects.filter(identifier=wanted).first()
    if own is not None:
        return agencies_on(own.pk, on)
    return list(Agency.objects.on(on).filter(aliases__contains=[wanted]).order_by("identifier"))


def heirs(on: date, *, alone: bool = False) -> dict[int, int]:
    """The one successor of the day for each agency that had ended by then; one that was divided has none. One query.

    `alone`: only where nothing else was merged into it, so that the successor is the same body under another name.
    """
    rows = AgencySuccession.objects.filter(valid_from__lte=on).order_by("valid_from", "pk").values_list("predecessor_id", "successor_id")
    nexts: dict[int, list[int]] = defaultdict(list)
    for old, new in rows:
        nexts[old].append(new)
    sources = Counter(new for news in nexts.values() for new in news)
    found = {}
    for start in nexts:
        way = _only_way(start, nexts)
        if way and not (alone and any(sources[each] > 1 for each in way)):
            found[start] = way[-1]
    return found


def _only_way(start: int, nexts: Mapping[int, list[int]]) -> list[int]:
    """The successors one after the other to the one that lasts; empty where the way divides."""
    way: list[int] = []
    current = start
    while current in nexts:
        if len(nexts[current]) != 1 or len(way) > DEEPEST:
            return []
        current = nexts[current][0]
        way.append(current)
    return way


def predecessor_names(agency: Agency, on: date) -> list[str]:
    """The names under which the agency's matters were dealt with before."""
    rows = AgencySuccession.objects.filter(successor=agency, valid_from__lte=on).select_related("predecessor")
    return [row.predecessor.name for row in rows.order_by("predecessor__identifier")]


def _followed(rows: type[AgencySuccession] | type[OfficeSuccession], start: int, on: date) -> set[int]:
    """The row and everything that came of it until the day; the caller keeps what is in force."""
    reached, fresh = {start}, {start}
    for _round in range(DEEPEST):
        fresh = _next(rows, fresh, on) - reached
        if not fresh:
            break
        reached |= fresh
    return reached


def _next(rows: type[AgencySuccession] | type[OfficeSuccession], ids: Iterable[int], on: date) -> set[int]:
    return set(rows.objects.filter(predecessor__in=ids, valid_from__lte=on).values_list("successor_id", flat=True))
