"""Both sides compared: what was planted is found and nothing else, and our steps repair what they can. The portal is the simulator."""

import os
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from dossiers.models import CodeCounter, Dossier, InboundFiling, ReconciliationRun, SyncDifference
from dossiers.national.adapters import national_port
from dossiers.national.compare import compare
from dossiers.national.inbound import Unfit, file_inbound, keep
from dossiers.national.port import Mirrored, status_told
from dossiers.national.reconcile import reconcile
from dossiers.national.reconcile_judge import Told, Verdict, judge
from dossiers.national.reconcile_record import NotRepairable, repair_by_hand
from dossiers.queries import our_code
from portal.core.clock import technical_now
from portal.outbox.models import Channel, OperatorAlert, OutboxMessage, OutboxReplay
from portal.outbox.replays import NoReason
from portal.outbox.tasks import drain_once
from tests.factories import MONDAY, TODAY, centre, filed, staff, working
from tests.national.planting import KINDS, fill_ours, fill_theirs, plant, simulator_database
from tests.national.test_deliver import add_step, drain
from tests.sandbox.client import Services
from tests.support import databases

pytestmark = pytest.mark.django_db
Theirs = psycopg.Connection[Any]
Kind = SyncDifference.Kind
DOSSIERS = int(os.environ.get("PLANTED_DOSSIERS", "2000"))
"""How many are compared; with `PLANTED_DOSSIERS=100000` it is what docs/measurements/2026-11-30-reconciliation.md records."""
LONGEST_SECONDS = 60


@pytest.fixture
def theirs(national: Services) -> Iterator[Theirs]:
    """The simulator's own tables, empty, as only its owner sees them."""
    with simulator_database(databases.FLAVOUR, os.environ["DATABASE_NAME"] + "_national") as found:
        found.execute("TRUNCATE sandbox_npsp_dossier, sandbox_npsp_message, sandbox_npsp_inbound CASCADE")
        yield found


def told(number: int, *, steps: int = 2) -> Dossier:
    """A dossier that the portal has acknowledged, with so many steps."""
    CodeCounter.objects.update_or_create(office=centre(), day=TODAY, defaults={"last": 7000 + number})
    dossier = filed().dossier
    for step in range(steps - 1):
        add_step(dossier, "assigned" if step % 2 == 0 else "awaiting_signature", portal_state=4)
    drain(steps)
    return dossier


def shown(theirs: Theirs, dossier: Dossier) -> tuple[int, int] | None:
    return theirs.execute("SELECT head, status FROM sandbox_npsp_dossier WHERE code = %s", [dossier.code]).fetchone()


def run(scope: str = "all") -> ReconciliationRun:
    done = reconcile(scope, today=TODAY)
    assert not done.fault
    return done


def opened() -> dict[str, str]:
    return dict(SyncDifference.objects.filter(closed_at__isnull=True).values_list("code", "kind"))


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("never_committed")
def test_every_planted_difference_is_found_and_nothing_else(theirs: Theirs) -> None:
    template = told(0, steps=1)
    first = time.monotonic()
    with connection.cursor() as cursor:
        rows = fill_ours(cursor, code=template.code, count=DOSSIERS)
    fill_theirs(theirs, rows)
    filled = time.monotonic()
    clean = run()
    compared = time.monotonic()
    assert (clean.found, clean.groups_differing) == (0, 0)
    planted = plant(theirs, rows, each=25)

    began = time.monotonic()
    done = run()
    seconds = time.monotonic() - began

    sys.stderr.write(
        f"\n{DOSSIERS} dossiers, {done.groups} groups: made in {filled - first:.0f} s; without a difference {compared - filled:.1f} s,"
        f" with 100 in {done.groups_differing} groups {seconds:.1f} s\n"
    )
    assert seconds < LONGEST_SECONDS
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for code, kind in opened().items():
        found[kind].add(code)
    assert found == planted
    assert (done.found, done.still_open, done.ours) == (100, 100, DOSSIERS + 1)


def test_what_our_steps_can_repair_is_repaired_and_closed(theirs: Theirs) -> None:
    missing, stale = told(1, steps=3), told(2, steps=3)
    theirs.execute("DELETE FROM sandbox_npsp_message")
    theirs.execute("DELETE FROM sandbox_npsp_dossier WHERE code = %s", [missing.code])
    theirs.execute("UPDATE sandbox_npsp_dossier SET head = 1, status = 2 WHERE code = %s", [stale.code])

    first = run()

    rows = {row.code: row for row in SyncDifference.objects.all()}
    assert opened() == {missing.code: Kind.MISSING, stale.code: Kind.STALE}
    assert (rows[missing.code].ours_seq, rows[missing.code].theirs_seq) == (3, 0)
    assert (rows[stale.code].ours_seq, rows[stale.code].theirs_seq, rows[stale.code].theirs_status) == (3, 1, 2)
    assert first.resent == 2
    assert OutboxReplay.objects.filter(act="resend", by__username="national-portal").count() == 2
    assert OperatorAlert.objects.filter(kind="difference", ended_at__isnull=True).count() == 1

    assert run().closed == 0, "steps under way are no proof of anything"
    drain(3)
    assert shown(theirs, missing) == shown(theirs, stale) == (3, 4)
    assert run().closed == 2
    assert opened() == {}
    assert not OperatorAlert.objects.filter(kind="difference", ended_at__isnull=True).exists()


def test_what_our_steps_cannot_repair_waits_for_a_person_with_both_values(theirs: Theirs) -> None:
    altered, ahead = told(3), told(4)
    theirs.execute("UPDATE sandbox_npsp_dossier SET status = 7 WHERE code = %s", [altered.code])
    theirs.execute("UPDATE sandbox_npsp_dossier SET head = 9 WHERE code = %s", [ahead.code])

    run()
    drain()
    run()

    rows = {row.code: row for row in SyncDifference.objects.filter(closed_at__isnull=True)}
    assert {code: row.kind for code, row in rows.items()} == {altered.code: Kind.ALTERED, ahead.code: Kind.ALTERED}
    assert all(row.needs_person for row in rows.values())
    assert (rows[altered.code].ours_status, rows[altered.code].theirs_status) == (4, 7)
    assert shown(theirs, altered) == (2, 7), "their side is never edited"
    theirs.execute("UPDATE sandbox_npsp_dossier SET status = 4, head = 2 WHERE code = ANY(%s)", [[altered.code, ahead.code]])
    assert run().closed == 2


def stranger(theirs: Theirs, like: Dossier, code: str = "H29.9-261102-0009", *, head: int = 3, status: int = 1) -> str:
    """The portal has a dossier of which nobody told us."""
    theirs.execute(
        """INSERT INTO sandbox_npsp_dossier (code, procedure_code, procedure_name, owner_name, agency, province, filed_on, status, head,
                                             snapshot, updated_at)
           SELECT %s, procedure_code, procedure_name, owner_name, agency, province, filed_on, %s, %s,
                  snapshot || '{"MaXa": "00004"}', updated_at
           FROM sandbox_npsp_dossier WHERE code = %s""",
        [code, status, head, like.code],
    )
    return code


def received(code: str) -> Dossier:
    with working():
        drain_once("route")
        drain_once("route")
    return Dossier.objects.get(remote_code=code)


def test_a_dossier_unknown_here_is_fetched_and_open_until_it_is_here(theirs: Theirs) -> None:
    known = told(5, steps=1)
    code = stranger(theirs, known)

    run()

    row = SyncDifference.objects.get(closed_at__isnull=True)
    assert (row.code, row.kind, row.ours_seq) == (code, Kind.EXTRA, 0)
    kept = row.inbound
    assert kept is not None
    assert kept.dossier is None
    assert run().still_open == 1
    dossier = received(code)
    assert InboundFiling.objects.get(pk=kept.pk).dossier == dossier
    drain(3)
    assert run().still_open == 0
    row.refresh_from_db()
    assert row.ending == SyncDifference.Ending.RECEIVED
    assert run().found == 0


@pytest.mark.parametrize("status", [2, 4, 9, 10, 77])
def test_a_dossier_unknown_here_that_was_worked_on_there_is_never_set_back(theirs: Theirs, status: int) -> None:
    code = stranger(theirs, told(5, steps=1), status=status)

    for _each in range(2):
        run()
        with working():
            drain_once("route")
        drain()

    row = SyncDifference.objects.get(closed_at__isnull=True)
    assert (row.code, row.kind, row.needs_person, row.inbound, row.theirs_status) == (code, Kind.EXTRA, True, None, status)
    assert row.note
    assert theirs.execute("SELECT head, status FROM sandbox_npsp_dossier WHERE code = %s", [code]).fetchone() == (3, status)
    assert not InboundFiling.objects.exists()


def test_a_state_that_does_not_exist_is_a_difference_and_stops_no_comparison(theirs: Theirs) -> None:
    strange, missing = told(3), told(4)
    theirs.execute("UPDATE sandbox_npsp_dossier SET status = 77 WHERE code = %s", [strange.code])
    theirs.execute("DELETE FROM sandbox_npsp_message")
    theirs.execute("DELETE FROM sandbox_npsp_dossier WHERE code = %s", [missing.code])

    run()

    assert opened() == {strange.code: Kind.ALTERED, missing.code: Kind.MISSING}
    assert SyncDifference.objects.get(code=strange.code).theirs_status == 77
    found = compare()
    assert ([each.code for each in found.differing], [each.code for each in found.missing]) == ([strange.code], [])
    drain(2)
    run()
    assert SyncDifference.objects.get(code=strange.code, closed_at__isnull=True).needs_person


@pytest.mark.parametrize(("value", "status"), [(4, 4), ("4", 4), ("99999", 0), (None, 0), ("chín", 0), (-1, 0), (10**30, 0), ([], 0)])
def test_whatever_the_portal_calls_a_state_is_a_number_that_can_be_kept(value: object, status: int) -> None:
    assert status_told(value) == status


def test_the_portal_keeps_its_code_and_our_steps_follow_its_own(theirs: Theirs) -> None:
    before = theirs.execute("SELECT count(*) FROM sandbox_npsp_dossier").fetchone()
    code = stranger(theirs, told(5, steps=1))
    run()
    dossier = received(code)
    assert dossier.code != code
    assert (dossier.remote_code, dossier.remote_steps) == (code, 3)

    drain(4)

    steps = OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk)
    assert all(step.done_at for step in steps)
    found = theirs.execute(
        "SELECT head, status, snapshot ->> 'MaHoSoDiaPhuong' FROM sandbox_npsp_dossier WHERE code = %s", [code]
    ).fetchone()
    assert found == (3 + steps.count(), dossier.national_status, dossier.code)
    rows = theirs.execute("SELECT code FROM sandbox_npsp_dossier").fetchall()
    assert before is not None
    assert dossier.code not in [row[0] for row in rows], "no second one"
    assert len(rows) == before[0] + 2
    assert [each.seq for each in [national_port().status(code)] if each] == [3 + steps.count()]
    assert compare().is_equal


def test_a_dossier_under_the_portals_code_is_compared_and_repaired_like_any_other(theirs: Theirs) -> None:
    code = stranger(theirs, told(5, steps=1))
    run()
    dossier = received(code)
    drain(4)
    last = OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk).count()
    assert run().found == 0
    theirs.execute("DELETE FROM sandbox_npsp_message WHERE dossier_id = (SELECT id FROM sandbox_npsp_dossier WHERE code = %s)", [code])
    theirs.execute("UPDATE sandbox_npsp_dossier SET head = 3, status = 4 WHERE code = %s", [code])

    done = run()

    assert opened() == {code: Kind.STALE}
    row = SyncDifference.objects.get(code=code, closed_at__isnull=True)
    assert (row.ours_seq, row.theirs_seq, row.dossier, done.resent) == (last, 0, dossier, 1)
    drain(4)
    run()
    assert opened() == {}
    theirs.execute("DELETE FROM sandbox_npsp_message WHERE dossier_id = (SELECT id FROM sandbox_npsp_dossier WHERE code = %s)", [code])
    theirs.execute("DELETE FROM sandbox_npsp_dossier WHERE code = %s", [code])
    assert run().resent == 0, "what the portal had before us is not ours to repeat"
    assert SyncDifference.objects.get(code=code, closed_at__isnull=True).needs_person


def test_a_code_that_a_dossier_here_has_is_never_given_to_another(theirs: Theirs) -> None:
    known = told(5, steps=1)
    inbound = keep(uuid.uuid4(), {"MaTTHC": "1.004873", "ChuHoSo": "A", "MaXa": "00004", "MaHoSo": known.code}, at=technical_now())

    with working(), pytest.raises(Unfit):
        file_inbound(inbound.pk, at=MONDAY)


def test_the_portals_code_finds_the_dossier_and_is_shown(theirs: Theirs, client: Client) -> None:
    code = stranger(theirs, told(5, steps=1))
    run()
    dossier = received(code)
    assert our_code(code) == dossier.code
    assert our_code(dossier.code) == dossier.code
    assert our_code("no code") == ""
    client.force_login(staff("supervisor", centre("01")))

    page = client.get(reverse("site:find"), {"q": code}, follow=True)

    assert code in page.text


def test_a_filing_whose_call_was_lost_is_fetched(theirs: Theirs, national: Services) -> None:
    national.fault("lost_callback", count=1)
    body = {
        "procedure_code": "1.004873",
        "owner_name": "Lưu Thị Nghĩa",
        "owner_citizen_id": "001158000931",
        "place_code": "00070",
        "answers": {},
    }
    remote_id = national.post_json("/npsp/inbound", body, "demo-sandbox-admin").json()["remote_id"]

    done = run("recent")

    assert done.fetched == 1
    assert InboundFiling.objects.filter(remote_id=remote_id).exists()
    assert run("recent").fetched == 0


def test_work_under_way_is_no_difference(theirs: Theirs) -> None:
    dossier = told(6)
    add_step(dossier, "awaiting_signature", portal_state=4)
    filed()
    OutboxMessage.objects.filter(subject_id=dossier.pk, sequence=2).update(done_at=None)

    assert run().found == 0


def acknowledged(dossier: Dossier, ago: timedelta) -> None:
    OutboxMessage.objects.filter(subject_id=dossier.pk).update(done_at=technical_now() - ago)


def test_the_recent_comparison_reads_two_days(theirs: Theirs) -> None:
    dossier = told(7)
    acknowledged(dossier, timedelta(hours=49))
    theirs.execute("TRUNCATE sandbox_npsp_dossier CASCADE")

    assert reconcile("recent", today=TODAY + timedelta(days=2)).found == 0
    assert reconcile("recent", today=TODAY + timedelta(days=1)).found == 1
    assert opened() == {dossier.code: Kind.MISSING}


def test_the_recent_comparison_finds_a_step_lost_today_of_a_dossier_filed_ten_days_ago(theirs: Theirs) -> None:
    lost, untouched, whole = told(7, steps=3), told(70), told(700)
    acknowledged(untouched, timedelta(hours=49))
    theirs.execute("UPDATE sandbox_npsp_dossier SET head = 2 WHERE code = %s", [lost.code])
    theirs.execute("DELETE FROM sandbox_npsp_message WHERE seq = 3")

    done = reconcile("recent", today=TODAY + timedelta(days=10))

    assert opened() == {lost.code: Kind.STALE}
    assert (done.rechecked, done.found, done.resent) == (2, 1, 1)
    drain()
    assert shown(theirs, lost) == (3, 4)
    reconcile("recent", today=TODAY + timedelta(days=10))
    assert opened() == {}
    assert shown(theirs, whole) == (2, 4)


def test_without_an_answer_nothing_is_claimed(national: Services, theirs: Theirs) -> None:
    national.fault("error_500", count=5)

    done = reconcile("all", today=TODAY)

    assert done.fault
    assert not SyncDifference.objects.exists()
    alert = OperatorAlert.objects.get(kind="difference", ended_at__isnull=True)
    assert (alert.about, done.fault in alert.text) == ("national.reconciliation.all", True)
    national.no_faults()
    Channel.objects.update(closed_until=None)
    assert not reconcile("recent", today=TODAY).fault
    assert OperatorAlert.objects.filter(ended_at__isnull=True).count() == 1, "the other comparison says nothing about this one"
    assert not reconcile("all", today=TODAY).fault
    assert not OperatorAlert.objects.filter(ended_at__isnull=True).exists()
    with override_settings(NATIONAL_GENERATION="provincial"):
        assert "provincial" in reconcile("all", today=TODAY).fault


def test_a_person_sends_our_steps_again_with_a_reason(theirs: Theirs) -> None:
    dossier, person = told(8), staff("supervisor", centre())
    theirs.execute("UPDATE sandbox_npsp_dossier SET status = 7 WHERE code = %s", [dossier.code])
    run()
    drain()
    row = SyncDifference.objects.get()

    with pytest.raises(NoReason):
        repair_by_hand(row, user=person, at=technical_now(), reason=" ")
    act = repair_by_hand(row, user=person, at=technical_now(), reason="Đã trao đổi với Cổng")

    assert (act.by, act.count) == (person, 1)
    theirs.execute("UPDATE sandbox_npsp_dossier SET status = 4")
    drain()
    run()
    row.refresh_from_db()
    with pytest.raises(NotRepairable):
        repair_by_hand(row, user=person, at=technical_now(), reason="Lần nữa")


TOLD = Told("H1-261102-0001", 1, date(2026, 11, 2), "79", (2, 4, 9), 3)


@pytest.mark.parametrize(
    ("before", "theirs", "ours", "verdict"),
    [
        (3, Mirrored("", 3, 9), TOLD, Verdict.EQUAL),
        (0, None, None, Verdict.EQUAL),
        (0, None, TOLD, Verdict.WAITING),
        (3, None, TOLD, Verdict.MISSING),
        (2, Mirrored("", 2, 4), TOLD, Verdict.WAITING),
        (3, Mirrored("", 2, 4), TOLD, Verdict.STALE),
        (3, Mirrored("", 2, 5), TOLD, Verdict.ALTERED),
        (3, Mirrored("", 4, 9), TOLD, Verdict.ALTERED),
        (0, Mirrored("", 1, 1), None, Verdict.EXTRA),
    ],
)
def test_what_the_portal_may_rightly_show(before: int, theirs: Mirrored | None, ours: Told | None, verdict: Verdict) -> None:
    assert judge(before, theirs, ours) is verdict
