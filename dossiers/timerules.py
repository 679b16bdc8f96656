"""Time rules and supplement policies as values, and the text they are stored and typed as. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 3650
"""More of any unit is a typing error, and would outrun every calendar."""


class TimeUnit(StrEnum):
    """Units of processing times. HOUR is a working hour; CLOCK_HOUR runs at night too."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    CLOCK_HOUR = "clock_hour"
    MONTH = "month"
    YEAR = "year"
    IN_DAY = "in_day"


@dataclass(frozen=True, slots=True)
class TimeRule:
    """So much of a unit; of IN_DAY always one."""

    value: int
    unit: TimeUnit

    def __post_init__(self) -> None:
        if not 1 <= self.value <= _LONGEST:
            raise UnreadableRule(f"{self.value} {self.unit}")

    def __str__(self) -> str:
        return self.unit.value if self.unit is TimeUnit.IN_DAY else f"{self.value} {self.unit.value}"


class PolicyKind(StrEnum):
    """What a supplement does to the clock."""

    RESTART = "restart"
    PAUSE_RESUME = "pause_resume"
    ADD_FIXED = "add_fixed"


@dataclass(frozen=True, slots=True)
class Policy:
    """A kind, and for ADD_FIXED how much of the rule's unit the first suspension adds, once."""

    kind: PolicyKind
    days: int = 0

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.days}" if self.kind is PolicyKind.ADD_FIXED else self.kind.value


RESTART = Policy(PolicyKind.RESTART)
PAUSE_RESUME = Policy(PolicyKind.PAUSE_RESUME)


class UnreadableRule(ValueError):
    """The text is no time rule."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is not a time rule; write N working_day, N day, N hour, N clock_hour, N month, N year (1 to {_LONGEST}) or in_day."
        )


class UnreadablePolicy(ValueError):
    """The text is no supplement policy."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not a policy; write restart, pause_resume or add_fixed:K.")


def parse_rule(text: str) -> TimeRule:
    """The rule that the text names. Raises UnreadableRule."""
    words = text.strip().lower().replace("-", "_").split()
    if words in (["in_day"], ["1", "in_day"]):
        return TimeRule(1, TimeUnit.IN_DAY)
    unit = words[1].removesuffix("s") if len(words) == 2 else ""
    if not unit or unit == TimeUnit.IN_DAY or unit not in set(TimeUnit) or not re.fullmatch(r"[0-9]{1,4}", words[0]):
        raise UnreadableRule(text)
    return TimeRule(int(words[0]), TimeUnit(unit))


def parse_policy(text: str) -> Policy:
    """The policy that the text names. Raises UnreadablePolicy."""
    match = re.fullmatch(r"(restart|pause_resume)|add_fixed:([0-9]{1,3})", text.strip().lower().replace(" ", ""))
    if match is None:
        raise UnreadablePolicy(text)
    if match[1]:
        return Policy(PolicyKind(match[1]))
    return Policy(PolicyKind.ADD_FIXED, int(match[2]))
