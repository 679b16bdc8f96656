"""Reminders that wait for an answer: who must answer, by when, and which are late."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Min, OuterRef, Q, QuerySet, Subquery

from dossiers.models import Reminder
from dossiers.models.dossier import CLOSED_STATES, FINISHED_STATES
from dossiers.states import State
from portal.accounts.identity import Identity
from portal.accounts.models import Role

AT_THE_COUNTER = (State.SUBMITTED.value, State.AWAITING_RECEPTION.value)
"""What nobody at the agency can open yet: its counter answers."""
OVER = (*CLOSED_STATES, *FINISHED_STATES)


def unanswered() -> "QuerySet[Reminder]":
    """Every reminder that still asks for something, the first due first."""
    waiting: QuerySet[Reminder] = Reminder.objects.filter(answered_at__isnull=True).exclude(dossier__state__in=OVER)
    return waiting.select_related("dossier__version", "office", "sent_by", "agency").order_by("due_at", "pk")


def for_agencies(who: Identity) -> "QuerySet[Reminder]":
    """Those that the person's agencies must answer."""
    return unanswered().filter(agency_id__in=who.agency_ids).exclude(dossier__state__in=AT_THE_COUNTER)


def for_counters(who: Identity) -> "QuerySet[Reminder]":
    """Those about filings in the reception inboxes of the clerk's counters."""
    offices = who.offices.get(Role.CLERK, ())
    return unanswered().filter(agency__reception_office_id__in=offices, dossier__state__in=AT_THE_COUNTER)


def late(at: datetime) -> "QuerySet[Reminder]":
    """Those that are past their time."""
    return unanswered().filter(due_at__lt=at)


def marked(reminders: "QuerySet[Reminder]", at: datetime) -> "QuerySet[Reminder]":
    """With `is_late`: without an answer past its time."""
    is_late = Q(answered_at__isnull=True, due_at__lt=at) & ~Q(dossier__state__in=OVER)
    return reminders.annotate(is_late=ExpressionWrapper(is_late, output_field=BooleanField()))


def first_due(dossiers: Collection[int]) -> dict[int, datetime]:
    """By when each of these dossiers' unanswered reminders must be answered; one query for a page."""
    waiting = Reminder.objects.filter(answered_at__isnull=True, dossier_id__in=dossiers).exclude(dossier__state__in=OVER)
    return dict(waiting.order_by().values_list("dossier_id").annotate(first=Min("due_at")))


def first_due_of(dossier: OuterRef) -> Subquery:
    """The same for a column of a list."""
    return Subquery(Reminder.objects.filter(dossier=dossier, answered_at__isnull=True).order_by("due_at").values("due_at")[:1])
