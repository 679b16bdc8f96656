"""The values that competence works on: rules, delegations, places, facts, agencies. Pure.

`valid_to` is the last day on which something holds; None is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol


class RuleKind(StrEnum):
    """How a rule finds its agency."""

    FIXED_AGENCY = "fixed_agency"
    DEPARTMENT_OF_PROVINCE = "department_of_province"
    COMMUNE_AUTHORITY = "commune_authority"
    MINISTRY = "ministry"
    SERVICE_AREA = "service_area"
    FILING_PLACE = "filing_place"
    APPLICANT_CHOICE = "applicant_choice"
    POOLED = "pooled"

    @property
    def needs_place(self) -> bool:
        """Whether the rule reads a place from the form."""
        return self in (RuleKind.DEPARTMENT_OF_PROVINCE, RuleKind.COMMUNE_AUTHORITY, RuleKind.SERVICE_AREA)


class Ground(StrEnum):
    """What the rule is attached to. At equal rank the narrower ground goes first."""

    PROCEDURE = "procedure"
    FIELD = "field"
    LEVEL = "level"


_NARROWNESS = {Ground.PROCEDURE: 0, Ground.FIELD: 1, Ground.LEVEL: 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """One competence rule. Lower rank wins; `place_fact` names the answer that decides.

    `within` is the code of the province or commune in which the deciding place must lie; empty is the whole country.
    `is_choice` marks one of several places among which the law lets the applicant choose.
    """

    id: int
    version: int
    rank: int
    ground: Ground
    kind: RuleKind
    agency_kind: str = ""
    agency: int | None = None
    place_fact: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    legal_basis: str = ""
    within: str = ""
    within_name: str = ""
    is_choice: bool = False

    @property
    def precedence(self) -> tuple[int, int, int]:
        """What is tried first sorts first: the rank, then the narrower ground, then the narrower place."""
        return (self.rank, _NARROWNESS[self.ground], -len(self.within))

    def is_in_force(self, on: date) -> bool:
        """Whether the rule holds on the day."""
        return _holds(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Delegation:
    """An agency lets another decide for a period: what one rule gives it, one procedure, or everything. The narrowest holds."""

    id: int
    from_agency: int
    to_agency: int
    rule_id: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    legal_basis: str = ""
    procedure_id: int | None = None

    @property
    def narrowness(self) -> int:
        """The highest of those that apply holds."""
        return 2 if self.rule_id is not None else 1 if self.procedure_id is not None else 0

    def applies(self, agency_id: int, rule_id: int, on: date, procedure_id: int | None = None) -> bool:
        """Whether what the rule gives to the agency is delegated on the day."""
        return (
            self.from_agency == agency_id
            and self.rule_id in (None, rule_id)
            and self.procedure_id in (None, procedure_id)
            and _holds(self.valid_from, self.valid_to, on)
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A place as units of today."""

    province_code: str
    commune_code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SplitPlace:
    """An old place that is now several; nobody has said yet which."""

    candidates: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """A place that was given and cannot be resolved."""

    reason: str = ""


PlaceAnswer = Place | SplitPlace | UnknownPlace


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one dossier. `places` by fact key: residence, land, seat, …"""

    on: date
    places: Mapping[str, PlaceAnswer] = field(default_factory=dict)
    filing_commune_code: str = ""
    filing_province_code: str = ""
    applicant_choice: int | None = None


@dataclass(frozen=True, slots=True)
class AgencyRef:
    """An agency, as far as the decision needs it."""

    id: int
    code: str
    name: str
    kind: str = ""


class Directory(Protocol):
    """The agencies of a day."""

    def agencies_of(self, kind: str, unit_code: str | None, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind that belong to the unit; None means anywhere in the country."""

    def serving(self, commune_code: str, kind: str, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind whose service area holds the commune."""

    def agency(self, agency_id: int, on: date) -> AgencyRef | None:
        """The agency, if it exists on the day."""

    def load(self, agency_id: int) -> float:
        """Open dossiers, the next one included, relative to capacity."""


def _holds(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)
