"""The items of a supplement request as the counter shows them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dossiers.models import Paper, SupplementItem, SupplementRequest
from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One thing asked for, what was typed for it, and the files that this clerk added."""

    pk: int
    title: str
    reason: str
    answer: str
    is_seen: bool
    files: list[str]


def item_rows(asked: SupplementRequest, clerk: User, typed: Mapping[str, Any]) -> list[ItemRow]:
    """The items in order."""
    files: dict[int, list[str]] = defaultdict(list)
    for item_id, size in (
        Paper.objects.filter(supplement_item__request=asked, added_by=clerk)
        .exclude(storage_key="")
        .order_by("pk")
        .values_list("supplement_item_id", "size")
    ):
        files[item_id or 0].append(f"{max(size // 1024, 1)} KB")
    return [
        ItemRow(item.pk, item.title, item.reason, typed.get(f"answer-{item.pk}", item.answer), f"seen-{item.pk}" in typed, files[item.pk])
        for item in asked.items.order_by("seq")
    ]


def seen_of(items: Iterable[SupplementItem], typed: Mapping[str, Any]) -> dict[SupplementItem, tuple[int, int]]:
    """The items whose paper was seen at the counter: one original each."""
    return {item: (1, 0) for item in items if f"seen-{item.pk}" in typed}
