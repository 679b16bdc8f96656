"""Our words in the codes of both generations: nothing is missing, the clashes are kept apart, and no setting reaches them."""

import hashlib
from typing import Any

import pytest
from django.conf import settings

from dossiers.models import Party
from dossiers.national import mapping2026, mapping_provincial
from dossiers.national.adapters import ADAPTERS
from dossiers.national.faults import Malformed
from dossiers.states import NATIONAL_STATUS, State
from portal.core.canonical import canonical
from procedures.models import Channel, FeeRule

GENERATIONS = [mapping2026, mapping_provincial]


def content(**changes: Any) -> dict[str, Any]:
    """A step in our words, as `dossiers.snapshot` writes it."""
    return {
        "schema": 2,
        "code": "H26-261102-0001",
        "seq": 1,
        "state": "accepted",
        "previous_state": "",
        "portal_state": 2,
        "occurred_at": "2026-11-02T09:00:00+07:00",
        "business_date": "2026-11-02",
        "agency": "UBND phường Ba Đình",
        "receiving_office": "Trung tâm Phục vụ hành chính công thành phố Hà Nội",
        "accepted_at": "2026-11-02T09:00:00+07:00",
        "due_at": "2026-11-05T17:00:00+07:00",
        "procedure": "1.004873",
        "procedure_name": "Cấp Giấy xác nhận tình trạng hôn nhân",
        "field": "Hộ tịch",
        "title": "Xác nhận tình trạng hôn nhân",
        "owner_name": "Nguyễn Thị Ước",
        "owner_kind": "person",
        "channel": "direct",
        "filed_at_national": False,
        "filed_at": "2026-11-02T09:00:00+07:00",
        "province": "01",
        "papers": [{"name": "Tờ khai", "key": "to-khai", "originals": 1, "copies": 2, "sha256": "ab" * 32}],
        "fees": [{"name": "Lệ phí", "kind": "levy", "amount_vnd": 8000, "exempt": False}],
    } | changes


@pytest.mark.parametrize("mapping", GENERATIONS, ids=["2026", "provincial"])
def test_every_word_of_ours_has_a_code(mapping: Any) -> None:
    assert {State(word): number for word, number in mapping.STATUS.items()} == NATIONAL_STATUS
    assert set(mapping.STATUS) == set(State)
    assert set(mapping.CHANNEL) == set(Channel.values)
    assert set(mapping.SUBJECT) == set(Party.Kind.values)
    assert set(mapping.FEE_KIND) == set(FeeRule.Kind.values)
    assert set(mapping.FILED_AT_NATIONAL) == {True, False}


def test_the_kind_of_owner_is_another_number_in_each_generation() -> None:
    """0 is a citizen in the newer one; in the older one 1 is, and 0 is nobody. A household business is a business there, and 2 here."""
    assert [mapping2026.SUBJECT[kind] for kind in ("person", "organisation", "household")] == [0, 1, 2]
    assert [mapping_provincial.SUBJECT[kind] for kind in ("person", "organisation", "household")] == ["1", "2", "2"]


@pytest.mark.parametrize("state", list(State))
def test_each_state_is_told_in_both_generations(state: State) -> None:
    step = content(seq=2, state=state.value)

    assert mapping2026.body_of(step)["TrangThaiHoSo"] == NATIONAL_STATUS[state]
    assert mapping_provincial.progress_of(step)["TrangThai"] == str(NATIONAL_STATUS[state])
    assert ("NgayTuChoi" in mapping2026.body_of(step)) is (state is State.REFUSED)


@pytest.mark.parametrize(
    ("change", "what"),
    [({"state": "lost"}, "state"), ({"channel": "pigeon"}, "channel"), ({"owner_kind": "robot"}, "owner"), ({"state": None}, "state")],
)
def test_a_word_without_a_code_is_refused_by_name(change: dict[str, Any], what: str) -> None:
    with pytest.raises(Malformed, match=what):
        mapping2026.body_of(content(**change))
    with pytest.raises(Malformed, match=what):
        mapping_provincial.dossier_of(content(**change), {})


def test_papers_and_fees_say_what_they_are() -> None:
    body = mapping2026.body_of(content())

    assert [(paper["LoaiBan"], paper["SoLuong"]) for paper in body["TaiLieuNop"]] == [(0, 1), (1, 2), (2, 1)]
    assert body["DanhSachLePhi"] == [
        {"TenPhiLePhi": "Lệ phí", "LoaiPhiLePhi": 2, "HinhThucThu": 1, "Gia": 8000, "DuocThanhToanTrucTuyen": 3}
    ]
    undecided = [{"name": "Lệ phí", "kind": "levy", "amount_vnd": None, "exempt": False}]
    assert mapping2026.body_of(content(fees=undecided, channel="online"))["DanhSachLePhi"] == []


def test_a_repetition_carries_the_same_bytes_for_ever() -> None:
    """If this fails, rows that were sent before an upgrade would be sent with other bytes after it: add a version instead."""
    body = canonical(mapping2026.body_of(content()))

    assert hashlib.sha256(body).hexdigest() == "535f2c13ddafcfbb035649ce6d31be8820dab36e4445301b1f25c10e7377f0f5"


def test_a_finished_body_of_the_first_version_is_sent_as_it_is() -> None:
    old = {"MaHoSo": "H26-261102-0001", "TrangThaiHoSo": 2}

    assert mapping2026.body_of(old) == old


def test_no_setting_changes_a_code() -> None:
    """The setting names an adapter; nothing that a person can configure holds a state or its number."""
    names = [name for name in dir(settings) if name.startswith(("NATIONAL", "STATUS", "PORTAL_STATE"))]

    secrets = {"NATIONAL_CLIENT_ID", "NATIONAL_CLIENT_SECRET", "NATIONAL_HMAC_KEY", "NATIONAL_HMAC_KEY_PREVIOUS"}
    assert set(names) == {"NATIONAL_GENERATION", "NATIONAL_UNIT_CODE", "NATIONAL_URL"} | secrets
    assert all(isinstance(getattr(settings, name), str) for name in names)
    assert settings.NATIONAL_GENERATION in ADAPTERS
