"""Worker, dispatcher, broker and sandbox may die or lie at any moment: it takes longer, and nothing is lost or done twice.

The tests share their processes and follow each other; each leaves the outbox drained.
"""

import contextlib
import os
import random
import signal
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from dossiers.models import CodeCounter, IssuedDocument
from dossiers.national.client import Refused, Unreachable, post_messages
from dossiers.national.compare import compare
from dossiers.national.deliver import step_of
from dossiers.national.generation2026 import item_of
from portal.accounts.models import Role
from portal.core import paths
from portal.core.clock import technical_now
from portal.devtools import postgres
from portal.devtools.children import Child
from portal.notifications.models import Notification
from portal.outbox.actions import Claimed
from portal.outbox.models import OutboxMessage
from portal.outbox.replays import By, Chosen, replay
from tests.chaos.work import (
    all_routed,
    both_sides_equal,
    decide_all,
    drained,
    file_some,
    histories_whole,
    in_order_and_once,
    people,
    time_passes,
    until,
)
from tests.factories import TODAY, centre, routed, staff
from tests.sandbox.client import Services
from tests.support import databases
from tests.support.live import Live

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800), pytest.mark.xdist_group("chaos")]


def test_ten_filings_are_routed_decided_told_and_mirrored(running: Live, sandbox: Services) -> None:
    who = people()
    dossiers = file_some(10)

    all_routed(dossiers)
    decide_all(dossiers, who)
    drained()

    both_sides_equal()
    in_order_and_once(dossiers)
    histories_whole()
    assert not Notification.objects.filter(sent_at__isnull=True).exclude(channel="call").exists()
    assert IssuedDocument.objects.filter(dossier__in=dossiers, kind="receipt_slip").count() == 10
    call_command("verify_events", stdout=StringIO())
    call_command("sync_status", stdout=StringIO())


def test_kills_of_every_process_and_a_flushed_broker_lose_nothing(running: Live, sandbox: Services) -> None:
    who = people()
    sandbox.fault("slow_body", rate=0.5, params={"seconds": 1})
    dossiers = file_some(8)
    running.worker.kill()
    dossiers += file_some(2)
    running.forget_broker()
    running.dispatcher.kill()
    running.sandbox.kill()
    dossiers += file_some(2)
    running.worker.start()
    running.dispatcher.start()
    running.worker.wait_ready()
    time_passes()

    all_routed(dossiers)
    decide_all(dossiers[:6], who)
    running.sandbox.start()
    running.sandbox.wait_ready()
    running.restart("worker")
    decide_all(dossiers[6:], who)
    running.forget_broker()
    time_passes()
    drained()

    both_sides_equal()
    in_order_and_once(dossiers)
    histories_whole()
    assert all(child.is_alive() for child in running.children.values())


def test_lost_database_connections_end_no_process(running: Live, sandbox: Services) -> None:
    people()
    before = {name: child.process.pid for name, child in running.children.items() if child.process}
    with postgres.connect(databases.FLAVOUR) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'portal_worker'",
            [settings.DATABASES["default"]["NAME"]],
        )
    dossiers = file_some(2)

    all_routed(dossiers)
    drained()

    assert {name: child.process.pid for name, child in running.children.items() if child.process} == before
    assert all(child.is_alive() for child in running.children.values())
    both_sides_equal()


def second_worker(running: Live) -> Child:
    child = running.fleet.worker(concurrency=1)
    command = [f"second-{part}" if part.startswith("motcua-") else part for part in child.command]
    return replace(child, name="worker2", command=command, log=child.log.with_name("worker2.log"), process=None, stop_seconds=8)


def test_a_frozen_worker_is_overtaken_and_its_late_answer_changes_nothing(running: Live, sandbox: Services) -> None:
    sandbox.fault("slow_body", path="/npsp/v2/messages", params={"seconds": 3}, count=3)
    second = second_worker(running)
    people()
    dossiers = file_some(2)
    claimed = OutboxMessage.objects.filter(stream="national", lease_until__gt=technical_now())
    until(claimed.exists, seconds=60, what="something claimed")
    frozen = list(claimed.values_list("pk", flat=True))
    assert running.worker.process is not None
    os.killpg(running.worker.process.pid, signal.SIGSTOP)
    try:
        second.start()
        second.wait_ready()
        running.forget_broker()  # what the frozen one had fetched
        time_passes()
        all_routed(dossiers)
        drained()
        assert min(OutboxMessage.objects.filter(pk__in=frozen).values_list("attempt", flat=True)) > 1
    finally:
        os.killpg(running.worker.process.pid, signal.SIGCONT)
        second.stop()

    both_sides_equal()
    in_order_and_once(dossiers)


def test_the_dispatcher_waits_for_a_broker_that_is_away(running: Live, sandbox: Services, tmp_path: Path) -> None:
    running.dispatcher.kill()
    link = tmp_path / "valkey.sock"
    away = {"CELERY_BROKER_URL": f"redis+socket://{link}?virtual_host=0"}
    waiting = replace(
        running.dispatcher, name="dispatcher2", environment=dict(running.dispatcher.environment) | away, process=None,
        log=running.dispatcher.log.with_name("dispatcher2.log"),
    )  # fmt: skip
    people()
    dossiers = file_some(2)
    waiting.start()
    try:
        until(lambda: "dispatcher_broker_lost" in waiting.last_lines(), seconds=60, what="the loss is logged")
        assert waiting.is_alive()
        link.symlink_to(paths.valkey_socket(databases.FLAVOUR))
        all_routed(dossiers)
        drained()
    finally:
        waiting.stop()
        running.dispatcher.start()

    both_sides_equal()


FAULTS = [
    ("error_500", 0.05, {}),
    ("error_503", 0.05, {"retry_after": 1}),
    ("rate_limited", 0.04, {"retry_after": 1}),
    ("error_504", 0.05, {}),
    ("truncated_json", 0.05, {}),
    ("reset_mid_body", 0.05, {}),
    ("html_garbage", 0.04, {}),
    ("token_expired", 0.05, {}),
    ("refuse", 0.04, {}),
    ("timeout_after", 0.03, {"seconds": 1}),
    ("redirect", 0.03, {"location": "http://127.0.0.1:1/"}),
    ("partial_batch", 0.15, {}),
    ("duplicate_ack", 0.15, {}),
    ("wrong_item", 0.1, {}),
]
SEED = 2026


def with_faults(sandbox: Services) -> None:
    for number, (kind, rate, params) in enumerate(FAULTS):
        sandbox.fault(kind, rate=rate, seed=SEED + number, path="/npsp/v2/messages", params=params)


def test_a_third_of_all_answers_is_bad_and_everything_arrives_once_and_in_order(running: Live, sandbox: Services) -> None:
    who = people()
    with_faults(sandbox)
    dossiers = file_some(12)

    all_routed(dossiers)
    decide_all(dossiers, who)
    drained()

    assert OutboxMessage.objects.filter(stream="national", subject_id__in=[d.pk for d in dossiers], attempt__gt=1).count() > 5
    sandbox.no_faults()
    both_sides_equal()
    in_order_and_once(dossiers)


def test_poison_stops_only_its_own_dossier_until_it_is_repaired(running: Live, sandbox: Services) -> None:
    people()
    following = CodeCounter.objects.get(office=centre(), day=TODAY).last + 2
    sandbox.fault("schema_reject", params={"code": f"{centre().code}-{TODAY:%y%m%d}-{following:04d}"})
    dossiers = file_some(4)
    bad = dossiers[1]
    all_routed(dossiers)
    drained(but=(bad.pk,))
    poisoned = OutboxMessage.objects.filter(stream="national", subject_id=bad.pk).order_by("sequence")
    until(lambda: poisoned.filter(parked_at__isnull=False).exists(), seconds=90, what="parked")

    first, second = poisoned
    assert (first.sequence, first.parked_at is not None, "invalid" in first.parked_reason) == (1, True, True)
    assert (second.attempt, second.done_at) == (0, None)
    out = StringIO()
    with pytest.raises(CommandError, match="1 parked"):
        call_command("sync_status", stdout=out)
    assert bad.code in out.getvalue()

    sandbox.no_faults()
    by = By(user=staff(Role.SUPERVISOR), at=technical_now(), reason="the portal accepts this dossier again")
    assert replay(Chosen(ids=[first.pk]), by=by).count == 1
    drained()
    both_sides_equal()
    in_order_and_once(dossiers)


def test_a_write_that_the_portal_lost_is_found(running: Live, sandbox: Services) -> None:
    people()
    sandbox.fault("lost_write", count=1, path="/npsp/v2/messages")
    dossiers = file_some(1)
    lost = OutboxMessage.objects.filter(stream="national", subject_id=dossiers[0].pk, sequence=1, done_at__isnull=False)
    until(lost.exists, seconds=90, what="acknowledged and forgotten")
    all_routed(dossiers)

    found = compare()
    assert [each.code for each in found.missing] == [dossiers[0].code]

    lost.update(done_at=None, not_before=technical_now(), published_at=None)
    drained()
    both_sides_equal()


def test_the_control_without_order_and_repetition_fails(running: Live, sandbox: Services) -> None:
    """The same faults, sent once each in any order: if this arrived whole, the tests above would prove nothing."""
    who = people()
    running.worker.kill()
    dossiers = [routed(dossier) for dossier in file_some(6)]
    decide_all(dossiers, who)
    messages = list(OutboxMessage.objects.filter(stream="national", subject_id__in=[dossier.pk for dossier in dossiers]).order_by("pk"))
    codes = {dossier.pk: dossier.code for dossier in dossiers}
    with_faults(sandbox)
    random.Random(SEED).shuffle(messages)
    for m in messages:
        claimed = Claimed(m.pk, m.subject_id, m.sequence, m.kind, m.payload, m.key, 1, m.created_at)
        item = item_of(step_of(claimed, codes[m.subject_id], {}))
        with contextlib.suppress(Unreachable, Refused):
            post_messages([item])
    OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).update(done_at=technical_now())
    sandbox.no_faults()

    found = compare()

    assert len(found.missing) + len(found.differing) > 0
