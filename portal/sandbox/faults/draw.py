"""Drawing faults: which rule, if any, hits this request."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from portal.core.clock import technical_now
from portal.sandbox.faults.kinds import BATCH, STATE, codes_of
from portal.sandbox.faults.models import FaultRule


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that was drawn, with its parameters."""

    kind: str
    params: dict[str, Any] = field(default_factory=dict)

    def seconds(self, default: float) -> float:
        """The parameter `seconds`, or the default if it is not a number."""
        value = self.params.get("seconds", default)
        return float(value) if isinstance(value, int | float) else default


def share(seed: str, seen: int) -> float:
    """A number in [0, 1) that depends on nothing but the seed and how often the rule was asked."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{seen}".encode()).digest()[:8], "big") / 2**64


def active_rules(service: str, point: str, at: datetime) -> QuerySet[FaultRule]:
    """Rules that can still hit a request to this service, oldest first."""
    return FaultRule.objects.filter(
        Q(since__isnull=True) | Q(since__lte=at),
        Q(until__isnull=True) | Q(until__gt=at),
        Q(remaining__isnull=True) | Q(remaining__gt=0),
        service__in=[service, "*"],
        kind__in=codes_of(point),
    ).order_by("pk")


def draw(service: str, point: str, path: str = "") -> Fault | None:
    """The first rule that hits, counted; None if none does."""
    if not active_rules(service, point, technical_now()).exists():
        return None
    with transaction.atomic():
        for rule in active_rules(service, point, technical_now()).select_for_update():
            if rule.path not in path or _is_standing_rejection(rule):
                continue
            rule.seen += 1
            hit = rule.seen in rule.script if rule.script else share(rule.seed, rule.seen) < rule.rate
            if hit:
                rule.hits += 1
                rule.remaining = None if rule.remaining is None else max(0, rule.remaining - 1)
            rule.save(update_fields=["seen", "hits", "remaining"])
            if hit:
                return Fault(rule.kind, dict(rule.params))
    return None


def _is_standing_rejection(rule: FaultRule) -> bool:
    """A code that is rejected each time it comes, whatever else is drawn: several of them can be on at once."""
    return rule.kind == "schema_reject" and bool(rule.params.get("code")) and rule.rate >= 1 and rule.remaining is None


def rejected_codes(service: str) -> set[str]:
    """The dossier and procedure codes that the service rejects at present."""
    rules = active_rules(service, BATCH, technical_now()).filter(kind="schema_reject")
    return {str(rule.params["code"]) for rule in rules if _is_standing_rejection(rule)}


def is_on(service: str, kind: str) -> bool:
    """Whether this state of the service is switched on."""
    return active_rules(service, STATE, technical_now()).filter(kind=kind).exists()


def skew_seconds(service: str) -> float:
    """How far the clock of this service is off, in seconds."""
    rule = active_rules(service, STATE, technical_now()).filter(kind="clock_skew").first()
    return Fault(rule.kind, dict(rule.params)).seconds(600) if rule else 0.0
