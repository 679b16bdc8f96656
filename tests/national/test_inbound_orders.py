"""Filing, supplement, payment and question of the national portal end in the same state, in whatever order and however often they come."""

import itertools
import random
import uuid
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings

from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By
from dossiers.models import AnswerChange, Answers, Dossier, InboundCall, InboundFiling
from payments.models import LedgerEntry, Order
from portal.core.clock import technical_now
from portal.core.db import acting_as
from portal.outbox.actions import Done, Park, Retry, claim, settle
from portal.outbox.handlers import handler_of
from portal.outbox.models import OperatorAlert, OutboxMessage
from tests.dossiers.test_inbound import body as filing_body
from tests.dossiers.test_inbound import hand_over
from tests.factories import committee, staff, staffed, who, working

pytestmark = pytest.mark.django_db
FILING = "5f0f7c1e-0000-4000-8000-000000000001"
ADOPTION = "2.001263"
FEE = 400_000


def call(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    return {"remote_id": str(uuid.UUID(int=number)), "LoaiBanTin": kind, "MaHoSo": "", "HoSoId": FILING, **fields}


FILED = filing_body(MaTTHC=ADOPTION)
SUPPLEMENT = call("BoSung", 2, NoiDung="Bổ sung bản chụp", TaiLieuNop=[{"TenTepDinhKem": "Giấy khai sinh.pdf"}])
PAYMENT = call("ThanhToan", 3, MaThamChieu="GD-2026-77", SoTien=FEE, LoaiTien="VND", TrangThai="DaThanhToan")
SAME_PAYMENT = PAYMENT | {"remote_id": str(uuid.UUID(int=33))}
QUESTION = call("HoiDap", 4, NguoiHoi="Lưu Thị Nghĩa", NoiDung="Hồ sơ của tôi đã đến đâu rồi?")


def work() -> list[str]:
    """Everything that is due, or waits for something that may have come, has had its turn; returns why something was parked."""
    parked = []
    with working():
        for stream in ("route", "inbound"):
            OutboxMessage.objects.filter(stream=stream, done_at__isnull=True).update(not_before=technical_now())
            messages = claim(stream, now=technical_now())
            for message, outcome in handler_of(stream)(messages) if messages else []:
                settle(message, outcome, now=technical_now())
                if isinstance(outcome, Park):
                    parked.append(outcome.reason)
    return parked


def state() -> dict[str, Any]:
    """What is true afterwards, without the times and our own numbers."""
    dossier = Dossier.objects.get()
    return {
        "dossier": (dossier.state, dossier.routing, dossier.remote_id, dossier.event_seq),
        "verbs": list(dossier.events.order_by("seq").values_list("verb", flat=True)),
        "fees": list(dossier.fee_lines.values_list("state", "amount_vnd")),
        "orders": list(Order.objects.values_list("state", "amount_vnd", "gateway_ref")),
        "ledger": sorted(LedgerEntry.objects.values_list("account", "amount_vnd")),
        "calls": sorted(InboundCall.objects.exclude(kind="payment").values_list("kind", "outcome", "waits_for_person", "dossier_id")),
        "payments": sorted(InboundCall.objects.filter(kind="payment").values_list("outcome", flat=True)),
        "filings": InboundFiling.objects.count(),
        "open": OutboxMessage.objects.filter(stream__in=["route", "inbound"], done_at__isnull=True).count(),
    }


def played(client: Client, calls: Sequence[dict[str, Any]], pauses: Sequence[bool]) -> dict[str, Any]:
    """The state after these calls, with the workers having their turn after those that say so, and at the end; then undone."""
    with transaction.atomic():
        for each, pause in zip(calls, pauses, strict=True):
            assert hand_over(client, each) == 202
            if pause:
                assert work() == []
        assert work() + work() + work() == []
        found = state()
        found["calls"] = [(kind, outcome, waits, dossier_id is not None) for kind, outcome, waits, dossier_id in found["calls"]]
        transaction.set_rollback(True)
    return found


@pytest.fixture
def agency() -> Any:
    agency = committee()
    staffed(agency)
    return agency


def test_every_order_of_the_four_ends_in_the_same_state(client: Client, agency: Any) -> None:
    expected = played(client, [FILED, PAYMENT, SUPPLEMENT, QUESTION], [True] * 4)

    assert expected["dossier"][2] == FILING
    assert expected["fees"] == [("held", FEE)]
    assert expected["orders"] == [("paid", FEE, "national:GD-2026-77")]
    assert expected["calls"] == [("question", "for a person", True, True), ("supplement", "nothing was asked for", True, True)]
    assert (expected["payments"], expected["filings"], expected["open"]) == (["settled"], 1, 0)
    for number, order in enumerate(itertools.permutations([FILED, SUPPLEMENT, PAYMENT, QUESTION])):
        pauses = [bool(number >> bit & 1) for bit in range(4)]
        assert played(client, order, pauses) == expected, [each.get("LoaiBanTin", "HoSo") for each in order]


def test_duplicates_anywhere_change_nothing(client: Client, agency: Any) -> None:
    """Each call twice or thrice, and the same payment under another remote id."""
    expected = played(client, [FILED, PAYMENT, SUPPLEMENT, QUESTION, SAME_PAYMENT], [True] * 5)
    assert expected["payments"] == ["already settled", "settled"]
    draw = random.Random(2026)
    calls = [FILED, SUPPLEMENT, PAYMENT, QUESTION, SAME_PAYMENT, FILED, SUPPLEMENT, PAYMENT, QUESTION, PAYMENT]
    for _round in range(8):
        draw.shuffle(calls)
        pauses = [draw.random() < 0.4 for _each in calls]
        assert played(client, calls, pauses) == expected, [each.get("LoaiBanTin", "HoSo") for each in calls]


def test_a_supplement_answers_the_open_request_once(client: Client, agency: Any) -> None:
    free = filing_body()
    hand_over(client, free)
    assert work() + work() == []
    dossier = Dossier.objects.get()
    assert agency.reception_office is not None
    clerk = staff("clerk", agency.reception_office)
    by = By(clerk, technical_now(), office=agency.reception_office)
    with acting_as(who(clerk).scope):
        items = [Asked("Giấy khai sinh", "Chưa nộp")]
        ask_supplement(dossier, by=by, items=items, answer_by=technical_now().date(), expected_version=dossier.state_version)
    hand_over(client, SUPPLEMENT)
    hand_over(client, SUPPLEMENT)

    assert work() == []

    dossier.refresh_from_db()
    request = dossier.supplement_requests.get()
    assert dossier.state == "awaiting_reception"
    assert request.answered_at is not None
    assert request.items.get().answer == "Bổ sung bản chụp\n- Giấy khai sinh.pdf"
    assert InboundCall.objects.get().outcome == "answered the request"


def test_a_supplement_with_new_answers_corrects_what_was_asked_and_nothing_else(client: Client, agency: Any) -> None:
    hand_over(client, filing_body(ToKhai={"request_text": "Xin giám hộ", "other": "giữ nguyên"}))
    assert work() + work() == []
    dossier = Dossier.objects.get()
    clerk = staff("clerk", agency.reception_office)
    by = By(clerk, technical_now(), office=agency.reception_office)
    with acting_as(who(clerk).scope):
        items = [Asked("Tờ khai: Nội dung đề nghị", "Chưa rõ", field_key="request_text")]
        ask_supplement(dossier, by=by, items=items, answer_by=technical_now().date(), expected_version=dossier.state_version)
    with working():
        before = dict(Answers.objects.get(dossier=dossier).content)
    told = {"request_text": "", "other": "Kẻ khác", "place": "nơi khác"}
    hand_over(client, SUPPLEMENT | {"ToKhai": told})
    assert "request_text" in " ".join(work()), "what cannot be read waits for a person"
    hand_over(client, SUPPLEMENT | {"remote_id": str(uuid.UUID(int=22)), "ToKhai": told | {"request_text": "Giám hộ cho cháu"}})
    assert work() == []

    with working():
        assert Answers.objects.get(dossier=dossier).content == before | {"request_text": "Giám hộ cho cháu"}
        assert AnswerChange.objects.get().after == "Giám hộ cho cháu"


def test_a_payment_of_another_amount_waits_for_a_person_and_books_nothing(client: Client, agency: Any) -> None:
    hand_over(client, FILED)
    work()
    hand_over(client, PAYMENT | {"SoTien": FEE - 1})

    [reason] = work()

    assert "399999" in reason
    assert not Order.objects.exists()
    assert InboundCall.objects.get().problem == reason


def test_a_payment_for_what_is_not_owed_waits_for_its_refund(client: Client, agency: Any) -> None:
    hand_over(client, filing_body())
    work()
    hand_over(client, PAYMENT)

    assert work() == []

    assert list(Order.objects.values_list("state", "amount_vnd")) == [("refund_due", FEE)]
    assert sum(LedgerEntry.objects.values_list("amount_vnd", flat=True)) == 0
    call_command("verify_ledger", stdout=StringIO())


def test_a_payment_that_is_owed_leaves_the_books_whole(client: Client, agency: Any) -> None:
    for each in (PAYMENT, FILED):
        hand_over(client, each)
        work()

    assert work() == []
    assert Order.objects.get().receipt is not None
    call_command("verify_ledger", stdout=StringIO())


@pytest.mark.parametrize(
    "broken",
    [{"SoTien": "400000"}, {"SoTien": True}, {"SoTien": 10**30}, {"MaThamChieu": None}, {"LoaiTien": "USD"}, {"TrangThai": "Huy"}],
    ids=str,
)
def test_a_payment_that_cannot_be_understood_is_kept_for_a_person(client: Client, agency: Any, broken: dict[str, Any]) -> None:
    hand_over(client, filing_body())
    work()
    assert hand_over(client, PAYMENT | broken) == 202

    assert len(work()) == 1
    assert InboundCall.objects.get().handled_at is None


def test_the_same_remote_id_with_another_content_is_refused_and_the_first_stands(client: Client, agency: Any) -> None:
    assert [hand_over(client, QUESTION), hand_over(client, QUESTION | {"NoiDung": "Khác"})] == [202, 409]
    assert [hand_over(client, FILED), hand_over(client, FILED | {"ChuHoSo": "Khác"})] == [202, 409]
    assert InboundCall.objects.get().body["NoiDung"] == QUESTION["NoiDung"]


@pytest.mark.parametrize("word", ["Khac", 7, None, ["HoSo"]])
def test_an_unknown_kind_of_call_is_refused(client: Client, word: Any) -> None:
    assert hand_over(client, QUESTION | {"LoaiBanTin": word}) == 400
    assert not InboundCall.objects.exists()


def test_a_call_without_its_dossier_waits_a_day_and_then_asks_a_person(client: Client) -> None:
    hand_over(client, SUPPLEMENT)
    assert work() == []
    message = OutboxMessage.objects.get(stream="inbound")
    assert (message.tries, message.last_error) == (0, "waits for its dossier")
    old = claim("inbound", now=technical_now() + (message.not_before - message.created_at) * 2)
    from dataclasses import replace
    from datetime import timedelta

    [(_message, outcome)] = handler_of("inbound")([replace(old[0], created_at=old[0].created_at - timedelta(days=2))])

    assert isinstance(outcome, Park)


def test_the_answer_to_a_question_reaches_the_portal(client: Client, agency: Any, national: Any) -> None:
    from dossiers.national.inbound_calls import answer_call

    filed = {"kind": "question", "asker": "Lưu Thị Nghĩa", "text": "Bao giờ có kết quả?"}
    remote_id = national.post_json("/npsp/inbound", filed, "demo-sandbox-admin").json()["remote_id"]
    hand_over(client, QUESTION | {"remote_id": remote_id, "HoSoId": ""})
    work()
    clerk = staff("supervisor")
    answer_call(InboundCall.objects.get(), by=By(clerk, technical_now()), text="Trước ngày 5 tháng 11.")

    with override_settings(NATIONAL_HMAC_KEY="old key"):
        [(_message, outcome)] = handler_of("reply")(claim("reply", now=technical_now()))
        assert isinstance(outcome, Retry)
    assert OperatorAlert.objects.get(ended_at__isnull=True).about == "national.replies"
    for _round in range(2):  # the second delivery of the same answer changes nothing there
        OutboxMessage.objects.filter(stream="reply").update(done_at=None, lease_until=None)
        [(_message, outcome)] = handler_of("reply")(claim("reply", now=technical_now()))
        assert isinstance(outcome, Done)
    assert not OperatorAlert.objects.filter(ended_at__isnull=True).exists()
