"""What a filing costs: the rules of the database given to the pure quote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.core.money import format_vnd
from procedures import fees
from procedures.models import FeeConcession, FeeRule, Procedure


@dataclass(frozen=True, slots=True)
class FeeQuestion:
    """What the price depends on. `grounds` are claimed, `conditions` are known (vneid_level_2, …)."""

    on: date
    channel: str
    province_code: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    grounds: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()


def fee_lines(procedure: Procedure, question: FeeQuestion) -> list[fees.FeeLine]:
    """One line per fee; an amount of None is set by the provincial council and cannot be paid online.

    Answers with a table `documents` (pages, copies) are priced document by document, otherwise by `pages` and `copies`.
    """
    concessions = list(FeeConcession.objects.filter(procedure=procedure).select_related("province").order_by("pk"))
    rows = FeeRule.objects.filter(procedure=procedure).select_related("province").order_by("pk")
    rules = [_rule(row) for row in rows]
    grants = [_concession(row) for row in concessions]
    facts = fees.FeeFacts(
        on=question.on,
        channel=question.channel,
        province_code=question.province_code,
        copies=_count(question.answers, "copies"),
        pages=_count(question.answers, "pages"),
        grounds=question.grounds,
        conditions=question.conditions | _met(concessions, question),
    )
    documents = _documents(question.answers)
    if not documents or not any(rule.basis is fees.FeeBasis.PER_PAGE for rule in rules):
        return fees.quote(rules, grants, facts)
    quotes = [fees.quote(rules, grants, replace(facts, pages=pages, copies=copies)) for pages, copies in documents]
    per_page = {rule.id for rule in rules if rule.basis is fees.FeeBasis.PER_PAGE}
    return [_summed(lines) if lines[0].rule_id in per_page else lines[0] for lines in zip(*quotes, strict=True)]


def _summed(lines: tuple[fees.FeeLine, ...]) -> fees.FeeLine:
    return replace(
        lines[0],
        amount_vnd=_sum([line.amount_vnd for line in lines]),
        full_amount_vnd=_sum([line.full_amount_vnd for line in lines]),
    )


def _sum(amounts: list[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _documents(answers: Mapping[str, Any]) -> list[tuple[int, int]]:
    rows = answers.get("documents")
    documents = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [(_count(row, "pages"), _count(row, "copies")) for row in documents]


def _count(answers: Mapping[str, Any], key: str) -> int:
    value = answers.get(key)
    return value if isinstance(value, int) and value > 0 else 1


def _met(concessions: Iterable[FeeConcession], question: FeeQuestion) -> frozenset[str]:
    met = set()
    for row in concessions:
        since = _date(question.answers.get(row.since_answer)) if row.since_answer else None
        if since and row.within_days is not None and (question.on - since).days <= row.within_days:
            met.add(row.condition)
    return frozenset(met)


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _rule(row: FeeRule) -> fees.FeeRule:
    return fees.FeeRule(
        id=row.pk,
        code=row.code,
        kind=fees.FeeKind(row.kind),
        name=row.name,
        amount_vnd=row.amount_vnd,
        basis=fees.FeeBasis(row.basis),
        tiers=tuple(fees.Tier(up_to, amount) for up_to, amount in row.tiers),
        cap_vnd=row.cap_vnd,
        channel=row.channel,
        province_code=row.province.code if row.province else "",
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        legal_basis=row.legal_basis,
    )


def _concession(row: FeeConcession) -> fees.Concession:
    return fees.Concession(
        id=row.pk,
        percent=row.percent,
        fee_code=row.fee_code,
        ground=row.ground,
        condition=row.condition,
        channel=row.channel,
        province_code=row.province.code if row.province else "",
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        legal_basis=row.legal_basis,
    )


def grounds_of(procedure: Procedure, on: date) -> list[tuple[str, str]]:
    """The grounds of exemption that a payer may claim on the day: key and text."""
    rows = FeeConcession.objects.filter(procedure=procedure, valid_from__lte=on).exclude(ground="").order_by("pk")
    return list({row.ground: row.name for row in rows if row.valid_to is None or on <= row.valid_to}.items())


def claimed_ground(procedure: Procedure, texts: Iterable[str]) -> str:
    """The ground that was claimed, in Vietnamese, found again by what a dossier's fees keep of it; empty when none was."""
    rows = FeeConcession.objects.filter(procedure=procedure).exclude(ground="").order_by("pk")
    kept = {text for text in texts if text}
    return next((row.name_vi for row in rows if kept & {row.name_vi, row.name_en, row.ground}), "") if kept else ""


def fee_note(line: fees.FeeLine) -> str:
    """The amount as people read it; never "free" where a council decides."""
    if line.amount_vnd is None:
        return _("Amount set by the provincial People's Council")
    return format_vnd(line.amount_vnd)
