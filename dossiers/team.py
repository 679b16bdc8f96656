"""Who works at an agency, who is away, and who holds how much."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q, QuerySet

from dossiers.models import Absence, Dossier
from dossiers.models.dossier import DECIDING_STATES, HELD_STATES
from portal.accounts.models import Membership, Role, User

MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Load:
    """What one officer holds. `waiting` is for the citizen; it is never due."""

    held: int = 0
    waiting: int = 0
    soon: int = 0
    late: int = 0
    oldest: datetime | None = None


def colleagues(agencies: Iterable[int], on: date) -> "QuerySet[User]":
    """The officers of these agencies on the day, by name."""
    posts = Membership.objects.on(on).filter(role=Role.OFFICER, agency_id__in=tuple(agencies)).values("user_id")
    return User.objects.filter(pk__in=posts).order_by("full_name", "pk")


def posted(agencies: Iterable[int], on: date) -> "QuerySet[User]":
    """The officers and approvers of these agencies on the day, by name."""
    posts = Membership.objects.on(on).filter(role__in=[Role.OFFICER, Role.LEADER], agency_id__in=tuple(agencies)).values("user_id")
    return User.objects.filter(pk__in=posts).order_by("full_name", "pk")


def away(on: date, *, people: Collection[int] = (), agencies: Collection[int] = ()) -> dict[int, Absence]:
    """The absences of the day by person: of these people, wherever they were entered, or of these agencies. One query."""
    absences = Absence.objects.filter(starts_on__lte=on, ends_on__gte=on, cancelled_at__isnull=True)
    absences = absences.filter(Q(user_id__in=tuple(people)) | Q(agency_id__in=tuple(agencies)))
    return {absence.user_id: absence for absence in absences.select_related("deputy", "user").order_by("ends_on", "pk")}


def loads(agencies: Iterable[int], *, at: datetime) -> dict[int, Load]:
    """What each officer of these agencies holds, by person. One query over the index of what is held."""
    running = Q(state__in=DECIDING_STATES)
    rows = (
        Dossier.objects.filter(agency_id__in=tuple(agencies), state__one_of=HELD_STATES, assigned_to__isnull=False)
        .order_by()
        .values_list("assigned_to_id")
        .annotate(
            held=Count("pk"),
            waiting=Count("pk", filter=~running),
            soon=Count("pk", filter=running & Q(due_at__gte=at, due_soon_at__lte=at)),
            late=Count("pk", filter=running & Q(due_at__lt=at)),
            oldest=Min("accepted_at"),
        )
    )
    return {person: Load(*counts) for person, *counts in rows}


def held_by(person: int, agencies: Iterable[int]) -> "QuerySet[Dossier]":
    """What the person holds at these agencies, the most urgent first."""
    held: QuerySet[Dossier] = Dossier.objects.filter(
        agency_id__in=tuple(agencies), state__one_of=HELD_STATES, assigned_to__isnull=False, assigned_to_id=person
    ).order_by("due_at", "pk")
    return held
