"""How a call to the national portal can fail. Pure; each class says what is known afterwards."""

from datetime import datetime


class NationalFault(Exception):
    """Any of them; `reason` is for people and logs and carries no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(NationalFault):
    """No usable answer: nothing is known about what the portal did. `wait_seconds` is what it asked for."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class NotTried(Unreachable):
    """The call was not made: the channel is interrupted, paused or stopped until `until`."""

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


class Refused(NationalFault):
    """The portal does not accept us (credentials, signature, clock): somebody must look."""


class Malformed(NationalFault):
    """The portal read the request and refuses it for what it says. Nothing of it was applied."""


class NotOffered(NationalFault):
    """This generation of the portal has no such service."""
