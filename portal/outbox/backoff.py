"""How long to wait before trying again."""

import random
from datetime import timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=15)
LONGEST_ASKED = timedelta(hours=1)


def wait_before(attempt: int, asked_seconds: float | None = None) -> timedelta:
    """Full-jitter exponential wait after the `attempt`-th failure; what the other side asks for counts up to an hour."""
    if asked_seconds is not None:
        return min(timedelta(seconds=max(asked_seconds, 0)), LONGEST_ASKED)
    ceiling = min(FIRST * (1 << min(attempt, 12)), LONGEST)
    return ceiling * random.random()  # noqa: S311 -- spreading load, not a secret
