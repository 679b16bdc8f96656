"""When a channel is interrupted and when it is trusted again. Pure; the state is kept in the database (`channels`)."""

from datetime import timedelta

WINDOW = timedelta(seconds=60)
OPEN_FROM_CALLS = 20
OPEN_FROM_SHARE = 0.5
PROBE_AFTER = timedelta(seconds=15)
CLOSE_FROM_SUCCESSES = 10
PROBE_LEASE = timedelta(seconds=45)
"""A probe whose worker died does not keep others waiting for longer."""


def opens(calls: int, failures: int) -> bool:
    """Whether so many failures among the calls of the last minute interrupt the channel."""
    return calls >= OPEN_FROM_CALLS and failures >= calls * OPEN_FROM_SHARE


def reopens(successes: int, failures: int) -> bool:
    """Whether a channel that is being tried, one call at a time, is interrupted again: the share that opens it keeps it open.

    So the first probe decides alone, and a service that fails now and then comes back nevertheless.
    """
    return failures > successes


def closes(successes: int) -> bool:
    """Whether so many good answers while being tried put the channel in order."""
    return successes >= CLOSE_FROM_SUCCESSES
