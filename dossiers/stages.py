"""The steps that a dossier goes through inside the administration, and how long each should take. Pure.

Targets are a matter of management: they never move the legal date, and together they never exceed the legal time.
Unless a procedure says otherwise each step has its share of the legal time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dossiers.states import State
from dossiers.timerules import TimeRule, TimeUnit

DAY_MINUTES = 8 * 60
UNCLAIMED_MINUTES = 30
"""So long a dossier that is promised for the day may wait in the queue before a deputy is named."""
WAIT_MINUTES = 5 * DAY_MINUTES
"""After five working days without an answer somebody asks whether the citizen has understood what is wanted."""


class Stage(StrEnum):
    """The steps in their order."""

    RECEIVE = "receive"
    ASSIGN = "assign"
    EXAMINE = "examine"
    SIGN = "sign"
    RETURN = "return"


STAGE_OF: Mapping[State, Stage] = {
    State.ACCEPTED: Stage.RECEIVE,
    State.IN_TRANSFER_TO_AGENCY: Stage.ASSIGN,
    State.ASSIGNED: Stage.EXAMINE,
    State.AWAITING_SIGNATURE: Stage.SIGN,
    State.IN_TRANSFER_TO_COUNTER: Stage.RETURN,
}
"""Where a dossier is in each state. Waiting for the citizen and lying ready for the citizen are no steps of the administration."""

SHARES: Mapping[Stage, int] = {Stage.RECEIVE: 10, Stage.ASSIGN: 10, Stage.EXAMINE: 55, Stage.SIGN: 15, Stage.RETURN: 10}
"""Percent of the legal time."""

NO_LEGAL_TIME = 10 * DAY_MINUTES
"""What a procedure without a legal time is measured by."""

_UNIT_MINUTES = {
    TimeUnit.HOUR: 60,
    TimeUnit.CLOCK_HOUR: 20,  # eight of twenty-four are worked
    TimeUnit.IN_DAY: DAY_MINUTES,
    TimeUnit.WORKING_DAY: DAY_MINUTES,
    TimeUnit.DAY: DAY_MINUTES * 5 // 7,
    TimeUnit.MONTH: DAY_MINUTES * 21,
    TimeUnit.YEAR: DAY_MINUTES * 250,
}


def target_minutes(stage: Stage, rule: TimeRule | None, hours: Sequence[int] = ()) -> int:
    """How many working minutes the step should take at most; `hours` are those that the procedure names itself, one for each step."""
    if rule is not None and rule.unit is TimeUnit.IN_DAY and stage is Stage.ASSIGN:
        return UNCLAIMED_MINUTES
    if hours:
        return hours[list(Stage).index(stage)] * 60
    whole = rule.value * _UNIT_MINUTES[rule.unit] if rule else NO_LEGAL_TIME
    grain = 30 if whole >= DAY_MINUTES else 5
    return max(whole * SHARES[stage] // 100 // grain * grain, grain)


@dataclass(frozen=True, slots=True)
class Passage:
    """From when to when the dossier was in a step; `left_at` None: it still is."""

    stage: Stage
    entered_at: datetime
    left_at: datetime | None


def passages(events: Sequence[tuple[str, datetime]]) -> list[Passage]:
    """The steps that these events went through, in order, from (state after the event, instant). Events within a step change nothing."""
    found: list[Passage] = []
    current: Stage | None = None
    for state, at in events:
        stage = STAGE_OF.get(State(state))
        if stage is current:
            continue
        if current is not None:
            found[-1] = replace(found[-1], left_at=at)
        if stage is not None:
            found.append(Passage(stage, at, None))
        current = stage
    return found
