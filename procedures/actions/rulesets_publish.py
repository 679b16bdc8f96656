"""Publishing a rule set: its rules exist, what they replace or end has its last day, and no place is left without an answer."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import Conflict, DomainError
from procedures.actions.gaps import one_publication_at_a_time
from procedures.actions.rulesets import LeavesGaps, RuleInput, SamePerson, locked
from procedures.models import CompetenceRule, RuleChange, RuleSet
from procedures.queries.gaps import gaps_of_rule_set

Action, State = RuleChange.Action, RuleSet.State
ONE_DAY = timedelta(days=1)


@transaction.atomic
def publish(rule_set: RuleSet, *, actor: User, at: datetime) -> RuleSet:
    """The set is approved by a second person and its rules hold from `effective_from` on.

    Raises SamePerson, Conflict, LeavesGaps (with the places), DomainError.
    """
    one_publication_at_a_time()
    found = locked(rule_set, State.REVIEW)
    if found.drafted_by_id == actor.pk:
        raise SamePerson(_("The person who drafted it cannot approve it."))
    if not found.decision_number or not found.legal_basis or found.effective_from is None:
        raise DomainError(_("Publishing needs a decision number, a legal basis and an effective date."))
    if found.effective_from <= at.date():
        raise DomainError(_("The rules can take effect tomorrow at the earliest: dossiers of today keep today's rules."))
    changes = list(found.changes.select_related("target").order_by("pk"))
    for change in changes:
        _require_possible(change, found)
    gaps = gaps_of_rule_set(found)
    if gaps:
        raise LeavesGaps(gaps)
    found.state, found.approved_by, found.published_at = State.PUBLISHED, actor, at
    found.save(update_fields=["state", "approved_by", "published_at"])
    try:
        with transaction.atomic():
            _apply(found, changes)
    except IntegrityError as error:
        if "competence_rule_once_per_rank" not in str(error):
            raise
        raise Conflict(_("Another rule of the same rank already covers this ground and period.")) from error
    return found


def _require_possible(change: RuleChange, rule_set: RuleSet) -> None:
    target, since = change.target, rule_set.effective_from
    if since is None:
        return
    if change.valid_to is not None and change.action != Action.END and change.valid_to < since:
        raise DomainError(_("A rule of this set would end before it begins."))
    if target is None:
        return
    if target.ended_by_id is not None or (target.valid_to is not None and target.valid_to < since):
        raise Conflict(_("Rule %(number)d has ended since the set was written.") % {"number": target.pk})
    if target.valid_from > since:
        raise DomainError(_("Rule %(number)d begins only after this set takes effect.") % {"number": target.pk})


def _apply(rule_set: RuleSet, changes: list[RuleChange]) -> None:
    if rule_set.effective_from is None:
        return
    targets = [change.target for change in changes if change.target is not None]
    for target in CompetenceRule.objects.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in targets]).order_by("pk"):
        target.valid_to, target.ended_by = rule_set.effective_from - ONE_DAY, rule_set
        target.save(update_fields=["valid_to", "ended_by"])
    for change in changes:
        if change.action == Action.END:
            continue
        CompetenceRule.objects.create(
            **RuleInput.of(change).columns(),
            version=change.target.version + 1 if change.target else 1,
            replaces=change.target,
            rule_set=rule_set,
            valid_from=rule_set.effective_from,
        )
