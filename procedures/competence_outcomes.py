"""What a decision about competence says: an agency, several, or none, always with its reasons. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from procedures.competence_rules import AgencyRef, Rule


class ReasonCode(StrEnum):
    """Why an agency was named or a rule passed over."""

    FIXED = "fixed"
    DEPARTMENT = "department"
    COMMUNE = "commune"
    MINISTRY = "ministry"
    SERVICE_AREA = "service_area"
    FILING_PLACE = "filing_place"
    CHOSEN = "chosen"
    LEAST_LOADED = "least_loaded"
    DELEGATED = "delegated"
    SPLIT_IRRELEVANT = "split_irrelevant"
    NOT_IN_FORCE = "not_in_force"
    PLACE_MISSING = "place_missing"
    PLACE_UNKNOWN = "place_unknown"
    PLACE_WITHOUT_COMMUNE = "place_without_commune"
    PLACE_SPLIT = "place_split"
    NO_AGENCY = "no_agency"
    NO_CHOICE = "no_choice"
    CHOICE_NOT_LAWFUL = "choice_not_lawful"
    FILING_PLACE_UNKNOWN = "filing_place_unknown"
    SEVERAL_AGENCIES = "several_agencies"
    DELEGATION_LOOP = "delegation_loop"
    NO_RULES = "no_rules"
    ELSEWHERE = "elsewhere"
    LAWFUL_CHOICE = "lawful_choice"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as data: render it with REASON_CODES[code] % dict(params)."""

    code: ReasonCode
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: ReasonCode, **params: str) -> "Reason":
        """A reason with its named parameters."""
        return cls(code, tuple(params.items()))

    def as_dict(self) -> dict[str, object]:
        """The reason as it is stored and printed as JSON."""
        return {"code": self.code.value, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rule that was tried and led nowhere."""

    rule: Rule
    reason: Reason


@dataclass(frozen=True, slots=True)
class Competent:
    """This agency decides, by this rule."""

    agency: AgencyRef
    rule: Rule
    reasons: tuple[Reason, ...]
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class NoCompetentAgency:
    """Nobody could be named: a person decides."""

    reasons: tuple[Reason, ...]
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several could be: a person decides among them; the applicant where the law offers the choice (`is_choice`).

    Of a choice `offers` are the rules that lead to the candidates, in the same order; `open_rules` those that would lead to
    another one, as soon as their place is known.
    """

    candidates: tuple[AgencyRef, ...]
    reasons: tuple[Reason, ...]
    rejected: tuple[Rejected, ...] = ()
    is_choice: bool = False
    offers: tuple[Rule, ...] = ()
    open_rules: tuple[Rule, ...] = ()


Decision = Competent | NoCompetentAgency | Ambiguous


_C = ReasonCode

REASON_CODES: Mapping[ReasonCode, str] = {
    _C.FIXED: "The law names this agency: %(agency)s",
    _C.DEPARTMENT: "Department of the province of %(place)s: %(agency)s",
    _C.COMMUNE: "Authority of the commune of %(place)s: %(agency)s",
    _C.MINISTRY: "Decided centrally: %(agency)s",
    _C.SERVICE_AREA: "%(place)s is in the service area of %(agency)s",
    _C.FILING_PLACE: "Decided where it is filed: %(agency)s",
    _C.CHOSEN: "Chosen by the applicant, as the law allows: %(agency)s",
    _C.LEAST_LOADED: "Any agency may decide; %(agency)s has the most free capacity",
    _C.DELEGATED: "%(source)s has delegated this to %(agency)s (%(basis)s)",
    _C.SPLIT_IRRELEVANT: "The old place was split, but every part leads to the same agency",
    _C.NOT_IN_FORCE: "The rule is not in force on this date",
    _C.PLACE_MISSING: "The answer that decides (%(fact)s) is missing",
    _C.PLACE_UNKNOWN: "The place given for %(fact)s cannot be resolved to a present unit",
    _C.PLACE_WITHOUT_COMMUNE: "Only the province is known for %(fact)s; the rule needs the commune",
    _C.PLACE_SPLIT: "The place given for %(fact)s was split; its parts lead to different agencies",
    _C.NO_AGENCY: "No agency of the kind %(kind)s exists there on this date",
    _C.NO_CHOICE: "The applicant has not chosen an agency",
    _C.CHOICE_NOT_LAWFUL: "The chosen agency may not decide this",
    _C.FILING_PLACE_UNKNOWN: "It is not known where this is filed",
    _C.SEVERAL_AGENCIES: "Several agencies of the same rank are competent",
    _C.DELEGATION_LOOP: "The delegations lead in a circle",
    _C.NO_RULES: "No competence rule exists for this procedure",
    _C.ELSEWHERE: "The rule holds only within %(unit)s",
    _C.LAWFUL_CHOICE: "The law lets the applicant choose among these agencies",
}
"""English msgids with their named parameters."""
