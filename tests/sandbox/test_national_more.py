"""The named services, the catalogue, the register, what is done there, and what the portal tells about itself."""

import hashlib
import json
from collections.abc import Callable

import pytest

from tests.sandbox.client import Receiver, Services, create, item, legacy_row, status

NewCode = Callable[[], str]
ADMIN = "demo-sandbox-admin"


def named(services: Services, service: str, *items: dict[str, object]) -> list[dict[str, object]]:
    answer = services.signed("POST", f"/npsp/v2/{service}", json.dumps({"items": items}).encode())
    assert answer.status == 200, answer.data
    return list(answer.json()["items"])


def progress(code: str, seq: int) -> dict[str, object]:
    body = {"MaHoSo": code, "NguoiXuLy": "A", "ChucDanh": "B", "PhongBanXuLy": "C", "NoiDungXuLy": "D", "TrangThai": 4,
            "ThoiDiemXuLy": "20261122090000"}  # fmt: skip
    return item(code, seq, body, kind="progress")


def test_create_progress_and_status_by_their_names_share_one_order(services: Services, new_code: NewCode) -> None:
    code = new_code()

    (made,) = named(services, "NoiHoSo", create(code))
    (moved,) = named(services, "CapNhatTienTrinh", {k: v for k, v in progress(code, 2).items() if k != "kind"})
    (ahead,) = named(services, "CapNhatTrangThai", status(code, 4))
    (ended,) = named(services, "CapNhatTrangThai", status(code, 3))

    assert [row["result"] for row in (made, moved, ahead, ended)] == ["applied", "applied", "gap", "applied"]
    assert made["idHoSo"]
    wrong = services.signed("POST", "/npsp/v2/NoiHoSo", json.dumps({"items": [status(code, 4)]}).encode())
    assert wrong.status == 400


def test_a_hundred_items_are_answered_one_by_one(services: Services, new_code: NewCode) -> None:
    codes = [new_code() for _each in range(99)]
    bad = create(new_code(), LoaiDoiTuong=9)

    results = services.results(*[create(code) for code in codes[:50]], bad, *[create(code) for code in codes[50:]])

    assert results == ["applied"] * 50 + ["invalid"] + ["applied"] * 49
    assert services.send(*[create(code) for code in codes], create(codes[0]), create(codes[1])).status == 400


def test_all_days_and_provinces_are_summed_up_in_one_answer(services: Services, new_code: NewCode) -> None:
    codes = sorted(new_code() for _each in range(3))
    services.results(*[create(code, NgayNopHoSo="20260105080000", MaTinh="97") for code in codes])

    found = services.signed("GET", "/npsp/v2/summaries?since=2026-01-05&until=2026-01-05").json()["items"]

    digest = hashlib.sha256("".join(f"{code} 1 2\n" for code in codes).encode()).hexdigest()
    assert found == [{"day": "2026-01-05", "province": "97", "count": 3, "digest": digest}]
    one = services.signed("GET", "/npsp/v2/summary?day=2026-01-05&province=97").json()
    assert one == {"count": 3, "digest": digest}


@pytest.mark.parametrize(
    ("kind", "fields", "word"),
    [
        ("supplement", {"dossier_code": "H26.1-261122-0001", "text": "Thêm bản chụp", "papers": [{"TenTepDinhKem": "a.pdf"}]}, "BoSung"),
        ("payment", {"dossier_code": "H26.1-261122-0001", "reference": "GD-1", "amount": 8000}, "ThanhToan"),
        ("question", {"asker": "Nghĩa", "text": "Bao giờ xong?"}, "HoiDap"),
    ],
)
def test_what_people_do_there_is_handed_over(
    services: Services, receiver: Receiver, kind: str, fields: dict[str, object], word: str
) -> None:
    answer = services.post_json("/npsp/inbound", {"kind": kind} | fields, ADMIN)
    ((path, _headers, body),) = receiver.wait(1)

    told = json.loads(body)
    assert (answer.status, path, told["LoaiBanTin"], told["remote_id"]) == (
        201,
        "/api/v1/national/inbound",
        word,
        answer.json()["remote_id"],
    )
    assert services.post_json("/npsp/inbound", {"kind": kind}, ADMIN).status == 400
    assert services.post_json("/npsp/inbound", {"kind": kind} | fields, "guess").status == 401
    assert services.call("GET", f"/npsp/file/{kind}/").status == 200


def test_a_supplement_may_name_a_filing_whose_code_is_not_known_there(services: Services, receiver: Receiver) -> None:
    filing_id = "5b3f7c1e-0000-4000-8000-000000000001"
    services.post_json("/npsp/inbound", {"kind": "supplement", "filing_id": filing_id, "text": "x"}, ADMIN)
    ((_path, _headers, body),) = receiver.wait(1)

    assert (json.loads(body)["HoSoId"], json.loads(body)["MaHoSo"]) == (filing_id, "")


def test_a_question_is_answered_once(services: Services) -> None:
    asked = services.post_json("/npsp/inbound", {"kind": "question", "asker": "A", "text": "?"}, ADMIN).json()["remote_id"]

    def reply(text: str, remote_id: str = asked) -> int:
        return services.signed("POST", "/npsp/v2/replies", json.dumps({"remote_id": remote_id, "NoiDungTraLoi": text}).encode()).status

    assert [reply("Mai."), reply("Mai."), reply("Không."), reply("Mai.", "x"), reply("Mai.", "5b3f7c1e-0000-4000-8000-000000000009")] == [
        201, 200, 409, 400, 404,
    ]  # fmt: skip


def test_the_catalogue_hands_out_what_changed(services: Services) -> None:
    records = [{"ma_thu_tuc": f"9.{number:06}", "ten_thu_tuc": "Cũ"} for number in range(3)]
    assert services.post_json("/npsp/procedures", {"items": records}, ADMIN).json()["changed"] == 3
    since = services.signed("GET", "/npsp/v2/procedures/9.000002").json()["ngay_thay_doi"].replace("+", "%2B")
    newer = records[1] | {"ten_thu_tuc": "Mới"}
    assert services.post_json("/npsp/procedures", {"items": [records[0], newer], "withdraw": ["9.000002"]}, ADMIN).json() == {
        "changed": 1, "withdrawn": 1,
    }  # fmt: skip

    found: list[tuple[str, int, bool]] = []
    after: str | None = ""
    while after is not None:
        page = services.signed("GET", f"/npsp/v2/procedures?since={since}&limit=1&after={after}").json()
        found += [(row["ma_thu_tuc"], row["phien_ban"], row["bai_bo"]) for row in page["items"]]
        after = page["next"]

    assert found == [("9.000001", 2, False), ("9.000002", 1, True)]
    assert services.signed("GET", "/npsp/v2/procedures?since=yesterday").status == 400
    assert services.post_json("/npsp/procedures", {"items": [{"ten_thu_tuc": "x"}]}, ADMIN).status == 400
    assert "Mới" in services.call("GET", "/npsp/procedures/9.000001/").data.decode()


@pytest.mark.parametrize(
    ("number", "name", "born", "expected"),
    [
        ("001158000931", "LƯU  thị Nghĩa", None, {"result": "confirmed"}),
        ("001158000931", "Luu Thi Nghia", None, {"result": "mismatch", "fields": ["HoVaTen"]}),
        ("001158000931", "Lưu Thị Nghĩa", "1901-02-03", {"result": "mismatch", "fields": ["NgayThangNamSinh"]}),
        ("099999999999", "Lưu Thị Nghĩa", None, {"result": "unknown"}),
    ],
)
def test_the_register_confirms_and_gives_nothing_out(
    services: Services, number: str, name: str, born: str | None, expected: dict[str, object]
) -> None:
    from portal.sandbox.identity.citizens import CITIZENS

    known = next(row for row in CITIZENS if row.citizen_id == "001158000931")
    question = {"SoDinhDanh": number, "HoVaTen": name, "NgayThangNamSinh": born or known.birth_on.isoformat()}

    assert services.post_json("/population/lookup", question, "demo-population-token").json() == expected


@pytest.mark.parametrize("question", [[], {}, {"SoDinhDanh": "1", "HoVaTen": "a", "NgayThangNamSinh": "2000-01-01"}])
def test_the_register_refuses_what_is_no_question(services: Services, question: object) -> None:
    assert services.post_json("/population/lookup", question, "demo-population-token").status == 400
    assert services.post_json("/population/lookup", question, "guess").status == 401


def test_a_person_added_to_the_register_is_known_and_may_be_slow_to_find(services: Services) -> None:
    person = {"SoDinhDanh": "012345678901", "HoVaTen": "Phạm Ước", "NgayThangNamSinh": "1990-02-28"}
    assert services.post_json("/population/residents", person, ADMIN).status == 201
    services.fault("error_503", service="population", count=1)

    statuses = [services.post_json("/population/lookup", person, "demo-population-token").status for _each in range(2)]

    assert statuses == [503, 200]


@pytest.mark.parametrize(
    "wrong",
    [{"LoaiDoiTuong": "0"}, {"KenhThucHien": "4"}, {"DonViXuLy": " "}, {"NgayNopHoSo": "2026"}, {"DanhSachLePhi": [{"HinhThucThu": 3}]}],
)
def test_the_older_generation_has_enumerations_of_its_own(services: Services, new_code: NewCode, wrong: dict[str, object]) -> None:
    session = services.post_json("/npsp/v1/session", {"username": "motcua", "password": "demo-national-secret"}).json()["session"]
    call = {"session": session, "madonvi": "H26", "service": "DongBoHoSoMC", "isUpdating": "False"}
    good, bad = legacy_row(new_code()), legacy_row(new_code()) | wrong

    assert services.post_json("/npsp/v1/service", call | {"data": [good, bad]}).json()["error_code"] == "1"
    assert services.post_json("/npsp/v1/service", {"session": session, "service": "TraCuuHoSo", "mahoso": good["MaHoSo"]}).json()[
        "error_code"
    ] == "2"  # fmt: skip
