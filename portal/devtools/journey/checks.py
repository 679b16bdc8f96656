"""What must hold of every dossier at the end: strangers get 404, papers are there, the national portal knows every step."""

import time
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from dossiers.lifecycle import NATIONAL_STATUS, TRANSITIONS, State
from dossiers.models import Dossier, IssuedDocument
from dossiers.national.client import Refused, Unreachable, fetch
from portal.core.patience import patient
from portal.devtools.journey.browser import Browser
from portal.devtools.journey.trip import Trip
from portal.outbox.models import OutboxMessage

FOREIGN_OFFICES = ("H12", "H37")
FOREIGN_AGENCIES = ("H12.101", "H37.101")
FOREIGN_CITIZEN = "049187003390"
SYNC_SECONDS = 120
OK, NOT_FOUND = 200, 404

PAPER_OF = {(row.verb.value, source): row.document.value for row in TRANSITIONS if row.document for source in (row.sources or ("",))}
"""What each verb issues, by the state in which it was taken."""


def strangers(trip: Trip) -> Iterable[str]:
    """A clerk and an officer of a province that has nothing to do with it, another citizen, and nobody: no page for them."""
    people = trip.people
    office = next(one for one in FOREIGN_OFFICES if not trip.office.startswith(one) and not trip.agency.startswith(one))
    agency = next(one for one in FOREIGN_AGENCIES if not trip.agency.startswith(one[:3]))
    with people.clerk(office) as browser:
        yield from _not_found(browser, trip, f"/quay/ho-so/{trip.code}/", f"/quay/cho-tiep-nhan/{trip.code}/")
    with people.officer(agency) as browser:
        yield from _not_found(browser, trip, f"/xu-ly/{trip.code}/", f"/xu-ly/{trip.code}/trinh-ky/")
    with people.citizen(FOREIGN_CITIZEN) as browser:
        yield from _not_found(browser, trip, f"/ho-so-cua-toi/{trip.code}/")


def _not_found(browser: Browser, trip: Trip, *paths: str) -> Iterable[str]:
    for path in paths:
        trip.refusals += 1
        status = browser.get(path, expect=0).status
        if status != NOT_FOUND:
            yield f"{trip.code}: a stranger's {path} answered {status}, not 404"


def papers_missing(trip: Trip) -> Iterable[str]:
    """Every step that issues a paper has left it, the declaration is kept, and anyone can check the result."""
    dossier = trip.dossier()
    documents = list(dossier.documents.order_by("pk"))
    kinds = [document.kind for document in documents]
    taken = list(dossier.events.order_by("seq").values_list("verb", "from_state"))
    wanted = {PAPER_OF[step] for step in taken if step in PAPER_OF} | {IssuedDocument.Kind.DECLARATION.value}
    trip.papers = kinds
    for kind in sorted(wanted - set(kinds)):
        yield f"{trip.code}: no {kind.replace('_', ' ')}"
    for document in documents:
        if not (document.number and document.sha256):
            yield f"{trip.code}: {document.kind} has no number or no SHA-256"
    result = next((document for document in documents if document.kind == IssuedDocument.Kind.RESULT), None)
    if result is not None:
        page = trip.people.anybody().get(f"/xac-minh/{result.verification_code}/", expect=0)
        if page.status != OK or result.number not in page.shown.words:
            yield f"{trip.code}: the result cannot be verified in public ({page.status})"


def unrouted(trip: Trip) -> Iterable[str]:
    """Some agency has, or had, the dossier."""
    dossier = trip.dossier()
    if dossier.agency_id is None or dossier.routing != "routed":
        yield f"{trip.code}: unrouted ({dossier.routing})"


def wait_for_sync(codes: Sequence[str], seconds: float = SYNC_SECONDS) -> float:
    """All steps of these dossiers have left the outbox, or the time is over. Returns how long it took."""
    began = time.monotonic()
    waiting = OutboxMessage.objects.filter(stream=OutboxMessage.Stream.NATIONAL, subject_id__in=_ids(codes), done_at__isnull=True)
    while waiting.exists() and time.monotonic() - began < patient(seconds):
        time.sleep(0.5)
    return time.monotonic() - began


def _ids(codes: Sequence[str]) -> list[int]:
    return list(Dossier.objects.filter(code__in=codes).values_list("pk", flat=True))


def unsynchronised(trip: Trip) -> Iterable[str]:
    """The national portal shows the same status and the same steps, which it received in their order."""
    dossier = trip.dossier()
    steps, status = list(dossier.events.order_by("seq").values_list("seq", flat=True)), NATIONAL_STATUS[State(dossier.state)]
    try:
        mirrored = fetch(f"/npsp/v2/dossiers/{quote(trip.code)}")
    except (Unreachable, Refused) as fault:
        yield f"{trip.code}: the national portal says: {fault.reason}"
        return
    trip.mirrored = f"{mirrored['TrangThaiHoSo']}"
    received = [step["seq"] for step in sorted(mirrored["steps"], key=lambda step: (step["received_at"], step["seq"]))]
    if (mirrored["TrangThaiHoSo"], received) != (status, steps):
        there = f"there {mirrored['TrangThaiHoSo']} after {received}"
        yield f"{trip.code}: unsynchronised: here {status} after {steps}, {there}"


def shown_by_the_portal(trip: Trip) -> Iterable[str]:
    """The simulated national portal's own page of the dossier opens."""
    page = trip.people.anybody().get(f"{trip.people.sandbox_url}/npsp/dossiers/{quote(trip.code)}/", expect=0)
    if page.status != OK or trip.code not in page.shown.words:
        yield f"{trip.code}: the national portal's page answers {page.status}"
