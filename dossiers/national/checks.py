"""A generation that does not exist is found at start-up, not at the first step."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from dossiers.national.adapters import ADAPTERS


def check_generation(**_given: Any) -> list[CheckMessage]:
    """`NATIONAL_GENERATION` names an adapter."""
    if settings.NATIONAL_GENERATION in ADAPTERS:
        return []
    known = ", ".join(sorted(ADAPTERS))
    return [Error(f"NATIONAL_GENERATION is '{settings.NATIONAL_GENERATION}'.", hint=f"One of: {known}.", id="portal.E020")]
