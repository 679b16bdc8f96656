"""What a national record says, as plain values."""

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


class Refused(ValueError):
    """The record cannot be imported; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Something in the source was changed: which part, of what sort, from what into what."""

    part: str
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a person has to supply or confirm, because the source does not say it."""

    part: str
    kind: str
    text: str


@dataclass(slots=True)
class Findings:
    """The repairs and gaps of one record, each once."""

    repairs: list[Repair] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def repaired(self, part: str, kind: str, before: str, after: str) -> None:
        found = Repair(part, kind, before[:300], after[:300])
        if found not in self.repairs:
            self.repairs.append(found)

    def missing(self, part: str, kind: str, text: str) -> None:
        found = Gap(part, kind, text[:300])
        if found not in self.gaps:
            self.gaps.append(found)


@dataclass(frozen=True, slots=True)
class Duration:
    """A processing time. `unit` as in the time rules; empty: none that can be counted with. `said` is the source's cell."""

    value: int | None
    unit: str
    said: str

    @property
    def rule(self) -> str:
        """The time rule, `N unit` or `in_day`; empty when there is none."""
        return "in_day" if self.unit == "in_day" else f"{self.value} {self.unit}" if self.unit else ""


@dataclass(frozen=True, slots=True)
class Price:
    """What one way of filing costs.

    `state`: free; amount; council (the provincial council sets it: not free); tariff (by a table or rule named in the note);
    unstated. `kind`: charge, levy, both, or empty when the source does not tell. A foreign amount has no `amount_vnd`.
    """

    state: str
    kind: str = ""
    amount_vnd: int | None = None
    foreign: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table of ways to file: channel × time × fee, with its description."""

    channel: str
    time: Duration
    price: Price
    description: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One component. `role`: required, conditional, present_only, note. `certified`: of the copies, how many must be certified."""

    name: str
    role: str
    originals: int
    copies: int
    certified: int = 0
    attachments: tuple[str, ...] = ()
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A table of components under its heading. `kind`: common, submit, present, case, note."""

    title: str
    kind: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class LegalAct:
    """One legal basis; number, date (ISO) and title where they are given."""

    number: str
    title: str
    issued_on: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result with its code in the national list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NationalProcedure:
    """The whole record, structured."""

    code: str
    name: str
    short_name: str
    field: str
    decision: str
    law_kind: str
    levels: tuple[str, ...]
    subjects: tuple[str, ...]
    competent: str
    executing: tuple[str, ...]
    coordinating: str
    delegated: str
    address: str
    steps: tuple[str, ...]
    methods: tuple[Method, ...]
    groups: tuple[Group, ...]
    legal_basis: tuple[LegalAct, ...]
    results: tuple[Outcome, ...]
    preconditions: str
    related: str = ""

    def as_json(self) -> Json:
        """The same as JSON values."""
        return asdict(self)

    @property
    def papers(self) -> list[Paper]:
        """Everything that is handed in or shown, without the notes."""
        return [paper for group in self.groups for paper in group.papers if paper.role != "note"]
