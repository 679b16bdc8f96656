"""Which dossiers a person must look at now, as conditions on stored instants: the same for lists, counts, alerts and supervision."""

from datetime import datetime, time

from django.db.models import Q

from dossiers.lifecycle import State
from dossiers.models.dossier import DECIDING_STATES, UNDECIDED_STATES, WAITING_STATES
from portal.core.workcalendar import ONE_DAY, TIMEZONE, local


def soon(at: datetime) -> Q:
    """Due soon."""
    return Q(state__one_of=UNDECIDED_STATES, due_at__gte=at, due_soon_at__lte=at)


def late(at: datetime) -> Q:
    """Overdue. What is overdue was due soon before: that instant has the index."""
    return Q(state__one_of=UNDECIDED_STATES, due_at__lt=at, due_soon_at__lt=at)


def stuck(at: datetime) -> Q:
    """With the agency, beyond the target of its step."""
    return Q(state__one_of=DECIDING_STATES, stage_due_at__lt=at)


def waiting(at: datetime) -> Q:
    """Waiting for the citizen for too long."""
    return Q(state__one_of=WAITING_STATES, stage_due_at__lt=at)


def in_day_lane(at: datetime) -> Q:
    """To be done today: a result within the day, due today or before, and not yet decided."""
    return Q(is_in_day=True, state__one_of=DECIDING_STATES, due_at__lt=_midnight(at))


def arrived(at: datetime) -> Q:
    """To be done today, and still in the agency's queue."""
    return Q(is_in_day=True, state__one_of=[State.IN_TRANSFER_TO_AGENCY.value], due_at__lt=_midnight(at))


def _midnight(at: datetime) -> datetime:
    """The end of the day."""
    return datetime.combine(local(at).date() + ONE_DAY, time(), TIMEZONE)


def unclaimed(at: datetime) -> Q:
    """Promised for the day, and nobody took it within half an hour of working time."""
    return Q(is_in_day=True, state__one_of=[State.IN_TRANSFER_TO_AGENCY.value], stage_due_at__lt=at)


def lingers(at: datetime) -> Q:
    """Stuck in a step, or waiting for too long."""
    return Q(state__one_of=[*DECIDING_STATES, *WAITING_STATES], stage_due_at__lt=at)
