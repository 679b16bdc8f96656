"""What the demo tells a person who has just started it: where to look, who to be, what to try."""

import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from portal.devtools.children import Fleet


def welcome(fleet: Fleet) -> str:
    """Addresses and accounts as one table."""
    places: list[tuple[str, ...]] = [("The portal", fleet.base_url), ("The simulated national services", fleet.sandbox_url)]
    lines = ["", *_table(places)]
    accounts = [_row(account) for account in _accounts()]
    if accounts:
        lines += ["", *_table(accounts)]
    return "\n".join([*lines, ""])


def _accounts() -> Iterable[object]:
    """The rows of `portal.devtools.world.accounts()`: role, user name, password, what to try."""
    if importlib.util.find_spec("portal.devtools.world") is None:
        return []
    world: Any = importlib.import_module("portal.devtools.world")
    rows: Iterable[object] = world.accounts()
    return rows


def _row(account: object) -> tuple[str, ...]:
    if is_dataclass(account) and not isinstance(account, type):
        return tuple(str(value) for value in asdict(account).values())
    if isinstance(account, Mapping):
        return tuple(str(value) for value in account.values())
    return tuple(str(value) for value in account) if isinstance(account, Iterable) and not isinstance(account, str) else (str(account),)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Left-aligned columns, each as wide as its widest cell."""
    count = max(len(row) for row in rows)
    padded = [row + ("",) * (count - len(row)) for row in rows]
    widths = [max(len(row[column]) for row in padded) for column in range(count)]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in padded]
