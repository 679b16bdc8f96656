"""The thread between the agency and the applicant: whether it is open, and what is new to whom."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dossiers.lifecycle import State
from dossiers.models import Dossier, ThreadMessage
from dossiers.models.dossier import CLOSED_STATES

NEW_TO_AGENCY = Q(agency__isnull=True, read_at__isnull=True)
NEW_TO_APPLICANT = Q(agency__isnull=False, read_at__isnull=True)
_NOT_YET = (State.SUBMITTED, State.AWAITING_RECEPTION, State.ACCEPTED)


def closed_because(dossier: Dossier) -> str:
    """Why nothing can be written; empty while the thread is open."""
    if dossier.applicant_id is None:
        return _("The dossier was filed without an account: there is nobody who could read a message. Call the person, or ask for papers.")
    if dossier.state in CLOSED_STATES:
        return _("The case has ended; nothing more can be written.")
    waits_before = dossier.state in (State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUIRED) and dossier.came_from in _NOT_YET
    if dossier.routing != Dossier.Routing.ROUTED or dossier.state in _NOT_YET or waits_before:
        return _("The dossier has not reached the agency that decides it yet.")
    return ""


def new_messages(wanted: Q) -> Any:
    """How many messages of the row's dossier are new to one side; a part of the list's own query."""
    counted = ThreadMessage.objects.filter(wanted, dossier=OuterRef("pk")).order_by().values("dossier").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


def with_new_messages(dossiers: "QuerySet[Any]") -> "QuerySet[Any]":
    """Those of the dossiers about which the applicant has written something that nobody of the agency has read."""
    return dossiers.filter(Exists(ThreadMessage.objects.filter(NEW_TO_AGENCY, dossier=OuterRef("pk"))))
