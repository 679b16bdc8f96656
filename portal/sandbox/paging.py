"""Keyset pages by primary key, newest first."""

from typing import TypeVar

from django.db.models import Model, QuerySet

PAGE_SIZE = 50
M = TypeVar("M", bound=Model)


def page_before(rows: QuerySet[M], before: str) -> tuple[list[M], int | None]:
    """At most fifty rows older than `before` (a primary key; ignored if it is none), and the key for the next page."""
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    return page[:PAGE_SIZE], page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None
