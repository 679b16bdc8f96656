"""A set is given up with the reason and the name of who gave it up."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from procedures.actions.rulesets import discard, locked
from procedures.models import RuleSet


@transaction.atomic
def discard_with_reason(rule_set: RuleSet, *, reason: str, actor: User, at: datetime) -> RuleSet:
    """The set is discarded; its note ends with who did it and why. Raises Conflict."""
    found = locked(rule_set, RuleSet.State.DRAFT, RuleSet.State.REVIEW)
    line = _("Discarded by %(name)s: %(reason)s") % {"name": actor.full_name, "reason": reason.strip()}
    found.note = f"{found.note}\n{line}".strip()
    found.save(update_fields=["note"])
    return discard(found, at=at)
