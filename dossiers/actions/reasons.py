"""Whoever refuses, returns or stops writes why."""

from django.utils.translation import gettext as _

from portal.core.errors import DomainError


class ReasonMissing(DomainError):
    """A refusal, return or stop without its reason."""


def require_reason(reason: str) -> str:
    """The reason, trimmed. Raises ReasonMissing."""
    reason = reason.strip()
    if len(reason) < 10:
        raise ReasonMissing(_("Write the reason so that the citizen understands it (10 characters or more)."))
    return reason
