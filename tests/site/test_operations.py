"""The operations pages: what they show, what a person can do there, and what they cost."""

import json
import uuid
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers.messages import codes_of
from dossiers.models import Dossier, InboundCall
from portal.accounts.models import Role, User
from portal.core.clock import technical_now
from portal.core.longjobs import STUCK_AFTER, begin, long_job
from portal.core.models import LongJob
from portal.outbox.actions import Done, Park, Retry, claim, settle
from portal.outbox.actions import message as new_message
from portal.outbox.channels import admit, record
from portal.outbox.models import Channel, OutboxMessage, OutboxReplay
from portal.outbox.queries import _TRAFFIC, COUNTED
from portal.site.operations.rows import message_rows
from procedures.models import RegistryRun
from tests.factories import filed, staff
from tests.outbox.test_actions import put

pytestmark = pytest.mark.django_db
PAGE, PARKED, ACT, RANGE = "/van-hanh/", "/van-hanh/cho-nguoi/", "/van-hanh/cho-nguoi/gui-lai/", "/van-hanh/cho-nguoi/gui-lai-khoang/"


@pytest.fixture
def operator(client: Client) -> User:
    user = staff(Role.SUPERVISOR)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def park(count: int, stream: str = "notify", *, subject: int = 1) -> list[OutboxMessage]:
    now = technical_now()
    rows = [put(stream, subject=subject, sequence=number, at=now) for number in range(1, count + 1)]
    for _each in rows:
        for message in claim(stream, now=now):
            settle(message, Park("400: số điện thoại không hợp lệ"), now=now)
    return rows


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_streams_lag_breaker_errors_and_acts(client: Client, operator: User) -> None:
    now = technical_now()
    for number in range(1, 5):
        put("notify", subject=number, at=now - timedelta(minutes=3))
    done, failed, *_rest = claim("notify", now=now)
    settle(done, Done(), now=now)
    settle(failed, Retry("HTTP 503", timedelta(seconds=30)), now=now)
    for _call in range(20):
        record(admit("national.messages", now=now), ok=False, now=now, stream="national", error="ReadTimeoutError")  # type: ignore[arg-type]

    shown = text(client, PAGE)

    for words in ("Đang ngắt", "20 trên 20 lần bị lỗi", "ReadTimeoutError", "HTTP 503", "3 phút", "Tin nhắn cho người dân"):
        assert words in shown


def test_ticked_messages_go_again_with_name_and_reason(client: Client, operator: User) -> None:
    first, second = park(2)

    refused = client.post(ACT, {"pick": [first.pk], "reason": " ", "action": "replay"})
    assert refused.status_code == 422
    assert "lý do" in refused.content.decode()
    assert not OutboxReplay.objects.exists()
    assert client.post(ACT, {"pick": [first.pk], "reason": "Đã sửa số", "action": "replay"}).status_code == 302

    act = OutboxReplay.objects.get()
    assert (act.by, act.reason, act.act, act.count) == (operator, "Đã sửa số", "replay", 1)
    assert act.messages[0]["was"] == "400: số điện thoại không hợp lệ"
    assert OutboxMessage.objects.get(pk=first.pk).parked_at is None
    assert OutboxMessage.objects.get(pk=second.pk).parked_at is not None
    assert "Đã sửa số" in text(client, PAGE)


def test_what_is_superseded_is_closed_with_a_reason_but_never_a_step_for_the_portal(client: Client, operator: User) -> None:
    [message] = park(1)
    [step] = park(1, "national")

    assert client.post(ACT, {"pick": [step.pk], "reason": "bỏ", "action": "close"}).status_code == 422
    assert client.post(ACT, {"pick": [message.pk], "reason": "Đã gọi điện", "action": "close"}).status_code == 302

    message.refresh_from_db()
    step.refresh_from_db()
    assert (message.parked_at, message.done_at is not None, "Đã gọi điện" in message.last_error) == (None, True, True)
    assert step.parked_at is not None


def test_a_whole_dossier_or_a_span_goes_again(client: Client, operator: User) -> None:
    dossier = filed().dossier
    OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk).update(parked_at=technical_now(), parked_reason="invalid")
    OutboxMessage.objects.filter(stream="notify").update(done_at=technical_now())
    park(3, subject=777)
    today = f"{technical_now():%d/%m/%Y}"

    assert client.post(RANGE, {"reason": "thử"}).status_code == 422
    assert client.post(RANGE, {"reason": "thử", "code": "H00-000101-9999"}).status_code == 422
    assert client.post(RANGE, {"reason": "thử", "since": "31/02/2026"}).status_code == 422
    assert client.post(RANGE, {"reason": "Cổng đã sửa", "code": dossier.code}).status_code == 302
    assert OutboxMessage.objects.filter(parked_at__isnull=False).count() == 3
    assert client.post(RANGE, {"reason": "Hết sự cố", "stream": "notify", "since": today}).status_code == 302
    assert not OutboxMessage.objects.filter(parked_at__isnull=False).exists()
    assert list(OutboxReplay.objects.order_by("pk").values_list("count", flat=True)) == [1, 3]


def test_the_code_of_a_dossier_never_hits_what_is_about_something_else(client: Client, operator: User) -> None:
    dossier = filed().dossier
    Dossier.objects.filter(pk=dossier.pk).update(remote_code="H29.9-261102-0009")
    OutboxMessage.objects.all().update(done_at=technical_now())
    now = technical_now()
    kinds = [("route", "inbound"), ("route", "rerouting"), ("inbound", "question"), ("reply", "reply"), ("route", "route")]
    for number, (stream, kind) in enumerate(kinds, 70):
        new_message(stream, subject_id=dossier.pk, sequence=number, kind=kind, key=f"k{number}", at=now).save(force_insert=True)
    OutboxMessage.objects.filter(done_at__isnull=True).update(parked_at=now, parked_reason="400")
    routing = OutboxMessage.objects.get(key="k74")

    assert codes_of(OutboxMessage.objects.filter(parked_at__isnull=False)) == {routing.pk: dossier.code}
    shown = message_rows(OutboxMessage.objects.filter(parked_at__isnull=False).order_by("sequence"))
    assert [each.dossier for each in shown] == ["", "", "", "", dossier.code]
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("sync_status", "--json", "--no-compare", stdout=out)
    assert sorted(each["dossier"] for each in json.loads(out.getvalue())["parked"]) == ["", "", "", "", dossier.code]
    for stream in ("inbound", "reply"):
        assert client.post(RANGE, {"reason": "thử", "code": dossier.code, "stream": stream}).status_code == 422
    assert client.post(RANGE, {"reason": "thử", "code": "H29.9-261102-0009", "stream": "route"}).status_code == 302
    assert set(OutboxMessage.objects.filter(parked_at__isnull=True, done_at__isnull=True)) == {routing}


def test_a_connection_is_stopped_and_started(client: Client, operator: User) -> None:
    now = technical_now()
    record(admit("national.messages", now=now), ok=False, now=now, stream="national", error="x")  # type: ignore[arg-type]
    path = "/van-hanh/ket-noi/national.messages/"

    assert client.post(path, {"action": "stop", "reason": ""}).status_code == 422
    assert client.post(path, {"action": "stop", "reason": "Bảo trì"}).status_code == 302
    assert Channel.objects.get().stop == "person"
    assert "Dừng" in text(client, PAGE)
    assert client.post(path, {"action": "start", "reason": "Xong"}).status_code == 302
    assert Channel.objects.get().stop == ""
    assert client.post("/van-hanh/ket-noi/none/", {"action": "start", "reason": "Xong"}).status_code == 422


def test_long_jobs_of_every_sort_show_how_far_they_are(client: Client, operator: User) -> None:
    begin(LongJob.Kind.RECONCILE_ALL, total=511).reached(300)
    begin(LongJob.Kind.IMPORT, about="national.jsonl.gz", by="Phạm Văn Sơn").reached(1200)
    LongJob.objects.filter(kind="import").update(heartbeat_at=technical_now() - STUCK_AFTER - timedelta(seconds=1))
    with long_job(LongJob.Kind.CERTIFY, total=3) as failed:
        failed.fault("không có khóa")
    RegistryRun.objects.create(kind="completeness", on=technical_now().date(), requested_at=technical_now(), all_steps=89, done_steps=40)
    park(3)
    assert client.post(RANGE, {"reason": "Hết sự cố", "stream": "notify"}).status_code == 302
    [message, *_others] = claim("notify", now=technical_now())
    settle(message, Done(), now=technical_now())

    shown = text(client, PAGE)

    for words in ("Đối soát toàn bộ", "300 trên 511", "Nhập danh mục thủ tục quốc gia: national.jsonl.gz", "1.200", "Phạm Văn Sơn",
                  "Bị treo", "Bị gián đoạn", "không có khóa", "40 trên 89", "1 trên 3", operator.full_name):  # fmt: skip
        assert words in shown, words
    for message in claim("notify", now=technical_now() + timedelta(minutes=5)):
        settle(message, Park("400"), now=technical_now())
    assert "2 tin lại chờ người xử lý" in text(client, PAGE)


@pytest.mark.parametrize("data", [{"pick": ["x", "9" * 40, "\0"]}, {"pick": ["1"] * 500}, {"reason": "\0"}, {}], ids=str)
def test_bad_input_gets_an_answer(client: Client, operator: User, data: dict[str, Any]) -> None:
    assert client.post(ACT, data).status_code == 422
    assert client.post(RANGE, data).status_code == 422
    assert client.get(PARKED, {"sau": "x~y", "luong": "\0"}).status_code == 200


def test_a_question_is_answered_once(client: Client, operator: User) -> None:
    question = asked(1)[0]
    path = f"/hoi-dap/{question.pk}/"

    assert "Bao giờ có kết quả? 0" in text(client, "/hoi-dap/")
    assert client.post(path, {"answer": " \0 "}).status_code == 422
    assert client.post(path, {"answer": "Ngày 5\0 tháng 11."}).status_code == 302
    assert client.post(path, {"answer": "Khác"}).status_code == 404

    question.refresh_from_db()
    assert (question.answer, question.answered_by, question.waits_for_person) == ("Ngày 5 tháng 11.", operator, False)
    assert OutboxMessage.objects.filter(stream="reply", subject_id=question.pk).count() == 1


def asked(count: int) -> list[InboundCall]:
    now = technical_now()
    common = {"kind": "question", "received_at": now, "handled_at": now, "waits_for_person": True}
    bodies = [{"NoiDung": f"Bao giờ có kết quả? {number}"} for number in range(count)]
    return [InboundCall.objects.create(remote_id=uuid.uuid4(), body=body, **common) for body in bodies]


@pytest.mark.parametrize("path", [PAGE, PARKED, "/hoi-dap/"])
def test_the_number_of_queries_does_not_grow(client: Client, operator: User, path: str) -> None:
    park(1)
    asked(1)
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    park(49, subject=5)
    asked(49)
    with CaptureQueriesContext(connection) as fifty:
        client.get(path)

    assert len(one) == len(fifty) <= 20


def test_a_million_finished_messages_cost_nothing(client: Client, operator: User) -> None:
    """The plan reads partial indexes only: 200,000 finished rows here, and the page touches a few of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_outboxmessage (stream, subject_id, sequence, kind, payload, key, created_at, not_before, attempt,"
            " last_error, parked_reason, done_at)"
            " SELECT 'national', 9000000 + n, 1, 'status', '{}', 'many:' || n, now() - interval '3 days', now(), 1, '', '',"
            " now() - interval '2 days' FROM generate_series(1, 200000) n"
        )
        given = {"streams": "ARRAY['route','national','notify']", "most": str(COUNTED + 1), "since": "(now() - interval '1 hour')"}
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + _TRAFFIC % given)
        plan = cursor.fetchone()[0][0]

    assert "Seq Scan" not in str(plan)
    assert plan["Execution Time"] < 200
