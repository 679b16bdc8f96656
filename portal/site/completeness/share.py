"""The share of dossiers that the national portal has accepted. Pure."""

from collections.abc import Mapping

COUNTED = ("theirs_only", "tickets_without_dossier", "receipts_without_dossier", "receipt_gaps", "code_gaps", "result_number_gaps")
"""What may be outside the system and stands for a dossier each. Late entries and silent counters are told, not added: the first are
dossiers of ours already, and of the second nobody knows how many there would be."""


def share_of(ours: int, accepted: int, outside: Mapping[str, int | None]) -> tuple[int, int]:
    """Accepted, and what it is a share of: ours, the portal's own that are not here, and what may be outside."""
    return accepted, ours + sum(outside.get(name) or 0 for name in COUNTED)


def per_cent(accepted: int, whole: int) -> str:
    """With two decimals, cut and not rounded: 100 stands only where nothing is lacking. 100 of nothing is "100.00"."""
    hundredths = accepted * 10_000 // whole if whole else 10_000
    return f"{hundredths // 100}.{hundredths % 100:02d}"
