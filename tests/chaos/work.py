"""Dossiers that are really committed, and ways to wait for what other processes make of them."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Max

from dossiers.models import Dossier, NationalFile
from dossiers.national.client import fetch
from dossiers.national.compare import Comparison, compare
from dossiers.national.mapping2026 import body_of
from dossiers.national.port import Uploaded
from portal.accounts.models import Role, User
from portal.core.patience import patient
from portal.outbox.models import OutboxMessage
from tests.factories import address, centre, committee, decided, filed, marital_answers, staff, staffed

COMMUNES = ("00004", "00008", "26740")
People = dict[int, tuple[User, User]]


def people() -> People:
    """Officer and approver of each committee, by agency."""
    agencies = [committee(code) for code in COMMUNES]
    return {agency.pk: staffed(agency) for agency in agencies}


def file_some(count: int) -> list[Dossier]:
    """So many walk-ins at Hồ Chí Minh City's centre, for communes of two provinces in turn."""
    office = centre()
    clerk = staff(Role.CLERK, office)
    return [filed(clerk, office, answers=marital_answers(address(COMMUNES[number % len(COMMUNES)]))).dossier for number in range(count)]


def decide_all(dossiers: list[Dossier], who: People) -> None:
    """Each is claimed, proposed and signed by its own agency."""
    for dossier in dossiers:
        dossier.refresh_from_db()
        assert dossier.agency_id is not None
        decided(dossier, *who[dossier.agency_id])


def until(condition: Callable[[], Any], *, seconds: float, what: str) -> None:
    """The condition holds; fails with `what` and the open messages otherwise."""
    end = time.monotonic() + patient(seconds)
    while not condition():
        if time.monotonic() > end:
            left = list(
                OutboxMessage.objects.filter(done_at__isnull=True)
                .order_by("id")
                .values_list("stream", "subject_id", "sequence", "attempt", "last_error", "parked_reason", "lease_until")[:20]
            )
            raise AssertionError(f"not in {seconds} s: {what}; open: {left}")
        time.sleep(0.2)


def all_routed(dossiers: list[Dossier], seconds: float = 120) -> None:
    """Every one of these is in its agency's queue."""
    keys = [dossier.pk for dossier in dossiers]
    until(lambda: not Dossier.objects.filter(pk__in=keys, routing="pending").exists(), seconds=seconds, what="all routed")
    assert set(Dossier.objects.filter(pk__in=keys).values_list("routing", flat=True)) == {"routed"}


def drained(seconds: float = 300, *, but: tuple[int, ...] = ()) -> None:
    """No message waits, except those of the dossiers `but`."""
    waiting = OutboxMessage.objects.filter(done_at__isnull=True, parked_at__isnull=True).exclude(subject_id__in=but)
    until(lambda: not waiting.exists(), seconds=seconds, what="outbox drained")


def time_passes() -> None:
    """The leases of dead workers have run out and what was announced long ago may be announced again, without waiting for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_outboxmessage SET lease_until = lease_until - interval '10 minutes', published_at = published_at - interval"
            " '10 minutes' WHERE done_at IS NULL"
        )


def in_order_and_once(dossiers: list[Dossier]) -> None:
    """The portal has every step of these dossiers, once, with our words, in the order in which they happened."""
    files = {row.source: Uploaded(row.remote_id, row.sha256) for row in NationalFile.objects.all()}
    for dossier in dossiers:
        steps = fetch(f"/npsp/v2/dossiers/{dossier.code}")["steps"]
        ours = list(
            OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk).order_by("sequence").values_list("sequence", "payload")
        )
        assert [(step["seq"], step["body"]) for step in steps] == [(sequence, body_of(content, files)) for sequence, content in ours]
        assert [step["received_at"] for step in steps] == sorted(step["received_at"] for step in steps)


def both_sides_equal() -> Comparison:
    """The comparison, after asserting that it found no difference and nothing waiting."""
    found = compare()
    assert (found.missing, found.extra, found.differing, found.waiting) == ([], [], [], 0)
    assert found.ours == found.theirs == found.equal == Dossier.objects.count()
    return found


def histories_whole() -> None:
    """Every dossier's events are contiguous and its row agrees with the last."""
    rows = Dossier.objects.annotate(last=Max("events__seq")).values_list("code", "event_seq", "last")
    assert [row for row in rows if row[1] != row[2]] == []
