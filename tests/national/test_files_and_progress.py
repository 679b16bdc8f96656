"""What the 2026 generation gets besides states: papers and results before the step that names them, who handles it, supplements."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from dossiers.actions.decide import Proposal, claim, propose, send_back
from dossiers.actions.file import PaperInput
from dossiers.actions.hand_back import Collector, arrive, call_result_to, hand_back
from dossiers.actions.supplement import Asked, answer_supplement, ask_supplement
from dossiers.actions.transition import By
from dossiers.documents.deliver import make_pdf
from dossiers.models import CodeCounter, Dossier, IssuedDocument, NationalFile
from dossiers.national import client, files
from dossiers.national.generation2026 import item_of
from dossiers.national.mapping_provincial import dossier_of, progress_of
from dossiers.national.port import Step
from dossiers.national.words import ACT, TITLE
from dossiers.snapshot import INSIDE
from dossiers.states import Actor
from portal.core.db import acting_as
from portal.outbox.models import OperatorAlert, OutboxMessage
from portal.outbox.tasks import drain_once
from tests.factories import MONDAY, OWNER_ID, TODAY, centre, committee, decided, filed, routed, staff, staffed, who
from tests.national.test_deliver import _hundreds, due_now, head, messages
from tests.sandbox.client import Services

pytestmark = pytest.mark.django_db
TEXT = b"%PDF-1.7 to khai "


@pytest.fixture(autouse=True)
def new_codes(db: None) -> None:
    CodeCounter.objects.create(office=centre(), day=TODAY, last=next(_hundreds))


def paper(content: bytes, **changes: Any) -> PaperInput:
    """A scanned paper; what is kept is not what arrived, as with a picture that was drawn anew."""
    arrived = hashlib.sha256(b"arrived as " + content).hexdigest()
    key = default_storage.save("uploads/test/paper", ContentFile(content))
    return replace(PaperInput("to-khai", "Tờ khai", storage_key=key, size=9, sha256=arrived), **changes)


def drain(rounds: int = 1) -> None:
    for _round in range(rounds):
        due_now()
        drain_once("national")


def steps_of(services: Services, dossier: Dossier) -> list[dict[str, Any]]:
    return list(services.signed("GET", f"/npsp/v2/dossiers/{dossier.code}").json()["steps"])


def file_id(services: Services, content: bytes) -> str:
    """Under which id the portal has these bytes: the same bytes again are no second file there."""
    return str(services.signed("POST", "/npsp/v2/files", content, X_File_Name="x").json()["IdTepTin"])


def bring_to_the_agency(papers: list[PaperInput]) -> tuple[Dossier, Any, Any]:
    officer, leader = staffed(committee())
    return routed(filed(papers=papers).dossier), officer, leader


def test_a_paper_is_there_before_the_step_that_names_it_and_goes_once(national: Services) -> None:
    content = TEXT + b"1"
    one = paper(content)
    first, second = filed(papers=[one]).dossier, filed(papers=[one]).dossier

    drain()

    assert [head(national, first), head(national, second)] == [1, 1]
    [row] = NationalFile.objects.all()
    assert (row.source, row.sha256, row.remote_id) == (one.sha256, hashlib.sha256(content).hexdigest(), file_id(national, content))
    [told] = steps_of(national, first)[0]["body"]["TaiLieuNop"]
    assert (told["IdTepTin"], told["HashTepTin"], told["LoaiBan"]) == (row.remote_id, row.sha256, 2)


@pytest.mark.parametrize("kind", ["refuse", "error_503", "error_504", "html_garbage", "truncated_json", "reset_mid_body"])
def test_an_upload_that_fails_is_tried_again_and_the_step_waits_for_it(national: Services, kind: str) -> None:
    content = TEXT + kind.encode()
    client._bearer()
    national.fault(kind, count=1, path="/npsp/v2/files")
    dossier, other = filed(papers=[paper(content)]).dossier, filed().dossier

    drain()

    [message] = messages(dossier)
    assert (message.done_at, message.tries, message.refusals) == (None, 1, 0)
    assert [head(national, dossier), head(national, other)] == [0, 1], "only its own dossier waits"
    drain()
    assert head(national, dossier) == 1
    assert NationalFile.objects.get().remote_id == file_id(national, content)


def test_uploads_that_are_not_admitted_call_a_person_once_until_one_is(national: Services) -> None:
    content = TEXT + b"refused"
    dossier, other = filed(papers=[paper(content)]).dossier, filed().dossier
    national.fault("token_expired", path="/npsp/v2/files")

    drain(2)

    [message] = messages(dossier)
    assert (message.done_at, message.tries) == (None, 0)
    assert head(national, other) == 1
    alert = OperatorAlert.objects.get()
    assert (alert.kind, alert.about, alert.ended_at) == ("stopped", "national.files", None)
    national.no_faults()
    drain()
    assert head(national, dossier) == 1
    assert not OperatorAlert.objects.filter(ended_at__isnull=True).exists()


def test_the_bytes_of_a_step_are_the_same_at_every_try(national: Services) -> None:
    content = TEXT + b"same"
    dossier = filed(papers=[paper(content)]).dossier
    national.fault("lost_write", count=1, path="/npsp/v2/messages")
    drain()
    [message] = messages(dossier)
    assert (message.done_at is not None, head(national, dossier)) == (True, 0)
    OutboxMessage.objects.filter(pk=message.pk).update(done_at=None)
    national.fault("timeout_after", count=1, path="/npsp/v2/messages", params={"seconds": 0})

    drain(3)

    [step] = steps_of(national, dossier)
    kept = files._known({row.source for row in NationalFile.objects.all()})
    again = json.loads(item_of(Step(dossier.code, 1, "create", message.key, messages(dossier)[0].payload, files=kept)))
    assert step["body_hash"] == again["body_hash"]
    assert messages(dossier)[0].done_at is not None


def test_a_file_that_is_not_in_the_store_asks_a_person_and_holds_nobody_else(national: Services) -> None:
    dossier, other = filed(papers=[paper(TEXT, storage_key="uploads/test/gone")]).dossier, filed().dossier

    drain(3)

    [message] = messages(dossier)
    assert message.parked_at is not None
    assert "cannot be handed over" in message.parked_reason
    assert [head(national, dossier), head(national, other)] == [0, 1]


def test_what_the_portal_was_told_a_file_is_called_never_changes(national: Services) -> None:
    filed(papers=[paper(TEXT + b"fixed")])
    drain()
    for statement in (
        "UPDATE dossiers_nationalfile SET remote_id = 'x'",
        "DELETE FROM dossiers_nationalfile",
        "TRUNCATE dossiers_nationalfile",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_step_that_names_a_file_which_was_never_uploaded_is_refused_by_the_portal(national: Services) -> None:
    from tests.sandbox.client import create

    nobody = [{"TenTepDinhKem": "a", "IdTepTin": "5f0f7c1e-0000-4000-8000-000000000001", "HashTepTin": "0" * 64}]
    answer = national.send(create("H26.77-261122-0001", TaiLieuNop=nobody)).json()["items"][0]

    assert answer["result"] == "invalid"
    assert "chưa được tải lên" in answer["reason"]


def test_what_moves_a_dossier_inside_is_progress_and_what_changes_its_state_says_who_did_it(national: Services) -> None:
    dossier, officer, leader = bring_to_the_agency([])
    agency = dossier.agency
    assert agency is not None
    with acting_as(who(officer).scope):
        claim(dossier, by=By(officer, MONDAY, agency=agency))
        dossier.refresh_from_db()
        kind = dossier.version.results.filter(outcome="grant").order_by("pk").first()
        assert kind is not None
        proposal = Proposal(type=kind, summary="Cấp giấy xác nhận tình trạng hôn nhân.", serial="BA 1")
        propose(dossier, by=By(officer, MONDAY, agency=agency), proposal=proposal, expected_version=dossier.state_version)
        dossier.refresh_from_db()
    with acting_as(who(leader).scope):
        send_back(dossier, by=By(leader, MONDAY, agency=agency), reason="Thiếu căn cứ pháp lý", expected_version=dossier.state_version)

    drain(6)

    steps = steps_of(national, dossier)
    assert [(step["kind"], step["body"].get("NoiDungXuLy")) for step in steps] == [
        ("create", None),
        ("progress", ACT["hand_over"]),
        ("status", ACT["claim"]),
        ("progress", ACT["propose"]),
        ("progress", ACT["send_back"]),
    ]
    bodies = [step["body"] for step in steps]
    assert [body.get("NguoiXuLy") for body in bodies[1:]] == ["Hệ thống Một Cửa", officer.full_name, officer.full_name, leader.full_name]
    assert [body.get("ChucDanh") for body in bodies[1:]] == [TITLE[each] for each in ("system", "officer", "officer", "leader")]
    assert [body.get("TrangThai") or body["TrangThaiHoSo"] for body in bodies] == [2, 2, 4, 4, 4]
    assert bodies[1]["PhongBanXuLy"] == bodies[1]["DonViXuLy"] == agency.name
    assert {"ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh"} <= set(bodies[3])
    told = messages(dossier)
    assert [message.sequence for message in told] == [1, 2, 3, 4, 5]
    assert progress_of(told[3].payload)["NoiDungXuLy"] == ACT["propose"]


def test_the_result_goes_with_the_step_of_its_signature_once_its_pdf_is_there(national: Services) -> None:
    dossier, officer, leader = bring_to_the_agency([])
    decided(dossier, officer, leader)
    drain(8)
    signed = next(message for message in messages(dossier) if message.payload["verb"] == "sign")
    assert (signed.done_at, signed.tries, signed.last_error) == (None, 0, "the document has no PDF yet")
    document = IssuedDocument.objects.get(kind="result")
    make_pdf(document)
    document.refresh_from_db()

    drain(3)

    step = steps_of(national, dossier)[signed.sequence - 1]
    [result] = step["body"]["DanhSachGiayToKetQua"]
    row = NationalFile.objects.get(source=document.verification_code)
    assert (result["IdTepTin"], result["HashTepTin"]) == (row.remote_id, document.sha256)
    assert (step["kind"], step["body"]["NguoiXuLy"], step["body"]["TrangThaiHoSo"]) == ("status", leader.full_name, 9)


def test_where_no_pdf_can_be_made_the_page_goes_after_an_hour(national: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier, officer, leader = bring_to_the_agency([])
    decided(dossier, officer, leader)
    monkeypatch.setattr(files, "PDF_PATIENCE", timedelta())

    drain(8)

    document = IssuedDocument.objects.get(kind="result")
    assert NationalFile.objects.get(source=document.verification_code).sha256 == hashlib.sha256(document.html.encode()).hexdigest()
    assert head(national, dossier) == len(messages(dossier))


def test_a_supplement_is_told_with_what_was_asked_what_came_and_both_dates(national: Services) -> None:
    dossier, officer, _leader = bring_to_the_agency([])
    agency = dossier.agency
    with acting_as(who(officer).scope):
        claim(dossier, by=By(officer, MONDAY, agency=agency))
        dossier.refresh_from_db()
        items = [Asked("Giấy khai sinh", "Chưa nộp", "giay-khai-sinh")]
        by = By(officer, MONDAY, agency=agency)
        ask_supplement(dossier, by=by, items=items, answer_by=TODAY + timedelta(days=9), expected_version=dossier.state_version)
        dossier.refresh_from_db()
        old_due_at = dossier.due_at
        item = dossier.supplement_requests.get().items.get()
        scan = paper(TEXT + b"bs")
        item.papers.create(
            dossier=dossier, name=item.title, storage_key=scan.storage_key, sha256=scan.sha256, size=9, added_by=officer, added_at=MONDAY
        )
        later = MONDAY + timedelta(days=3)
        answer_supplement(dossier, by=By(officer, later, agency=agency), answers={item.pk: "Đã nộp"})
    dossier.refresh_from_db()

    drain(6)

    asked, answered = (step["body"]["DanhSachHoSoBoSung"][0] for step in steps_of(national, dossier)[3:5])
    assert (asked["HoSoBoSungId"], asked["TrangThaiBoSung"], asked["NguoiYeuCau"]) == (f"{dossier.code}-BS1", 0, officer.full_name)
    assert (asked["NoiDung"], asked["NgayBoSung"], asked["HanBoSung"]) == ("Giấy khai sinh: Chưa nộp", "20261102090000", "20261111170000")
    assert (answered["HoSoBoSungId"], answered["TrangThaiBoSung"], answered["NguoiTiepNhan"]) == (
        f"{dossier.code}-BS1",
        1,
        officer.full_name,
    )
    assert old_due_at is not None
    assert answered["NgayTiepNhanBoSung"] == "20261105090000"
    assert answered["NgayHenTraTruoc"] < answered["NgayHenTraMoi"]
    assert answered["TaiLieuNop"][0]["IdTepTin"] == NationalFile.objects.get(source=scan.sha256).remote_id
    payload = messages(dossier)[4].payload
    assert dossier_of(payload, {})["DanhSachHoSoBoSung"][0]["TrangThaiBoSung"] == "1"


def test_a_hand_back_says_in_which_way(national: Services) -> None:
    dossier, officer, leader = bring_to_the_agency([])
    decided(dossier, officer, leader)
    office, clerk = centre(), staff("clerk", centre())
    by = By(clerk, MONDAY, office=office)
    dossier.refresh_from_db()
    with acting_as(who(clerk).scope):
        call_result_to(dossier, by=by, office=office)
        dossier.refresh_from_db()
        if dossier.state == "in_transfer_to_counter":
            arrive(dossier, by=by)
        hand_back(dossier, by=by, collector=Collector("Nguyễn Thị Ước", OWNER_ID, identity_checked=True))

    content = messages(dossier)[-1].payload

    assert content["returned"] == "direct"
    assert json.loads(item_of(Step(dossier.code, content["seq"], "status", "k", content)))["body"]["HinhThuc"] == 0
    assert dossier_of(content, {})["HinhThuc"] == "0"
    by_file = content | {"returned": "electronic"}
    assert "HinhThuc" not in json.loads(item_of(Step(dossier.code, content["seq"], "status", "k", by_file)))["body"]


def test_every_inner_step_and_every_role_has_its_words() -> None:
    assert set(ACT) == {verb.value for verb in INSIDE}
    assert set(TITLE) == {actor.value for actor in Actor}
