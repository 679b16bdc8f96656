"""The steps of the internal process as people read them: who, how long it should take, when it was entered and left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.deadlines import parse_rule
from dossiers.models import Dossier
from dossiers.stages import Passage, Stage, passages, target_minutes
from portal.agencies.queries import working_calendar
from portal.core.workcalendar import CalendarYearMissing, WorkCalendar, local

LABELS: Mapping[Stage, tuple[str | Promise, str | Promise]] = {
    Stage.RECEIVE: (gettext_lazy("Receive and pass on"), gettext_lazy("Clerk of the counter")),
    Stage.ASSIGN: (gettext_lazy("Assign and take over"), gettext_lazy("Officer of the agency")),
    Stage.EXAMINE: (gettext_lazy("Examine and propose"), gettext_lazy("Officer of the agency")),
    Stage.SIGN: (gettext_lazy("Review and sign"), gettext_lazy("Leader of the agency")),
    Stage.RETURN: (gettext_lazy("Return to the counter"), gettext_lazy("Officer and clerk")),
}


@dataclass(frozen=True, slots=True)
class StageRow:
    """One step: target and actual."""

    name: str
    role: str
    target: str
    entered: str
    left: str
    taken: str
    is_current: bool
    is_over: bool


def stage_rows(dossier: Dossier, at: datetime) -> list[StageRow]:
    """Each step once, in order; a step that was entered again adds up. Three queries."""
    went = passages(list(dossier.events.order_by("seq").values_list("to_state", "at")))
    calendar = working_calendar(range(min((each.entered_at.year for each in went), default=at.year), at.year + 1))
    return [_row(stage, dossier, [each for each in went if each.stage is stage], at, calendar) for stage in Stage]


def _row(stage: Stage, dossier: Dossier, went: Sequence[Passage], at: datetime, calendar: WorkCalendar) -> StageRow:
    target, taken = stage_target(dossier, stage), _minutes(went, at, calendar)
    is_current = bool(went) and went[-1].left_at is None
    return StageRow(
        name=str(LABELS[stage][0]),
        role=str(LABELS[stage][1]),
        target=spell(target),
        entered=_moment(went[0].entered_at) if went else "",
        left=_moment(went[-1].left_at) if went and went[-1].left_at else "",
        taken="" if taken is None else spell(taken),
        is_current=is_current,
        is_over=taken is not None and taken > target,
    )


def stage_target(dossier: Dossier, stage: Stage) -> int:
    """The target of the step in working minutes."""
    rule = dossier.case.time_rule
    return target_minutes(stage, parse_rule(rule) if rule else None, dossier.version.step_hours)


def spell(minutes: int) -> str:
    """So many working hours and minutes, in the reader's language."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest} if rest else _("%(hours)d h") % {"hours": hours}


def _minutes(went: Iterable[Passage], at: datetime, calendar: WorkCalendar) -> int | None:
    """Working time in the step; None if it was never entered, or where a year has no calendar."""
    spans = [(each.entered_at, each.left_at or at) for each in went]
    try:
        return sum(calendar.working_minutes_between(since, until) for since, until in spans) if spans else None
    except CalendarYearMissing:
        return None


def _moment(at: datetime) -> str:
    return f"{local(at):%H:%M %d/%m/%Y}"
