"""A dossier filed in one province for another, and every kind of document issued on it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from dossiers.documents.issue import issue
from dossiers.models import Dossier, FeeLine, IssuedDocument, Result, SupplementItem, SupplementRequest
from portal.accounts.models import Role, User
from portal.core.db import acting_as
from tests.factories import MONDAY, centre, committee, filed, staff, staffed, who


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path) -> Iterator[Path]:
    """What a test stores goes to its own folder."""
    default_storage.exists("")  # the lazy object is set up
    before = default_storage._wrapped  # type: ignore[attr-defined]
    default_storage._wrapped = FileSystemStorage(location=tmp_path)  # type: ignore[attr-defined]
    yield tmp_path
    default_storage._wrapped = before  # type: ignore[attr-defined]


@pytest.fixture
def clerk(db: None) -> User:
    return staff(Role.CLERK, centre())


@pytest.fixture
def case(clerk: User) -> Dossier:
    """A marital status dossier filed in Hồ Chí Minh City, which Hà Nội decides, with its fees."""
    dossier = filed(clerk).dossier
    dossier.agency = committee()
    dossier.save(update_fields=["agency"])
    levy = {"kind": "levy", "name": "Lệ phí cấp Giấy xác nhận", "amount_vnd": 12_000, "state": "paid", "beneficiary": committee()}
    FeeLine.objects.create(dossier=dossier, **levy)
    FeeLine.objects.create(dossier=dossier, kind="charge", name="Phí bản sao trích lục", amount_vnd=1_008_000, state="paid")
    FeeLine.objects.create(dossier=dossier, kind="charge", name="Phí còn thiếu", amount_vnd=8_000, state="due")
    return dossier


@pytest.fixture
def signed(case: Dossier) -> Result:
    """The signed result of the case, not yet issued."""
    officer, leader = staffed(committee())
    leader.full_name = "Đặng Hữu Phước"
    leader.save(update_fields=["full_name"])
    kind = case.version.results.order_by("pk").first()
    assert kind is not None
    return Result.objects.create(
        dossier=case,
        type=kind,
        agency=committee(),
        summary="Xác nhận chưa đăng ký kết hôn với ai.",
        number="0042/2026/XNTTHN",
        details={"subject_name": "Nguyễn Thị Ẵm", "status": "Chưa đăng ký kết hôn với ai", "subject_birth_date": "1990-02-03"},
        proposed_by=officer,
        proposed_at=MONDAY,
        signed_by=leader,
        signed_at=MONDAY,
    )


def issue_all(dossier: Dossier, clerk: User, result: Result) -> dict[str, IssuedDocument]:
    """One document of every kind, as the clerk who took the dossier in."""
    kinds = IssuedDocument.Kind
    answer_by = MONDAY.date() + timedelta(days=10)
    request = SupplementRequest.objects.create(dossier=dossier, asked_by=clerk, asked_at=MONDAY, answer_by=answer_by)
    SupplementItem.objects.create(request=request, seq=1, title="Văn bản ủy quyền", reason="Người nộp không phải là chủ hồ sơ")
    collector = SimpleNamespace(name="Nguyễn Thị Ẵm", personal_id="001190000007", ground="Giấy ủy quyền ngày 01/11/2026")
    extras: dict[str, dict[str, object]] = {
        kinds.REFUSAL_SLIP: {"reason": "Không thuộc thẩm quyền.", "guidance": "Nộp tại UBND xã nơi thường trú."},
        kinds.APOLOGY_LETTER: {"reason": "Chờ kết quả xác minh.", "old_due_at": MONDAY, "new_due_at": MONDAY + timedelta(days=5)},
        kinds.STOP_NOTICE: {"reason": "Có tranh chấp đang được Tòa án giải quyết."},
        kinds.RETURN_NOTE: {"reason": "Không còn nhu cầu."},
        kinds.FEE_RECEIPT: {"method": "cash", "payer_name": "Nguyễn Thị Ẵm"},
        kinds.RESULT: {"result": result},
        kinds.HANDOVER_RECEIPT: {"collector": collector},
    }
    office = dossier.receiving_office
    with acting_as(who(clerk).scope):
        return {
            kind.value: issue(dossier, kind=kind, at=MONDAY, actor=clerk, office=office, extra=extras.get(kind))
            for kind in kinds
        }  # fmt: skip
