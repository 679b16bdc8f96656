"""Who may open which document and which paper. The row-level policies behind the papers say the same once more."""

from django.db.models import Q, QuerySet

from dossiers import queries
from dossiers.models import DocumentPrint, DraftFile, IssuedDocument, MatterStep, OpinionPaper, Paper
from dossiers.states import State
from portal.accounts.identity import Identity
from portal.accounts.models import Role

_KINDS = IssuedDocument.Kind
WITH_CONTENT = (_KINDS.DECLARATION, _KINDS.RESULT)
"""Kinds that repeat answers or the decision: not for those who only watch."""

INTERNAL = (_KINDS.CONTROL_SHEET,)
AT_RECEIVING_COUNTER = (State.SUBMITTED, State.ACCEPTED, State.PAYMENT_REQUIRED)
COLLECTING = (*AT_RECEIVING_COUNTER, State.SUPPLEMENT_REQUESTED)
AT_OWN_COUNTER = (State.SUBMITTED, State.AWAITING_RECEPTION, State.SUPPLEMENT_REQUESTED, State.ACCEPTED)
AT_RETURNING_COUNTER = (State.ISSUED, State.IN_TRANSFER_TO_COUNTER, State.READY_FOR_COLLECTION, State.CLOSED)


def documents_for(who: Identity) -> QuerySet[IssuedDocument]:
    """Every issued document that the person may open; nothing for a stranger.

    The applicant sees all but internal sheets; the deciding agency all, and the result that started its dossier of a matter; a
    counter slips of what it may open and those that it issued itself, the declaration while it takes the dossier in, the result
    while it hands it back or once it printed a copy; a supervisor slips.
    """
    clerk = who.offices.get(Role.CLERK, ())
    wanted = Q(pk__in=[])
    if who.is_citizen:
        wanted |= Q(dossier__applicant_id=who.user_id) & ~Q(kind__in=INTERNAL)
    if who.agency_ids:
        decided = queries.of_agency(who).order_by().values("pk")
        started_by = MatterStep.objects.filter(followers__dossier__in=decided).values("dossier")
        wanted |= Q(dossier__in=decided) | Q(kind=_KINDS.RESULT, dossier__in=started_by)
    if clerk:
        wanted |= Q(dossier__in=queries.for_counter(who).values("pk")) & ~Q(kind__in=WITH_CONTENT)
        wanted |= Q(issuing_office__in=clerk) & ~Q(kind__in=(*WITH_CONTENT, *INTERNAL))
        wanted |= Q(kind=_KINDS.DECLARATION) & _taking_in(who, "dossier__")
        wanted |= Q(kind=_KINDS.RESULT, dossier__returning_office_id__in=clerk, dossier__state__in=AT_RETURNING_COUNTER)
        wanted |= Q(kind=_KINDS.RESULT, pk__in=DocumentPrint.objects.filter(office__in=clerk).values("document"))
    if who.has(Role.SUPERVISOR):
        wanted |= Q(dossier__in=queries.watched(who).order_by().values("pk")) & ~Q(kind__in=WITH_CONTENT)
    return IssuedDocument.objects.filter(wanted).select_related("dossier")


def papers_for(who: Identity) -> QuerySet[Paper]:
    """Every paper that the person may open: the applicant, the deciding agency, the counter that takes the dossier in.

    Whoever scanned a paper sees it while papers are being collected, an agency that is asked for its opinion what was ticked for it.
    """
    wanted = Q(added_by_id=who.user_id, dossier__state__in=COLLECTING) if who.user_id else Q(pk__in=[])
    if who.is_citizen:
        wanted |= Q(dossier__applicant_id=who.user_id)
    if who.agency_ids:
        wanted |= Q(dossier__in=queries.of_agency(who).order_by().values("pk"))
        wanted |= Q(pk__in=OpinionPaper.objects.filter(opinion__asked__in=who.agency_ids, opinion__reply__isnull=True).values("paper"))
    if who.offices.get(Role.CLERK):
        wanted |= _taking_in(who, "dossier__")
    return Paper.objects.filter(wanted).exclude(storage_key="").select_related("dossier")


def draft_files_for(who: Identity) -> QuerySet[DraftFile]:
    """The files of the person's own drafts."""
    return DraftFile.objects.filter(draft__owner_id=who.user_id) if who.user_id else DraftFile.objects.none()


def _taking_in(who: Identity, prefix: str) -> Q:
    """The dossiers that the clerk's office has in hand before they are handed over."""
    offices = who.offices.get(Role.CLERK, ())
    here = Q(**{f"{prefix}receiving_office_id__in": offices, f"{prefix}state__in": AT_RECEIVING_COUNTER})
    own = Q(**{f"{prefix}agency__reception_office_id__in": offices, f"{prefix}state__in": AT_OWN_COUNTER})
    return here | own
