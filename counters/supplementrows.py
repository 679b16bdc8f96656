"""The items of a supplement request as the counter shows them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms.boundfield import BoundField

from dossiers.models import Paper, SupplementItem, SupplementRequest
from dossiers.supplementform import Corrections
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
    field: BoundField | None = None


def item_rows(asked: SupplementRequest, clerk: User, typed: Mapping[str, Any], fields: Corrections | None = None) -> list[ItemRow]:
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
        ItemRow(
            pk=item.pk,
            title=item.title,
            reason=item.reason,
            answer=typed.get(f"answer-{item.pk}", item.answer),
            is_seen=f"seen-{item.pk}" in typed,
            files=files[item.pk],
            field=fields.of(item) if fields else None,
        )
        for item in asked.items.order_by("seq")
    ]


def seen_of(items: Iterable[SupplementItem], typed: Mapping[str, Any]) -> dict[SupplementItem, tuple[int, int]]:
    """The items whose paper was seen at the counter: one original each."""
    return {item: (1, 0) for item in items if f"seen-{item.pk}" in typed}
