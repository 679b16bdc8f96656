"""Agencies, offices and service areas as a reorganisation sees them. Pure.

A new thing is known by its identifier or code (str), one that exists by its id (int).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Ref = int | str


@dataclass(frozen=True, slots=True)
class Body:
    """An agency or an office in force on the day before. `identifier` is an office's code; `served` are communes, by id.

    `partner` is an agency's reception office, or an office's agency.
    """

    id: int
    identifier: str
    name: str
    kind: str
    unit: int
    aliases: tuple[str, ...] = ()
    parent: int | None = None
    partner: int | None = None
    served: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NewBody:
    """An agency or office to begin. `like` is the predecessor whose other particulars it takes over; `unit` a code."""

    identifier: str
    name: str
    like: Body
    unit: str
    aliases: tuple[str, ...] = ()
    parent: Ref | None = None
    partner: Ref | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """From the day on the agency serves the commune (code)."""

    agency: Ref
    unit: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Several branches served parts of the new commune; the one with the most old units goes on serving it."""

    unit: str
    chosen: str
    others: tuple[str, ...]


@dataclass(slots=True)
class BodyPlan:
    """Successions are pairs (id of the predecessor, successor)."""

    agency_ends: list[Body] = field(default_factory=list)
    agencies: list[NewBody] = field(default_factory=list)
    agency_successions: list[tuple[int, Ref]] = field(default_factory=list)
    office_ends: list[Body] = field(default_factory=list)
    offices: list[NewBody] = field(default_factory=list)
    office_successions: list[tuple[int, Ref]] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bodies:
    """What exists on the day before in the units concerned, and every identifier ever given."""

    agencies: Sequence[Body]
    offices: Sequence[Body]
    taken: frozenset[str]
    roots: Mapping[str, str]
    """Identifier of the committee, by province code."""
    province_names: Mapping[str, str]
