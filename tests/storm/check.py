"""Three accounts of the same changes compared: what writers saw committed, what our outbox says, what took effect there. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Step = tuple[str, int]
"""A dossier's code and the number of one of its steps."""


@dataclass(slots=True)
class Verdict:
    """What went wrong, step by step; empty lists when nothing did."""

    lost_here: list[Step] = field(default_factory=list)
    lost_there: list[Step] = field(default_factory=list)
    doubled: list[Step] = field(default_factory=list)
    out_of_order: list[Step] = field(default_factory=list)
    foreign: list[Step] = field(default_factory=list)
    altered: list[Step] = field(default_factory=list)
    final_states: list[str] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """How many in all."""
        return sum(len(found) for found in self.counts().values())

    def counts(self) -> dict[str, Sequence[object]]:
        """Each kind of violation with its cases."""
        return {name: getattr(self, name) for name in self.__slots__}


def check(seen: Iterable[Step], told: Mapping[Step, str], effects: Iterable[tuple[str, int, str]], heads: Mapping[str, int]) -> Verdict:
    """`seen`: steps whose commit a writer saw. `told`: hash of every step in the outbox. `effects`: code, number and hash of
    every change of a dossier there, in their order. `heads`: the last step that each dossier there shows."""
    verdict = Verdict(lost_here=sorted(set(seen) - set(told)))
    last: dict[str, int] = defaultdict(int)
    happened: set[Step] = set()
    for code, seq, body_hash in effects:
        step = (code, seq)
        if step in happened:
            verdict.doubled.append(step)
        if seq != last[code] + 1:
            verdict.out_of_order.append(step)
        last[code] = seq
        happened.add(step)
        if step not in told:
            verdict.foreign.append(step)
        elif told[step] != body_hash:
            verdict.altered.append(step)
    verdict.lost_there = sorted(set(told) - happened)
    final: dict[str, int] = defaultdict(int)
    for code, seq in told:
        final[code] = max(final[code], seq)
    verdict.final_states = sorted(code for code in final if heads.get(code) != final[code])
    return verdict
