"""A rule set's way from draft to published. Two people; what is published never changes and holds from a day on."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.models import AdministrativeUnit, Agency
from portal.core.db import require_transaction
from portal.core.errors import Conflict, DomainError, NotAllowed
from procedures.actions.gaps import LeavesGaps
from procedures.models import CompetenceRule, Procedure, RuleChange, RuleContent, RuleSet

__all__ = [
    "LeavesGaps", "NothingChanged", "RuleInput", "RuleRefused", "SamePerson", "add_change", "create_rule_set", "describe_rule_set",
    "discard", "edit_change", "locked", "remove_change", "send_back", "submit",
]  # fmt: skip

State, Action = RuleSet.State, RuleChange.Action


class NothingChanged(DomainError):
    """The set holds no change."""


class SamePerson(NotAllowed):
    """Whoever drafted it cannot approve it."""


class RuleRefused(DomainError):
    """The rule says something that cannot be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleInput:
    """What a rule shall say; the columns of `RuleContent`."""

    kind: str
    procedure: Procedure | None = None
    field_vi: str = ""
    level: str = ""
    rank: int = 100
    place_fact: str = ""
    choice_facts: tuple[str, ...] = ()
    choice_kind: str = RuleContent.Kind.COMMUNE_AUTHORITY.value
    agency_kind: str = ""
    agency: Agency | None = None
    place: AdministrativeUnit | None = None
    legal_basis: str = ""
    valid_to: date | None = None

    @classmethod
    def of(cls, rule: RuleContent) -> "RuleInput":
        """What the rule says now."""
        values = {each.name: getattr(rule, each.name) for each in fields(cls)}
        return cls(**values | {"choice_facts": tuple(rule.choice_facts)})

    def columns(self) -> dict[str, object]:
        """As columns of a row."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"choice_facts": list(self.choice_facts)}


@transaction.atomic
def create_rule_set(
    *,
    title: str,
    actor: User,
    at: datetime,
    legal_basis: str = "",
    decision_number: str = "",
    effective_from: date | None = None,
    note: str = "",
) -> RuleSet:
    """An empty draft exists. Raises DomainError."""
    rule_set = RuleSet(drafted_by=actor, created_at=at)
    return _described(rule_set, title, legal_basis, decision_number, effective_from, note)


@transaction.atomic
def describe_rule_set(
    rule_set: RuleSet, *, title: str, legal_basis: str, decision_number: str, effective_from: date | None, note: str = ""
) -> RuleSet:
    """The draft has this title, basis, decision and day. Raises Conflict, DomainError."""
    return _described(locked(rule_set, State.DRAFT), title, legal_basis, decision_number, effective_from, note)


def _described(rule_set: RuleSet, title: str, legal_basis: str, decision_number: str, effective_from: date | None, note: str) -> RuleSet:
    rule_set.title, rule_set.legal_basis = title.strip(), legal_basis.strip()
    rule_set.decision_number, rule_set.effective_from, rule_set.note = decision_number.strip(), effective_from, note.strip()
    if not rule_set.title:
        raise DomainError(_("Give the rule set a title."))
    _checked(rule_set)
    rule_set.save()
    return rule_set


def locked(rule_set: RuleSet, *states: str) -> RuleSet:
    """The set, locked, in one of these states. Raises Conflict."""
    require_transaction()
    found: RuleSet = RuleSet.objects.select_for_update(of=("self",)).get(pk=rule_set.pk)
    if found.state not in states:
        raise Conflict(_("Somebody else has moved this rule set on. Open it again."))
    return found


@transaction.atomic
def add_change(rule_set: RuleSet, *, action: str, rule: RuleInput | None = None, target: CompetenceRule | None = None) -> RuleChange:
    """The draft adds `rule`, replaces `target` by it, or ends `target`. Raises Conflict, RuleRefused."""
    draft = locked(rule_set, State.DRAFT)
    if (action == Action.ADD) == (target is not None):
        raise RuleRefused(_("Say which rule is replaced or ended."))
    if target is not None and target.ended_by_id is not None:
        raise Conflict(_("Another rule set has already ended this rule."))
    if action == Action.END and target is not None:
        rule = RuleInput.of(target)
    if rule is None:
        raise RuleRefused(_("Say what the rule shall be."))
    change = RuleChange(rule_set=draft, action=action, target=target, **rule.columns())
    _require_meaning(change)
    _checked(change)
    change.save()
    return change


@transaction.atomic
def edit_change(change: RuleChange, *, rule: RuleInput) -> RuleChange:
    """The change of a draft says this now. Raises Conflict, RuleRefused."""
    locked(change.rule_set, State.DRAFT)
    found = RuleChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if found.action == Action.END:
        raise RuleRefused(_("A rule that is ended keeps what it says."))
    for name, value in rule.columns().items():
        setattr(found, name, value)
    _require_meaning(found)
    _checked(found)
    found.save()
    return found


@transaction.atomic
def remove_change(change: RuleChange) -> None:
    """The draft no longer holds the change. Raises Conflict."""
    locked(change.rule_set, State.DRAFT)
    RuleChange.objects.filter(pk=change.pk).delete()


def _checked(row: RuleSet | RuleChange) -> None:
    """The row fits its columns and constraints. Raises RuleRefused with every reason."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise RuleRefused(" ".join(error.messages)) from error


def _require_meaning(change: RuleChange) -> None:
    """A rule that could never lead to an agency is refused while it is written. Raises RuleRefused."""
    kinds = RuleContent.Kind
    by_place = {kinds.DEPARTMENT_OF_PROVINCE, kinds.COMMUNE_AUTHORITY, kinds.SERVICE_AREA}
    if change.kind == kinds.FIXED_AGENCY and change.agency is None:
        raise RuleRefused(_("Say which agency decides."))
    if change.kind != kinds.FIXED_AGENCY and not change.agency_kind:
        raise RuleRefused(_("Say which kind of agency decides."))
    if change.kind in by_place and not change.place_fact:
        raise RuleRefused(_("Say which answer names the place that decides."))
    if change.kind == kinds.APPLICANT_CHOICE and len(set(change.choice_facts)) == 1:
        raise RuleRefused(_("A choice needs at least two places."))
    if change.choice_facts and change.choice_kind not in by_place:
        raise RuleRefused(_("Say how each place of the choice leads to its agency."))
    if change.agency_kind and not Agency.objects.filter(kind=change.agency_kind).exists():
        raise RuleRefused(_("No agency of the kind “%(kind)s” exists.") % {"kind": change.agency_kind})
    if not change.legal_basis.strip():
        raise RuleRefused(_("A rule needs its legal basis."))


@transaction.atomic
def submit(rule_set: RuleSet, *, at: datetime) -> RuleSet:
    """The set waits for a second person. Raises NothingChanged, Conflict."""
    draft = locked(rule_set, State.DRAFT)
    if not draft.changes.exists():
        raise NothingChanged(_("The set changes nothing; there is nothing to approve."))
    draft.state, draft.submitted_at = State.REVIEW, at
    draft.save(update_fields=["state", "submitted_at"])
    return draft


@transaction.atomic
def send_back(rule_set: RuleSet) -> RuleSet:
    """The set can be edited again. Raises Conflict."""
    found = locked(rule_set, State.REVIEW)
    found.state, found.submitted_at = State.DRAFT, None
    found.save(update_fields=["state", "submitted_at"])
    return found


@transaction.atomic
def discard(rule_set: RuleSet, *, at: datetime) -> RuleSet:
    """The set is given up and stays on record. Raises Conflict."""
    found = locked(rule_set, State.DRAFT, State.REVIEW)
    found.state, found.discarded_at = State.DISCARDED, at
    found.save(update_fields=["state", "discarded_at"])
    return found
