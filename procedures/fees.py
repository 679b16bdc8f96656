"""What a filing costs, line by line, from dated rules. Pure.

An amount of None is a fee that exists and whose size nobody has entered: the provincial council
sets it. It is never shown as free and cannot be paid online.
`valid_to` is the last day on which something holds; None is open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class FeeKind(StrEnum):
    """A charge pays for a service, a levy is set by the State. Source: Luật phí và lệ phí 97/2015/QH13."""

    CHARGE = "charge"
    LEVY = "levy"


class FeeBasis(StrEnum):
    """What the amount is multiplied with."""

    PER_DOSSIER = "per_dossier"
    PER_COPY = "per_copy"
    PER_PAGE = "per_page"


@dataclass(frozen=True, slots=True)
class Tier:
    """Each unit up to and including the `up_to`-th costs so much; None is the rest."""

    up_to: int | None
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class FeeRule:
    """One dated price. Rules with the same `code` are one fee; the most specific in force holds.

    PER_PAGE prices the pages of one copy, by tiers where there are any, up to the cap, and
    multiplies with the copies.
    """

    id: int
    code: str
    kind: FeeKind
    name: str
    amount_vnd: int | None
    basis: FeeBasis = FeeBasis.PER_DOSSIER
    tiers: tuple[Tier, ...] = ()
    cap_vnd: int | None = None
    channel: str = ""
    province_code: str = ""
    beneficiary: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class Concession:
    """An exemption (100 %) or reduction of one fee, or of all when `fee_code` is empty.

    `ground` must be claimed by the payer, `condition` must be true of them; empty asks nothing.
    """

    id: int
    percent: int
    fee_code: str = ""
    ground: str = ""
    condition: str = ""
    channel: str = ""
    province_code: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    legal_basis: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.percent <= 100:
            raise ValueError(f"A reduction is between 1 and 100 percent: {self.percent}")


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """What the price depends on. Grounds and conditions are keys that the rules name."""

    on: date
    channel: str
    province_code: str = ""
    copies: int = 1
    pages: int = 1
    grounds: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()


class FeeReason(StrEnum):
    """Why a line has its amount."""

    SET_BY_LAW = "set_by_law"
    SET_BY_PROVINCE = "set_by_province"
    COUNCIL_RATE_MISSING = "council_rate_missing"
    EXEMPT = "exempt"
    REDUCED = "reduced"


FEE_REASONS = {
    FeeReason.SET_BY_LAW: "Set by law",
    FeeReason.SET_BY_PROVINCE: "Set by the provincial People's Council",
    FeeReason.COUNCIL_RATE_MISSING: "Amount set by the provincial People's Council",
    FeeReason.EXEMPT: "Exempt",
    FeeReason.REDUCED: "Reduced",
}
"""English msgids."""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee of one filing. `full_amount_vnd` is the price before a concession."""

    kind: FeeKind
    name: str
    amount_vnd: int | None
    beneficiary: str
    rule_id: int
    reason: FeeReason
    full_amount_vnd: int | None = None
    concession_id: int | None = None
    legal_basis: str = ""


def quote(rules: Iterable[FeeRule], concessions: Sequence[Concession], facts: FeeFacts) -> list[FeeLine]:
    """The fee lines of a filing, one per fee code, in the order in which the codes first appear."""
    best: dict[str, FeeRule] = {}
    for rule in rules:
        if _fits(rule, facts):
            held = best.get(rule.code)
            best[rule.code] = rule if held is None or _weight(rule) > _weight(held) else held
    return [_concede(_line(rule, facts), rule, concessions, facts) for rule in best.values()]


def total_vnd(lines: Iterable[FeeLine]) -> int | None:
    """The sum of the lines; None as soon as one amount is unknown."""
    total = 0
    for line in lines:
        if line.amount_vnd is None:
            return None
        total += line.amount_vnd
    return total


def is_payable_online(lines: Iterable[FeeLine]) -> bool:
    """Whether there is something to pay and every amount is known."""
    return (total_vnd(lines) or 0) > 0


def _fits(rule: FeeRule | Concession, facts: FeeFacts) -> bool:
    return (
        rule.channel in ("", facts.channel)
        and rule.province_code in ("", facts.province_code)
        and (rule.valid_from is None or rule.valid_from <= facts.on)
        and (rule.valid_to is None or facts.on <= rule.valid_to)
    )


def _weight(rule: FeeRule) -> tuple[bool, bool, date, int]:
    """A province's own rate before the national one, then the channel's, then the newest."""
    return bool(rule.province_code), bool(rule.channel), rule.valid_from or date.min, rule.id


def _line(rule: FeeRule, facts: FeeFacts) -> FeeLine:
    amount = _price(rule, facts)
    reason = FeeReason.SET_BY_PROVINCE if rule.province_code else FeeReason.SET_BY_LAW
    if amount is None:
        reason = FeeReason.COUNCIL_RATE_MISSING
    return FeeLine(rule.kind, rule.name, amount, rule.beneficiary, rule.id, reason, amount, None, rule.legal_basis)


def _price(rule: FeeRule, facts: FeeFacts) -> int | None:
    if rule.amount_vnd is None and not rule.tiers:
        return None
    copies = max(facts.copies, 0)
    if rule.basis is FeeBasis.PER_DOSSIER:
        return rule.amount_vnd
    units = copies if rule.basis is FeeBasis.PER_COPY else max(facts.pages, 0)
    price = _tiered(rule, units)
    if rule.cap_vnd is not None:
        price = min(price, rule.cap_vnd)
    return price if rule.basis is FeeBasis.PER_COPY else price * copies


def _tiered(rule: FeeRule, units: int) -> int:
    if not rule.tiers:
        return units * (rule.amount_vnd or 0)
    price = done = 0
    for tier in rule.tiers:
        upto = units if tier.up_to is None else min(tier.up_to, units)
        price += max(upto - done, 0) * tier.amount_vnd
        done = max(done, upto)
    # Units beyond a last tier that has an end cost what that tier costs.
    return price + (units - done) * rule.tiers[-1].amount_vnd


def _concede(line: FeeLine, rule: FeeRule, concessions: Sequence[Concession], facts: FeeFacts) -> FeeLine:
    """The line with the best concession applied; an exemption frees even from an unknown amount."""
    granted = [each for each in concessions if _fits(each, facts) and _is_granted(each, rule, facts)]
    if not granted:
        return line
    best = max(granted, key=lambda each: (each.percent, -each.id))
    if best.percent == 100:
        return replace(line, amount_vnd=0, reason=FeeReason.EXEMPT, concession_id=best.id, legal_basis=best.legal_basis)
    if line.amount_vnd is None:
        return replace(line, concession_id=best.id)
    reduced = line.amount_vnd * (100 - best.percent) // 100
    return replace(line, amount_vnd=reduced, reason=FeeReason.REDUCED, concession_id=best.id, legal_basis=best.legal_basis)


def _is_granted(concession: Concession, rule: FeeRule, facts: FeeFacts) -> bool:
    return (
        concession.fee_code in ("", rule.code)
        and (not concession.ground or concession.ground in facts.grounds)
        and (not concession.condition or concession.condition in facts.conditions)
    )
