"""The fee rules that follow from a national record's ways to file. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Row = dict[str, Any]
_NUMBER = re.compile(r"\d+/\d{4}/(?:TT|NĐ|QĐ|NQ)[-\w]+")
COUNCIL = "Nghị quyết của HĐND cấp tỉnh"
NAMES = {"levy": "Lệ phí", "charge": "Phí", "both": "Phí, lệ phí", "": "Phí, lệ phí"}


def fee_rows(methods: Iterable[Mapping[str, Any]]) -> list[Row]:
    """One rule per channel, one for all where they agree. An amount that nobody states, or that varies, is left open: it is not free."""
    by_channel: dict[str, list[Mapping[str, Any]]] = {}
    for method in methods:
        by_channel.setdefault(method["channel"], []).append(method["price"])
    rows = {channel: _row(prices) for channel, prices in by_channel.items()}
    wanted = [row for row in rows.values() if row]
    if not wanted:
        return []
    if len(wanted) == len(rows) and all(row == wanted[0] for row in wanted):
        return [wanted[0] | {"channel": ""}]
    return [(row or _free()) | {"channel": channel} for channel, row in rows.items()]


def _row(prices: list[Mapping[str, Any]]) -> Row | None:
    """The rule of one channel; none where it is free."""
    if all(price["state"] == "free" for price in prices):
        return None
    amounts = {price["amount_vnd"] for price in prices}
    states = {price["state"] for price in prices}
    kind = next((price["kind"] for price in prices if price["kind"]), "")
    note = next((price["note"] for price in prices if price["note"]), "")
    act = _NUMBER.search(note)
    basis = COUNCIL if "council" in states else act.group() if act else ""
    amount = amounts.pop() if len(amounts) == 1 and states == {"amount"} else None
    return {"kind": "levy" if kind == "levy" else "charge", "name_vi": NAMES[kind], "amount_vnd": amount, "legal_basis": basis}


def _free() -> Row:
    return {"kind": "charge", "name_vi": NAMES[""], "amount_vnd": 0, "legal_basis": ""}
