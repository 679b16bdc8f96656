"""Lines of the questions about places, with their time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from counters.labels import Countdown, countdown, moment
from counters.rows import calendar_at
from dossiers.models import PlaceQuestion
from dossiers.placequestions import questions_for
from portal.accounts.identity import Identity
from portal.agencies.queries import place_label
from procedures.reasons import fact_name

BASE = "/quay/hoi-dia-ban/"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question: which address, of which dossier, by when."""

    url: str
    code: str
    procedure: str
    unit: str
    written: str
    fact: str
    office: str
    asked: str
    due: str
    left: Countdown


def question_rows(questions: Iterable[PlaceQuestion], now: datetime) -> list[QuestionRow]:
    """The lines of the list."""
    calendar = calendar_at(now)
    return [
        QuestionRow(
            url=f"{BASE}{each.pk}/",
            code=each.dossier.code,
            procedure=each.dossier.version.short_name,
            unit=place_label(each.unit),
            written=each.written,
            fact=fact_name(each.fact),
            office=each.office.name,
            asked=moment(each.asked_at),
            due=moment(each.due_at),
            left=countdown(each.due_at, now, calendar),
        )
        for each in questions
    ]


def open_and_late(who: Identity, now: datetime) -> tuple[int, int]:
    """How many wait for an answer, and how many of them too long; one query."""
    counts = questions_for(who).order_by().aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return counts["open"], counts["late"]
