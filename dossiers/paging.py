"""Pages of a list by the last row seen, so that page 400 costs what page 1 costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page and the marks of its neighbours; an empty mark means that there is none."""

    rows: list[dict[str, Any]]
    previous: str = ""
    next: str = ""

    def url(self, mark: str, kept: Mapping[str, str]) -> str:
        """The address of the neighbour with the filters that are set."""
        return "?" + urlencode({name: value for name, value in kept.items() if value} | {"trang": mark}) if mark else ""


def page_of(rows: "QuerySet[Any, dict[str, Any]]", *, by: str, newest_first: bool, mark: str, size: int = PAGE_SIZE) -> Page:
    """One page ordered by the instant `by` and the primary key; rows without the instant come last. One query.

    `rows` is a `.values()` that holds `by` and `pk`. A mark that nobody gave out shows the first page.
    """
    backwards, after = _read(mark)
    descending = newest_first != backwards
    if after is not None:
        rows = rows.filter(_beyond(by, after, descending=descending, nulls_beyond=not backwards))
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    moment = F(by).desc(**nulls) if descending else F(by).asc(**nulls)
    found = list(rows.order_by(moment, "-pk" if descending else "pk")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_previous = has_more if backwards else after is not None
    has_next = True if backwards else has_more
    return Page(found, _mark("<", found[0], by) if has_previous else "", _mark(">", found[-1], by) if has_next else "")


def _mark(direction: str, row: Mapping[str, Any], by: str) -> str:
    moment = row[by].isoformat() if row[by] else ""
    return f"{direction}{moment}|{row['pk']}"


def _read(mark: str) -> tuple[bool, tuple[datetime | None, int] | None]:
    moment, _, pk = mark[1:].partition("|")
    try:
        return mark.startswith("<"), (datetime.fromisoformat(moment) if moment else None, int(pk))
    except ValueError:
        return False, None


def _beyond(by: str, after: tuple[datetime | None, int], *, descending: bool, nulls_beyond: bool) -> Q:
    """Rows after the mark in the direction of travel."""
    moment, pk = after
    further = "lt" if descending else "gt"
    same = Q(**{f"pk__{further}": pk})
    if moment is None:
        beyond = Q(**{f"{by}__isnull": True}) & same
        return beyond if nulls_beyond else beyond | Q(**{f"{by}__isnull": False})
    beyond = Q(**{f"{by}__{further}": moment}) | (Q(**{by: moment}) & same)
    return beyond | Q(**{f"{by}__isnull": True}) if nulls_beyond else beyond


def capped(rows: "QuerySet[Any]", cap: int = 99) -> str:
    """How many, exactly up to the cap, then "99+"; reads at most that many rows."""
    count = rows.order_by()[: cap + 1].count()
    return f"{cap}+" if count > cap else str(count)
