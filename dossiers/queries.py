"""Who sees which dossiers. Every list, page, search and export starts from one of these."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from dossiers.codes import normalise_code
from dossiers.lifecycle import State
from dossiers.models import Dossier, InternalNote, Opinion, ResultMove
from dossiers.models.dossier import DECIDING_STATES, DossierQuerySet
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.agencies.models import Office

BEFORE_ACCEPTANCE = (State.SUBMITTED.value, State.AWAITING_RECEPTION.value)
COLLECTABLE = (State.ISSUED.value, State.IN_TRANSFER_TO_COUNTER.value, State.READY_FOR_COLLECTION.value)
_FOR_PAGES = ("procedure", "version", "case", "agency", "receiving_office", "returning_office", "assigned_to")


def _all() -> DossierQuerySet:
    dossiers: DossierQuerySet = Dossier.objects.select_related(*_FOR_PAGES)
    return dossiers


def own(who: Identity) -> DossierQuerySet:
    """The citizen's own dossiers, newest first."""
    return _all().filter(applicant_id=who.user_id).order_by("-filed_at", "-pk") if who.is_citizen else _all().none()


def of_agency(who: Identity) -> DossierQuerySet:
    """What the officer's and approver's agencies decide: handed over to them, in any later state."""
    agencies = (*who.agencies.get(Role.OFFICER, ()), *who.agencies.get(Role.LEADER, ()))
    return (
        _all()
        .filter(agency_id__in=agencies, routing=Dossier.Routing.ROUTED)
        .exclude(state__in=[*BEFORE_ACCEPTANCE, State.ACCEPTED.value, State.REFUSED.value])
        .order_by("due_at", "pk")
    )


def queue(who: Identity) -> DossierQuerySet:
    """The live queue of the agencies: what they must decide, most urgent first."""
    agencies = (*who.agencies.get(Role.OFFICER, ()), *who.agencies.get(Role.LEADER, ()))
    live = _all().filter(agency_id__in=agencies, state__one_of=DECIDING_STATES)
    return live.exclude(routing=Dossier.Routing.UNSTAFFED).order_by("due_at", "pk")


def to_receive(who: Identity) -> DossierQuerySet:
    """The inbox of the competent agencies' own counters: filed elsewhere or online, waiting for acceptance."""
    return (
        _all()
        .filter(agency__reception_office_id__in=who.offices.get(Role.CLERK, ()), state__one_of=[State.AWAITING_RECEPTION.value])
        .exclude(routing=Dossier.Routing.UNSTAFFED)
        .order_by("answer_due_at", "pk")
    )


def received_at(who: Identity) -> DossierQuerySet:
    """What the clerk's offices took in, newest first: state, step, holder and dates, not papers."""
    return _all().filter(receiving_office_id__in=who.offices.get(Role.CLERK, ())).order_by("-filed_at", "-pk")


def for_counter(who: Identity) -> DossierQuerySet:
    """What a clerk may open: taken in here, to be received here, or returned here."""
    offices = who.offices.get(Role.CLERK, ())
    return _all().filter(
        Q(receiving_office_id__in=offices)
        | Q(returning_office_id__in=offices)
        | (Q(agency__reception_office_id__in=offices) & ~Q(state__in=[State.SUBMITTED.value]))
    )


def watched(who: Identity) -> DossierQuerySet:
    """What a supervisor watches: received in, or decided in, the centre's province; nationally, everything."""
    if not who.has(Role.SUPERVISOR):
        return _all().none()
    if who.supervises_country:
        return _all().order_by("due_at", "pk")
    provinces = Office.objects.filter(pk__in=who.offices.get(Role.SUPERVISOR, ())).values("province_id")
    return _all().filter(Q(receiving_office__province__in=provinces) | Q(agency__province__in=provinces)).order_by("due_at", "pk")


def unrouted(who: Identity) -> DossierQuerySet:
    """What nobody or several are competent for, or where nobody works: decided by the supervisor of the receiving province."""
    return (
        watched(who)
        .filter(routing__one_of=[Dossier.Routing.NONE.value, Dossier.Routing.SEVERAL.value, Dossier.Routing.UNSTAFFED.value])
        .open()
        .order_by("filed_at", "pk")
    )


def to_hand_back(who: Identity) -> DossierQuerySet:
    """Results at, or on the way to, the clerk's offices."""
    return _all().filter(returning_office_id__in=who.offices.get(Role.CLERK, ()), state__one_of=COLLECTABLE).order_by("-finished_at", "-pk")


def to_send_on(who: Identity) -> DossierQuerySet:
    """Results at the clerk's offices for which another counter has asked."""
    asked = ResultMove.objects.filter(
        from_office_id__in=who.offices.get(Role.CLERK, ()), sent_at__isnull=True, withdrawn_at__isnull=True
    ).values("dossier")
    return _all().filter(pk__in=asked, state__one_of=[State.READY_FOR_COLLECTION.value]).order_by("-finished_at", "-pk")


def call_list(who: Identity) -> DossierQuerySet:
    """Owners without phone or e-mail whom the receiving office must reach."""
    return received_at(who).filter(in_call_list=True)


def visible_to(who: Identity) -> DossierQuerySet:
    """Every dossier of which the person may at least see state, step, holder and dates."""
    wanted = Q(pk__in=[])
    if who.is_citizen:
        wanted |= Q(applicant_id=who.user_id)
    if who.agency_ids:
        wanted |= Q(pk__in=of_agency(who).order_by().values("pk"))
    if who.offices.get(Role.CLERK):
        wanted |= Q(pk__in=for_counter(who).values("pk"))
    if who.has(Role.SUPERVISOR):
        wanted |= Q(pk__in=watched(who).order_by().values("pk"))
    return _all().filter(wanted)


def at_any_counter(code: str) -> DossierQuerySet:
    """By its whole code, for a clerk of any office in front of whom the person stands with the slip: hand-back and supplements."""
    return _all().filter(code=code)


def our_code(text: str) -> str:
    """Our code for what was typed or scanned, also where that is the code under which the national portal had the dossier; else empty."""
    code = normalise_code(text) or ""
    ours = Dossier.objects.filter(remote_code=code).values_list("code", flat=True).first() if code else None
    return ours or code


def found_or_404(dossiers: DossierQuerySet, code: str) -> Dossier:
    """The dossier with this code among those, or a 404 that tells a stranger nothing."""
    dossier: Dossier | None = dossiers.filter(code=code).first()
    if dossier is None:
        raise Http404
    return dossier


def late(dossiers: DossierQuerySet, at: datetime) -> DossierQuerySet:
    """Those past their due time that are still being decided."""
    return dossiers.overdue(at)


def notes(who: Identity) -> QuerySet[InternalNote]:
    """What the person's agencies have noted, on whichever dossier."""
    return InternalNote.objects.filter(agency_id__in=who.agency_ids)


def opinions_asked_of(who: Identity) -> QuerySet[Opinion]:
    """What other agencies ask of the person's."""
    return Opinion.objects.filter(asked_id__in=who.agency_ids)


def opinions_within_reach(who: Identity) -> QuerySet[Opinion]:
    """What the person's agencies have asked or are asked, and what was asked about the dossiers that they decide."""
    asking = Q(agency_id__in=who.agency_ids) | Q(dossier__agency_id__in=who.agency_ids)
    return Opinion.objects.filter(asking | Q(asked_id__in=who.agency_ids))
