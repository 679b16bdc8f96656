"""What an import of national records did, for a person and for a machine."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from procedures.models import NationalRecord

Standing, Outcome = NationalRecord.Standing, NationalRecord.Outcome
UNCHANGED, REPEATED = "unchanged", "repeated"


@dataclass(frozen=True, slots=True)
class Row:
    """One record: where it came from, what became of it, what was repaired, what a person has to supply."""

    reference: str
    outcome: str
    standing: str
    reason: str = ""
    repairs: tuple[dict[str, str], ...] = ()
    gaps: tuple[dict[str, str], ...] = ()


@dataclass(slots=True)
class NationalReport:
    """All rows of one run. `interrupted`: it was stopped; what was read until then is kept."""

    rows: list[Row] = field(default_factory=list)
    interrupted: bool = False

    def counts(self) -> dict[str, int]:
        """How many records were read, and what became of them."""
        outcomes, standings = Counter(row.outcome for row in self.rows), Counter(row.standing for row in self.rows)
        return {
            "read": len(self.rows),
            "imported": outcomes[Outcome.IMPORTED],
            "repaired": outcomes[Outcome.REPAIRED],
            "refused": outcomes[Outcome.REFUSED],
            "repeated": outcomes[REPEATED],
            "unchanged": standings[UNCHANGED],
            "new": standings[Standing.NEW],
            "changed": standings[Standing.CHANGED],
            "same": standings[Standing.SAME],
            "waiting": standings[Standing.WAITING],
            "repealed": standings[Standing.REPEALED],
        }

    @property
    def is_well(self) -> bool:
        """Every record is in the catalogue's drafts, or is what they already say: nothing refused, nothing waiting, not stopped."""
        counts = self.counts()
        return not (self.interrupted or counts["refused"] or counts["waiting"]) and counts["read"] > 0

    def as_dict(self) -> dict[str, Any]:
        """The whole report as JSON values."""
        repairs = Counter(f"{repair['part']}.{repair['kind']}" for row in self.rows for repair in row.repairs)
        gaps = Counter(f"{gap['part']}.{gap['kind']}" for row in self.rows for gap in row.gaps)
        return {
            "ok": self.is_well,
            "interrupted": self.interrupted,
            **self.counts(),
            "repairs": dict(repairs.most_common()),
            "gaps": dict(gaps.most_common()),
            "records": [
                {
                    "reference": row.reference,
                    "outcome": row.outcome,
                    "standing": row.standing,
                    "reason": row.reason,
                    "repairs": list(row.repairs),
                    "gaps": list(row.gaps),
                }
                for row in self.rows
            ],
        }

    def lines(self, *, quiet: bool = False) -> list[str]:
        """The report as a table: counts, sorts of repairs and gaps, then each refusal and, unless quiet, each repair and gap."""
        whole = self.as_dict()
        lines = [f"{name:12}{number:>7}" for name, number in self.counts().items()]
        lines += ["", "repairs"] + [f"  {name:34}{number:>7}" for name, number in whole["repairs"].items()]
        lines += ["", "for a person to supply or confirm"] + [f"  {name:34}{number:>7}" for name, number in whole["gaps"].items()]
        for row in self.rows:
            if row.outcome == Outcome.REFUSED or row.standing == Standing.WAITING:
                lines.append(f"{row.reference:12} {row.outcome} {row.standing}: {row.reason}")
            if quiet:
                continue
            for repair in row.repairs:
                lines.append(
                    f"{row.reference:12} {repair['part']}.{repair['kind']}: {_short(repair['before'])} → {_short(repair['after'])}"
                )
            lines += [f"{row.reference:12} ? {gap['part']}.{gap['kind']}: {_short(gap['text'])}" for gap in row.gaps]
        return lines


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 160 else f"{flat[:159]}…"
