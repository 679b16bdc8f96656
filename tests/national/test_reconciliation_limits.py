"""How often a difference is repaired by itself, two comparisons at once, the scheduled work, and records that nobody may touch."""

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import F
from django.test.utils import override_settings

from dossiers.models import CompletenessCertificate, ReconciliationRun, SyncDifference
from dossiers.national.adapters import national_port
from dossiers.national.reconcile import JOBS, _findings
from dossiers.national.reconcile_judge import Verdict
from dossiers.national.reconcile_record import LONGEST, MOST_REPAIRS, end_dead_ones, finish, record, repair
from dossiers.tasks import reconcile_all, reconcile_recent
from portal.core.clock import business_today, technical_now
from portal.core.longjobs import begin
from portal.core.models import JobRun
from portal.outbox.models import Channel, OperatorAlert, OutboxMessage, OutboxReplay
from portal.site.completeness.gather import compared
from portal.site.tasks import certify_days
from tests.national.planting import simulator_database
from tests.national.test_deliver import drain
from tests.national.test_reconciliation import Theirs, opened, run, shown, theirs, told
from tests.sandbox.client import Services
from tests.support import databases

__all__ = ["theirs"]
pytestmark = pytest.mark.django_db


def lose(theirs: Theirs) -> None:
    theirs.execute("TRUNCATE sandbox_npsp_message, sandbox_npsp_dossier CASCADE")


def test_after_three_repetitions_in_vain_a_person_must_look_and_nothing_more_is_sent(national: Services, theirs: Theirs) -> None:
    dossier = told(20, steps=1)
    lose(theirs)
    national.fault("lost_write", path="/npsp/v2/messages")  # whatever is repeated is acknowledged and lost again

    resent = []
    for _each in range(MOST_REPAIRS[Verdict.MISSING] + 2):
        resent.append(run().resent)
        drain(2)

    row = SyncDifference.objects.get()
    assert resent == [1, 1, 1, 0, 0]
    assert (row.kind, row.repairs, row.needs_person, row.closed_at) == ("missing", 3, True, None)
    assert OutboxReplay.objects.filter(act="resend").count() == 3
    national.no_faults()
    assert run().resent == 0, "a person decides now"
    assert shown(theirs, dossier) is None


def test_what_was_altered_there_is_repeated_once(theirs: Theirs) -> None:
    told(21)
    theirs.execute("UPDATE sandbox_npsp_dossier SET status = 7")

    resent = []
    for _each in range(3):
        resent.append(run().resent)
        drain()

    assert (MOST_REPAIRS[Verdict.ALTERED], resent) == (1, [1, 0, 0])
    assert SyncDifference.objects.get().needs_person


def test_two_comparisons_at_once_open_one_row_and_repeat_once(theirs: Theirs) -> None:
    """Both have read both sides before either of them writes; that they also take turns under load is for the storm to show."""
    missing, _other = told(22), told(220)
    theirs.execute("TRUNCATE sandbox_npsp_message CASCADE")
    theirs.execute("DELETE FROM sandbox_npsp_dossier WHERE code = %s", [missing.code])
    port = national_port()
    runs = [ReconciliationRun.objects.create(scope="all", started_at=technical_now()) for _each in range(2)]
    findings = [_findings(each, port, begin(JOBS["all"])) for each in runs]

    for each, found in zip(runs, findings, strict=True):
        record(each, found, at=technical_now())
    resent = [repair(found, at=technical_now()) for found in findings]
    for each in runs:
        finish(each, at=technical_now())

    assert opened() == {missing.code: "missing"}
    assert ([each.found for each in runs], resent) == ([1, 0], [1, 0])
    assert SyncDifference.objects.get().repairs == 1
    drain(2)
    assert run().closed == 1


def test_the_scheduled_comparisons_work_once_in_their_period(theirs: Theirs, tmp_path: Path) -> None:
    dossier = told(23)
    lose(theirs)

    assert [reconcile_recent(), reconcile_recent()] == [1, 0]
    assert [reconcile_all(), reconcile_all()] == [1, 0]

    assert list(ReconciliationRun.objects.order_by("pk").values_list("scope", "found", "fault")) == [("recent", 1, ""), ("all", 0, "")]
    drain(2)
    assert shown(theirs, dossier) == (2, 4)
    with override_settings(SEALS_DIR=str(tmp_path / "seals"), SEALS_ARE_DEMO=True, SEAL_PASSWORD=""):
        days = [certify_days(), certify_days()]
    made = CompletenessCertificate.objects.get()
    assert days == [[made.day.isoformat()], []]
    assert made.day < business_today()


def test_a_comparison_that_never_ended_is_told_by_the_next_one(theirs: Theirs) -> None:
    now = technical_now()
    common = {"scope": "all", "groups": 1}
    dead = ReconciliationRun.objects.create(started_at=now - LONGEST - timedelta(seconds=1), **common)
    at_work = ReconciliationRun.objects.create(started_at=now - timedelta(minutes=5), **common)

    end_dead_ones("all", at=now)

    dead.refresh_from_db()
    at_work.refresh_from_db()
    assert (dead.fault, dead.finished_at, at_work.finished_at) == ("its worker died", now, None)
    assert OperatorAlert.objects.filter(kind="difference", about="national.reconciliation.all", ended_at__isnull=True).exists()
    run()
    assert not OperatorAlert.objects.filter(ended_at__isnull=True).exists()


def test_a_comparison_that_breaks_is_told_and_breaks_on(theirs: Theirs, monkeypatch: pytest.MonkeyPatch) -> None:
    def times_out(*_ignored: object, **_named: object) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr("dossiers.national.reconcile.record", times_out)  # a time limit cannot be provoked in a test's time

    with pytest.raises(SoftTimeLimitExceeded):
        run()

    done = ReconciliationRun.objects.get()
    assert (done.fault, done.finished_at is not None) == ("SoftTimeLimitExceeded", True)
    assert OperatorAlert.objects.filter(kind="difference", about="national.reconciliation.all", ended_at__isnull=True).exists()


def test_the_nightly_comparison_is_tried_every_hour_until_it_is_whole(national: Services, theirs: Theirs) -> None:
    def one_hour_later() -> None:
        JobRun.objects.all().delete()
        ReconciliationRun.objects.update(started_at=F("started_at") - timedelta(hours=1))
        Channel.objects.update(closed_until=None)

    national.fault("error_500", path="/npsp/v2/inbound")
    reconcile_all()
    one_hour_later()
    national.no_faults()
    for _each in range(3):
        reconcile_all()
        one_hour_later()

    assert [bool(each.fault) for each in ReconciliationRun.objects.order_by("pk")] == [True, False]
    last = ReconciliationRun.objects.order_by("-pk")[0]
    ReconciliationRun.objects.create(scope="all", started_at=technical_now(), finished_at=technical_now(), fault="HTTP 500")
    later = compared(at=technical_now() + timedelta(seconds=1))
    assert (later["fault"], datetime.fromisoformat(later["whole_at"])) == ("HTTP 500", last.started_at.replace(microsecond=0))
    ReconciliationRun.objects.filter(fault="").update(started_at=technical_now() - timedelta(hours=20))
    reconcile_all()
    assert ReconciliationRun.objects.filter(fault="").count() == 2, "the next night has its own"


@pytest.fixture
def owner() -> Iterator[psycopg.Connection[Any]]:
    """The superuser, whom no missing grant stops; everything is undone."""
    with simulator_database(databases.FLAVOUR, os.environ["DATABASE_NAME"]) as connection, connection.transaction(force_rollback=True):
        yield connection


CERTIFICATE = "INSERT INTO dossiers_completenesscertificate (number, day, issued_at, content, previous_hash, hash, signature, key_id) "
RUN = """INSERT INTO dossiers_reconciliationrun (scope, started_at, groups, groups_differing, ours, theirs, found, closed, still_open,
    resent, fetched, fetched_to, fault) VALUES ('all', now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '') RETURNING id"""
DIFFERENCE = """INSERT INTO dossiers_syncdifference (code, kind, province, ours_seq, ours_status, theirs_seq, theirs_status, found_at,
    seen_at, repairs, note, needs_person, ending, run_id)
    VALUES ('H1-261102-0001', 'extra', '', 0, 0, 1, 1, now(), now(), 0, '', false, '', %s)"""
ATTACKS = {
    "another verdict": "UPDATE dossiers_inspecteddossier SET verdict = 'different' WHERE position = 1",
    "no verdict": "UPDATE dossiers_inspecteddossier SET verdict = '', judged_by_id = NULL, judged_at = NULL WHERE position = 1",
    "another note": "UPDATE dossiers_inspecteddossier SET note = 'x' WHERE position = 1",
    "another record under the verdict": "UPDATE dossiers_inspecteddossier SET theirs = '{\"seq\": 9}' WHERE position = 1",
    "another record before the verdict": "UPDATE dossiers_inspecteddossier SET theirs = '{\"seq\": 9}' WHERE position = 2",
    "another code": "UPDATE dossiers_inspecteddossier SET code = 'H1-261102-0009' WHERE position = 3",
    "another place": "UPDATE dossiers_inspecteddossier SET position = 9 WHERE position = 3",
    "a verdict without a name": "UPDATE dossiers_inspecteddossier SET verdict = 'equal' WHERE position = 2",
    "one of the drawn removed": "DELETE FROM dossiers_inspecteddossier WHERE position = 3",
    "another seed": "UPDATE dossiers_inspectiondraw SET seed = 'better'",
    "another span": "UPDATE dossiers_inspectiondraw SET since = since - 1",
    "the draw removed": "DELETE FROM dossiers_inspectiondraw",
    "all draws removed": "TRUNCATE dossiers_inspectiondraw CASCADE",
    "a difference removed": "DELETE FROM dossiers_syncdifference",
    "a comparison removed": "DELETE FROM dossiers_reconciliationrun",
    "a certificate out of its chain": CERTIFICATE
    + "VALUES (7, '2026-11-02', now(), '{}', repeat('0', 64), encode(sha256('{}'), 'hex'), 'x', 'x')",
    "a certificate with another hash": CERTIFICATE + "VALUES (1, '2026-11-02', now(), '{}', '', repeat('0', 64), 'x', 'x')",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_nobody_rewrites_what_an_inspection_or_a_comparison_found(owner: psycopg.Connection[Any], attack: str) -> None:
    """Not even the owner of the tables: the triggers of migration 0016 refuse it."""
    day = date(2026, 11, 2)
    user = owner.execute(
        """INSERT INTO accounts_user (password, is_superuser, username, full_name, email, kind, is_active, date_joined)
           VALUES ('', false, 'inspector-sql', 'A', '', 'staff', true, now()) RETURNING id"""
    ).fetchone()
    assert user is not None
    drawn = owner.execute(
        """INSERT INTO dossiers_inspectiondraw (seed, since, until, province, population, drawn_at, drawn_by_id)
           VALUES ('7f', %s, %s, '', 3, now(), %s) RETURNING id""",
        [day, day, user[0]],
    ).fetchone()
    assert drawn is not None
    rows = [(1, '{"seq": 1}', "equal", user[0]), (2, '{"seq": 1}', "", None), (3, "{}", "", None)]
    for position, shows, verdict, judge in rows:
        owner.execute(
            """INSERT INTO dossiers_inspecteddossier (draw_id, position, code, ours, theirs, fault, verdict, note, judged_by_id, judged_at)
               VALUES (%s, %s, %s, '{}', %s, '', %s, '', %s, CASE WHEN %s::bigint IS NULL THEN NULL ELSE now() END)""",
            [drawn[0], position, f"H1-261102-000{position}", shows, verdict, judge, judge],
        )
    found = owner.execute(RUN).fetchone()
    assert found is not None
    owner.execute(DIFFERENCE, [found[0]])

    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(psycopg.errors.IntegrityError), owner.transaction():
        owner.execute(attack)

    owner.execute("UPDATE dossiers_inspecteddossier SET theirs = '{\"seq\": 2}' WHERE position = 3")  # what had not come may come


def test_the_roles_of_the_portal_have_no_right_to_it_either(owner: psycopg.Connection[Any]) -> None:
    asked = owner.execute(
        """SELECT t, r, p FROM unnest(ARRAY['dossiers_completenesscertificate', 'dossiers_inspectiondraw', 'dossiers_nationalfile']) t,
               unnest(ARRAY['portal_web', 'portal_worker']) r, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p
           WHERE has_table_privilege(r, t, p)"""
    ).fetchall()

    assert asked == []
    assert not OutboxMessage.objects.filter(stream="national").exists()
