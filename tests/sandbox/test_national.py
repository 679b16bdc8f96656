import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.client import Services, create, item, legacy_row, status

NewCode = Callable[[], str]


def test_each_step_is_applied_once_and_in_order(services: Services, new_code: NewCode) -> None:
    code = new_code()
    first, second, third = create(code), status(code, 2), status(code, 3, 9, NgayKetThucXuLy="20261124100000")

    assert services.results(first, second) == ["applied", "applied"]
    assert services.results(first, second, third) == ["duplicate", "duplicate", "applied"]

    mirrored = services.signed("GET", f"/npsp/v2/dossiers/{code}").json()
    assert (mirrored["seq"], mirrored["TrangThaiHoSo"], [step["seq"] for step in mirrored["steps"]]) == (3, 9, [1, 2, 3])
    assert mirrored["snapshot"]["ChuHoSo"] == "Nguyễn Thị Ước"


def test_a_gap_names_the_expected_step_and_applies_nothing(services: Services, new_code: NewCode) -> None:
    code = new_code()
    services.results(create(code))

    (answer,) = services.send(status(code, 4)).json()["items"]

    assert (answer["result"], answer["head"], answer["expected"]) == ("gap", 1, 2)
    assert services.head(code) == 1


def test_an_unknown_dossier_expects_its_first_step(services: Services, new_code: NewCode) -> None:
    (answer,) = services.send(status(new_code(), 2)).json()["items"]

    assert (answer["result"], answer["expected"]) == ("gap", 1)


def test_the_same_step_with_another_body_is_a_conflict(services: Services, new_code: NewCode) -> None:
    code = new_code()
    services.results(create(code), status(code, 2))

    (answer,) = services.send(status(code, 2, 5)).json()["items"]

    assert (answer["result"], answer["head"]) == ("conflict", 2)
    assert services.signed("GET", f"/npsp/v2/dossiers/{code}").json()["TrangThaiHoSo"] == 4


def test_two_senders_of_the_same_steps_leave_them_once(services: Services, new_code: NewCode) -> None:
    code = new_code()
    steps = [create(code), *(status(code, seq) for seq in range(2, 12))]
    services.token = services.new_token()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: services.results(*steps), range(4)))

    assert [sorted(column).count("applied") for column in zip(*outcomes, strict=True)] == [1] * 11
    assert services.head(code) == 11


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"TrangThaiHoSo": 11}, "TrangThaiHoSo"),
        ({"TrangThaiHoSo": "0"}, "TrangThaiHoSo"),
        ({"NgayNopHoSo": "2026-11-22"}, "NgayNopHoSo"),
        ({"NgayHenTra": ""}, "NgayHenTra"),
        ({"LoaiDoiTuong": 4}, "LoaiDoiTuong"),
        ({"KenhThucHien": None}, "KenhThucHien"),
        ({"MaTTHC": "khai-sinh"}, "MaTTHC"),
        ({"ChuHoSo": " "}, "ChuHoSo"),
        ({"MaHoSo": "H26.9-261122-9999"}, "MaHoSo"),
        ({"TaiLieuNop": "giấy"}, "TaiLieuNop"),
    ],
)
def test_a_wrong_field_is_named(services: Services, new_code: NewCode, changed: dict[str, object], word: str) -> None:
    code = new_code()

    (answer,) = services.send(create(code, **changed)).json()["items"]

    assert answer["result"] == "invalid"
    assert word in answer["reason"]
    assert services.head(code) == 0


def test_one_bad_item_does_not_hold_up_the_others(services: Services, new_code: NewCode) -> None:
    good, bad = new_code(), new_code()
    forged = create(bad) | {"body_hash": "0" * 64}

    assert services.results(forged, "nothing", create(good)) == ["invalid", "invalid", "applied"]  # type: ignore[arg-type]


def test_progress_adds_a_step_and_leaves_the_state(services: Services, new_code: NewCode) -> None:
    code = new_code()
    progress = {"MaHoSo": code, "NguoiXuLy": "Lê Văn Ất", "ChucDanh": "Chuyên viên", "ThoiDiemXuLy": "20261122100000",
                "PhongBanXuLy": "Tư pháp", "NoiDungXuLy": "Thẩm tra", "TrangThai": 4}  # fmt: skip

    assert services.results(create(code), item(code, 2, progress, kind="progress")) == ["applied", "applied"]
    assert services.signed("GET", f"/npsp/v2/dossiers/{code}").json()["TrangThaiHoSo"] == 2


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"X_Signature": "0" * 64}, "bad_signature"),
        ({"X_Timestamp": "-100"}, "bad_signature"),
        ({"timestamp": "-400"}, "stale_timestamp"),
        ({"timestamp": "soon"}, "stale_timestamp"),
        ({"nonce": "short"}, "bad_nonce"),
        ({"Authorization": "Bearer nobody"}, "invalid_token"),
    ],
    ids=["signature", "other-timestamp", "old", "no-number", "nonce", "token"],
)
def test_a_request_that_is_not_properly_signed_is_refused(services: Services, changed: dict[str, str], error: str) -> None:
    ago = {name: str(int(time.time()) + int(value)) for name, value in changed.items() if value.startswith("-")}
    answer = services.signed("POST", "/npsp/v2/messages", b'{"items":[]}', timeout=15, **(changed | ago))

    assert (answer.status, answer.json()["error"]) == (401 if error == "invalid_token" else 403, error)


def test_a_nonce_serves_once(services: Services) -> None:
    nonce = "n" * 16 + str(time.time_ns())

    first = services.signed("GET", "/npsp/v2/dossiers?day=2026-01-01", nonce=nonce)
    again = services.signed("GET", "/npsp/v2/dossiers?day=2026-01-01", nonce=nonce)

    assert (first.status, again.status, again.json()["error"]) == (200, 403, "replayed_nonce")


def test_wrong_client_secret_gets_no_token(services: Services) -> None:
    form = "grant_type=client_credentials&client_id=motcua&client_secret=guess"
    answer = services.call("POST", "/npsp/v2/token", body=form, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")


def test_codes_are_given_once_even_to_many_at_once(services: Services) -> None:
    body = json.dumps({"MaDonVi": "H26.77", "Ngay": "261122"}).encode()
    services.token = services.new_token()

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: services.signed("POST", "/npsp/v2/GetNextValue", body).json()["MaHoSo"], range(12)))

    assert sorted(codes) == [f"H26.77-261122-{number:04d}" for number in range(1, 13)]


def test_an_uploaded_file_answers_its_fingerprint(services: Services) -> None:
    answer = services.signed("POST", "/npsp/v2/files", b"%PDF-1.7", X_File_Name="to%20khai.pdf")

    assert answer.status == 201
    assert (answer.json()["TenTepTin"], answer.json()["HashTepTin"]) == ("to khai.pdf", hashlib.sha256(b"%PDF-1.7").hexdigest())


def test_comparison_pages_and_summary_agree(services: Services, new_code: NewCode) -> None:
    codes = sorted(new_code() for _ in range(3))
    services.results(*(create(code, NgayNopHoSo="20200305080000", MaTinh="22") for code in codes))

    seen: list[tuple[str, int, int]] = []
    after: str | None = ""
    while after is not None:
        page = services.signed("GET", f"/npsp/v2/dossiers?day=2020-03-05&province=22&limit=2&after={after}").json()
        seen += [(row["MaHoSo"], row["seq"], row["TrangThaiHoSo"]) for row in page["items"]]
        after = page["next"]
    summary = services.signed("GET", "/npsp/v2/summary?day=2020-03-05&province=22").json()

    lines = "".join(f"{code} {seq} {state}\n" for code, seq, state in seen)
    assert seen == [(code, 1, 2) for code in codes]
    assert summary == {"count": 3, "digest": hashlib.sha256(lines.encode()).hexdigest()}


def test_the_pages_show_dossier_steps_and_refusals(services: Services, new_code: NewCode) -> None:
    code = new_code()
    services.results(create(code), status(code, 2), status(code, 9))

    listing = services.call("GET", f"/npsp/?q={code}").data.decode()
    detail = services.call("GET", f"/npsp/dossiers/{code}/").data.decode()

    assert code in listing
    assert "Đang xử lý" in listing
    assert "Bước 2: Cập nhật trạng thái – Đang xử lý" in detail
    assert "Chưa nhận bước 3" in detail


def test_the_older_generation_stores_and_refuses_doubles(services: Services, new_code: NewCode) -> None:
    session = services.post_json("/npsp/v1/session", {"username": "motcua", "password": "demo-national-secret"}).json()["session"]
    code = new_code()
    row = legacy_row(code)
    sync = {"session": session, "madonvi": "H26", "service": "DongBoHoSoMC", "isUpdating": "False", "data": [row]}

    codes = [services.post_json("/npsp/v1/service", body).json()["error_code"] for body in (sync, sync, sync | {"isUpdating": "True"})]

    assert codes == ["0", "3", "0"]
    assert services.post_json("/npsp/v1/service", {"session": session, "service": "TraCuuHoSo", "mahoso": code}).json()["data"] == [row]
    assert services.post_json("/npsp/v1/service", sync | {"session": "x"}).json()["error_code"] == "-2"
