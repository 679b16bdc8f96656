"""Pages of a long list by key: the next page starts after the last row, however much was added meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

SIZE = 50
AFTER, BEFORE = "sau", "truoc"
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Order:
    """By which column of time the list runs; ties by primary key in the same direction. Empty times come last."""

    column: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """The rows of one page, and where the neighbours are."""

    rows: list[Row]
    previous_url: str = ""
    next_url: str = ""


def slice_of(queryset: QuerySet[Any], order: Order, request: HttpRequest, *, size: int = SIZE) -> Slice[Any]:
    """The page that the address asks for; a broken key shows the first one."""
    before = _key(request.GET.get(BEFORE, ""))
    after = None if before else _key(request.GET.get(AFTER, ""))
    wanted = order if before is None else Order(order.column, not order.is_descending)
    key = before or after
    found = queryset.filter(_beyond(wanted, key, empty_last=before is None)) if key else queryset
    rows = list(_sorted(found, wanted, empty_last=before is None)[: size + 1])
    has_more = len(rows) > size
    rows = rows[:size]
    if before is not None:
        rows.reverse()
    has_next, has_previous = (has_more, after is not None) if before is None else (True, has_more)
    return Slice(
        rows,
        _url(request, BEFORE, rows[0], order) if rows and has_previous else "",
        _url(request, AFTER, rows[-1], order) if rows and has_next else "",
    )


def _sorted(queryset: QuerySet[Any], order: Order, *, empty_last: bool) -> QuerySet[Any]:
    column = F(order.column)
    sign = "-" if order.is_descending else ""
    places = {"nulls_last": True} if empty_last else {"nulls_first": True}
    return queryset.order_by(column.desc(**places) if order.is_descending else column.asc(**places), f"{sign}pk")


def _beyond(order: Order, key: tuple[datetime | None, int], *, empty_last: bool) -> Q:
    at, pk = key
    step = "lt" if order.is_descending else "gt"
    same = Q(**{order.column: at} if at else {f"{order.column}__isnull": True}) & Q(**{f"pk__{step}": pk})
    if at is None:
        return same if empty_last else same | Q(**{f"{order.column}__isnull": False})
    further = same | Q(**{f"{order.column}__{step}": at})
    return further | Q(**{f"{order.column}__isnull": True}) if empty_last else further


def _key(text: str) -> tuple[datetime | None, int] | None:
    at, _, pk = text.rpartition("~")
    if not pk.isascii() or not pk.isdigit():
        return None
    try:
        return (datetime.fromisoformat(at) if at else None), int(pk)
    except ValueError:
        return None


def _url(request: HttpRequest, name: str, row: Any, order: Order) -> str:
    query = request.GET.copy()
    for each in (AFTER, BEFORE):
        query.pop(each, None)
    at = getattr(row, order.column)
    query[name] = f"{at.isoformat() if at else ''}~{row.pk}"
    return f"?{query.urlencode()}"
