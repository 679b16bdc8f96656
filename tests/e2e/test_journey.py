"""The journey of the demo on live processes: all of it, and ten dossiers while processes are killed."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from django.db.models import F
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from dossiers.models import Dossier, Event, MatterStep, Party, PlaceQuestion, RefusedCollection, Reminder, ResultMove, RouteDecision
from dossiers.national import client
from payments.models import Order
from portal.devtools.journey import run
from portal.devtools.journey.counter_plans import FIRST_TEN
from portal.devtools.journey.plans import EVERYTHING
from portal.devtools.world import load_world
from tests.support.live import Live

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def running(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[Live]:
    """The portal with somebody in every seat; this process asks its national portal too."""
    with django_db_blocker.unblock():
        load_world()
        connections.close_all()
        live: Live = request.getfixturevalue("module_live")
        with override_settings(BASE_URL=live.url, SANDBOX_BASE_URL=live.sandbox_url, NATIONAL_URL=live.sandbox_url):
            client._token.value = ""
            yield live
            client._token.value = ""


def test_the_whole_journey_goes_through_the_pages(running: Live) -> None:
    lines: list[str] = []
    beat = running.fleet.beat()  # what goes back by itself needs somebody who looks
    beat.start()
    try:
        assert run(lines.append, EVERYTHING) == []
    finally:
        beat.stop()

    assert "everything held" in lines
    assert len(EVERYTHING) >= 40
    assert {name: found for name, found in situations().items() if not found} == {}


def situations() -> dict[str, bool]:
    """What the dossiers that were played must have met, read from what they left."""
    dossiers = Dossier.objects.all()
    provinces = set(dossiers.values_list("receiving_office__province__name", flat=True))
    levels = set(dossiers.exclude(agency=None).values_list("agency__level", flat=True))
    verbs = Counter(Event.objects.values_list("verb", flat=True))
    return {
        "counters in Hà Nội, Hồ Chí Minh and Quảng Ninh": {"Thành phố Hà Nội", "Thành phố Hồ Chí Minh"} < provinces
        and any("Quảng Ninh" in name for name in provinces),
        "a ward of the former Bình Dương": dossiers.filter(receiving_office__code__startswith="H29", receiving_office__unit__code="25747")
        .exclude(agency__province=F("receiving_office__province"))
        .exists(),
        "a linked matter whose later dossiers started with the first result": MatterStep.objects.filter(
            after__isnull=False, state="started", dossier__agency__isnull=False
        ).exists(),
        "agencies of other provinces": dossiers.exclude(agency__province=F("receiving_office__province")).count() >= 20,
        "commune, province and ministry": {"commune", "province", "ministry"} <= levels,
        "at least 25 procedures": dossiers.values("procedure").distinct().count() >= 25,
        "accepted at once": verbs["accept_at_counter"] >= 20,
        "only registered, then accepted": verbs["register_at_counter"] >= 3 and verbs["accept"] >= 3,
        "filed from home": verbs["file_online"] + verbs["file_online_unpaid"] >= 8,
        "five procedures from the telephone to a result opened as a file, without a visit": dossiers.filter(
            state="closed", events__verb__in=["file_online", "file_online_unpaid"], hand_overs__id__gt=0, hand_overs__office=None
        )
        .values("procedure")
        .distinct()
        .count()
        >= 5,
        "a divided place, told by the centre": PlaceQuestion.objects.filter(answered_at__isnull=False).exists(),
        "a place without successor, told by a person": RouteDecision.objects.filter(decided_by__isnull=False).exists(),
        "supplement": verbs["answer_supplement"] >= 1,
        "withdrawal": verbs["withdraw"] >= 2,
        "refusal": dossiers.filter(state="refused").exists(),
        "paid online": Order.objects.filter(instrument="online", state="paid").exists(),
        "paid in cash": Order.objects.filter(instrument="cash", state="paid").exists(),
        "extended by a letter a working day before": verbs["extend"] >= 1,
        "really late": dossiers.filter(finished_at__gt=F("due_at")).exists(),
        "urged and answered": Reminder.objects.filter(answered_at__isnull=False).exists(),
        "returned as not competent": verbs["return_not_competent"] >= 2,
        "handed back in a third province": dossiers.filter(state="closed")
        .exclude(returning_office__province=F("receiving_office__province"))
        .exclude(returning_office__province=F("agency__province"))
        .exists(),
        "a collector turned away": RefusedCollection.objects.exists(),
        "filed online for another person": Party.objects.filter(role="submitter", dossier__applicant__isnull=False)
        .exclude(ground="")
        .exists(),
        "from the national portal": dossiers.filter(state="closed").exclude(remote_id="").exists(),
        "paid by QR at a counter": Order.objects.filter(instrument="qr", state="paid").exists(),
        "an agency without people, and back by itself": RouteDecision.objects.filter(outcome="restaffed").exists(),
        "a result sent on by the counter that held it": ResultMove.objects.filter(
            from_office__isnull=False, received_at__isnull=False
        ).exists(),
    }


def test_kills_of_worker_broker_and_portal_delay_the_journey_and_lose_nothing(running: Live) -> None:
    blows: list[Callable[[], None]] = [
        lambda: running.restart("sandbox"),
        running.forget_broker,
        lambda: running.restart("dispatcher"),
        lambda: running.restart("worker"),
    ]
    lock = threading.Lock()

    def strike(line: str) -> None:
        if line.startswith("  H") and blows:
            with lock:
                if blows:
                    blows.pop()()

    assert run(strike, FIRST_TEN) == []

    assert blows == []
