"""What the national database says about one procedure, as the catalogue's keepers see it beside the draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.core.money import format_vnd
from procedures.models import Channel, NationalRecord
from procedures.queries.national import record_of, said
from procedures.wording import unit_text


@dataclass(frozen=True, slots=True)
class NationalSheet:
    """The record with its ways to file (channel, time, fee, note), groups of papers, legal acts, repairs and gaps, all in words."""

    record: NationalRecord
    methods: Sequence[tuple[str, str, str, str, str]]
    groups: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]
    acts: Sequence[Mapping[str, str]]
    repairs: Sequence[Mapping[str, Any]]
    gaps: Sequence[Mapping[str, Any]]
    is_proposed_to_end: bool


def national_sheet(code: str) -> NationalSheet | None:
    """The newest national record of the procedure; None when there is none."""
    record = record_of(code)
    if record is None:
        return None
    content = record.content
    ended = record.procedure is not None and record.procedure.ended_on is not None
    return NationalSheet(
        record=record,
        methods=[_method(each) for each in content.get("methods", [])],
        groups=[(group["title"], group["papers"]) for group in content.get("groups", [])],
        acts=content.get("legal_basis", []),
        repairs=said(record.repairs),
        gaps=said(record.gaps),
        is_proposed_to_end=record.standing == NationalRecord.Standing.REPEALED and not ended,
    )


def _method(method: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    time, price = method["time"], method["price"]
    spoken = unit_text(time["value"] or 0, time["unit"]) or (
        _("“%(text)s” (no unit)") % {"text": time["said"]} if time["said"] else _("Not stated")
    )
    return str(Channel(method["channel"]).label), spoken, _fee(price), price["note"], method["description"]


def _fee(price: Mapping[str, Any]) -> str:
    if price["state"] == "amount":
        return str(price["foreign"]) or format_vnd(price["amount_vnd"] or 0)
    texts = {
        "free": _("No fee"),
        "council": _("Amount set by the provincial People's Council"),
        "tariff": _("By the tariff"),
        "unstated": _("Not stated"),
    }
    return texts[price["state"]]
