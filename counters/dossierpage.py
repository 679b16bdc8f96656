"""One dossier as a counter or a watching centre may see it: state, step, holder, dates, why this agency. Never its papers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counters.labels import BAD_STEPS, GOOD_STEPS, Countdown, moment
from counters.rows import DossierRow, calendar_at, row_of
from dossiers.clockdays import DateRow, both_dates
from dossiers.detours import Detours, detours_of
from dossiers.documents.access import documents_for
from dossiers.history import verb_label
from dossiers.models import Dossier, IssuedDocument, Reminder
from dossiers.placequestions import Asked, asked_about
from dossiers.reasons import Why, why_this_agency
from dossiers.reminders import marked
from dossiers.states import State, Verb
from portal.accounts.identity import Identity
from portal.accounts.models import Role

SLIPS = (
    IssuedDocument.Kind.RECEIPT_SLIP,
    IssuedDocument.Kind.ACKNOWLEDGEMENT,
    IssuedDocument.Kind.SUPPLEMENT_REQUEST,
    IssuedDocument.Kind.REFUSAL_SLIP,
    IssuedDocument.Kind.APOLOGY_LETTER,
    IssuedDocument.Kind.STOP_NOTICE,
    IssuedDocument.Kind.RETURN_NOTE,
    IssuedDocument.Kind.PAYMENT_NOTICE,
    IssuedDocument.Kind.FEE_RECEIPT,
    IssuedDocument.Kind.REFUND_SLIP,
    IssuedDocument.Kind.HANDOVER_RECEIPT,
)
WITHDRAWABLE = frozenset(
    set(State)
    - {State.ISSUED, State.IN_TRANSFER_TO_COUNTER, State.READY_FOR_COLLECTION, State.CLOSED, State.REFUSED, State.WITHDRAWN, State.STOPPED}
)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step, for components/timeline.html."""

    title: str
    at: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class DossierPage:
    """Everything the page shows."""

    row: DossierRow
    accepted: str
    countdown: Countdown
    dates: list[DateRow]
    timeline: list[TimelineEntry]
    whys: list[Why]
    detours: Detours | None
    asked: Asked | None
    documents: list[tuple[str, str, str]]
    reminders: list[Reminder]
    can_withdraw: bool
    can_remind: bool


def page_of(dossier: Dossier, who: Identity, *, base: str, now: datetime) -> DossierPage:
    """The page of one dossier."""
    row = row_of(dossier, base=base, now=now, calendar=calendar_at(now))
    return DossierPage(
        row=row,
        accepted=moment(dossier.accepted_at),
        countdown=row.countdown,
        dates=both_dates(dossier, now),
        timeline=timeline_of(dossier),
        whys=why_this_agency(dossier),
        detours=detours_of(dossier, now),
        asked=asked_about(dossier),
        documents=slips_of(dossier, documents_for(who)),
        reminders=list(marked(_urgings(dossier), now)[:20]),
        can_withdraw=State(dossier.state) in WITHDRAWABLE,
        can_remind=dossier.agency_id is not None and dossier.is_open,
    )


def _urgings(dossier: Dossier) -> QuerySet[Reminder]:
    return Reminder.objects.filter(dossier=dossier).select_related("agency", "office", "sent_by", "answered_by").order_by("-pk")


def timeline_of(dossier: Dossier) -> list[TimelineEntry]:
    """Every step so far, oldest first: what, where and when. Notes are for the person and the deciding agency."""
    events = dossier.events.select_related("office", "agency").order_by("seq")
    return [
        TimelineEntry(
            title=verb_label(event.verb),
            at=moment(event.at),
            text=event.agency.name if event.agency else event.office.name if event.office else "",
            kind="bad" if Verb(event.verb) in BAD_STEPS else "ok" if Verb(event.verb) in GOOD_STEPS else "",
        )
        for event in events
    ]


def slips_of(dossier: Dossier, allowed: QuerySet[IssuedDocument]) -> list[tuple[str, str, str]]:
    """Title, number with date, and address of what can be printed again; only what still holds and this person may open."""
    documents = allowed.filter(dossier=dossier, kind__in=SLIPS, superseded_by__isnull=True, revoked_at__isnull=True).order_by("-pk")
    return [(each.title_vi, f"{each.number} · {moment(each.issued_at)}", f"/tai-lieu/{each.verification_code}/?in=1") for each in documents]


def issued_here(dossier: Dossier, who: Identity) -> list[tuple[str, str, str]]:
    """What the clerk's offices issued for it themselves, also where they may open nothing else of it."""
    return slips_of(dossier, documents_for(who).filter(issuing_office__in=who.offices.get(Role.CLERK, ())))


def next_steps(dossier: Dossier) -> list[str]:
    """What the person can expect now."""
    follow = _("The person follows it with the code and the secret on the slip, without an account.")
    told = (
        _("A message tells them when something is needed or the result is ready.")
        if dossier.phone or dossier.email
        else _("Without a phone number this counter calls them: it is on the call list.")
    )
    if dossier.accepted_at is None:
        agency = dossier.agency.name if dossier.agency else _("the competent agency, which is being determined")
        return [
            _("The dossier goes to the counter of %(agency)s.") % {"agency": agency},
            _("That counter accepts it, asks for papers or refuses in writing, within 8 working hours."),
            told,
            follow,
        ]
    agency = dossier.agency.name if dossier.agency else _("the competent agency, which is being determined")
    return [
        _("The dossier goes to %(agency)s, which decides.") % {"agency": agency},
        told,
        _("The result can be collected at any counter."),
        follow,
    ]
