"""Open questions about places, for the citizen who waits and for the centre that answers."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dossiers.models import Dossier, PlaceQuestion
from dossiers.models.dossier import CLOSED_STATES
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.agencies.models import AdministrativeUnit, Office
from portal.agencies.queries import place_label, units_by_id
from portal.core.workcalendar import local


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers by when which question about the dossier."""

    office: str
    due: str
    unit: str


def asked_about(dossier: Dossier) -> Asked | None:
    """The question that the dossier waits for; None, without a query, if it waits for none."""
    if dossier.routing != Dossier.Routing.ASKED:
        return None
    question = (
        PlaceQuestion.objects.filter(dossier=dossier, answered_at__isnull=True)
        .select_related("office", "unit__parent", "unit__province")
        .order_by("pk")
        .first()
    )
    if question is None:
        return None
    return Asked(question.office.name, f"{local(question.due_at):%H:%M %d/%m/%Y}", place_label(question.unit))


def questions_for(who: Identity) -> QuerySet[PlaceQuestion]:
    """Open questions to the centres at which the person is a clerk or a supervisor; nationally, all. Most urgent first."""
    rows = (
        PlaceQuestion.objects.filter(answered_at__isnull=True, dossier__routing__in=[Dossier.Routing.ASKED])
        .exclude(dossier__state__in=CLOSED_STATES)
        .select_related("office", "unit__parent", "unit__province", "dossier__version")
        .order_by("due_at", "pk")
    )
    if who.supervises_country:
        return rows
    offices = (*who.offices.get(Role.CLERK, ()), *who.offices.get(Role.SUPERVISOR, ()))
    provinces = Office.objects.filter(pk__in=who.offices.get(Role.SUPERVISOR, ())).values("province_id")
    return rows.filter(Q(office_id__in=offices) | Q(office__province_id__in=provinces))


def options_of(question: PlaceQuestion) -> list[AdministrativeUnit]:
    """The parts among which the centre chooses."""
    return units_by_id(question.options)
