"""A walk-in by test client: no JavaScript, every page submitted as it was rendered."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from counters.models import Visit
from dossiers.models import Dossier, Draft, DraftFile, Paper
from portal.core.clock import business_now
from portal.core.db import acting_as
from procedures.formschema.answers import post_data
from procedures.formschema.library import sample_answers
from procedures.models import Procedure, ProcedureVersion
from tests.counters.conftest import Seat
from tests.counters.rendered import form_values
from tests.factories import who

pytestmark = pytest.mark.django_db
MARITAL_STATUS, LAND_DISPUTE = "1.004873", "1.012812"
CARD = "048198003456|201234567|Lê Thị Hồng Vân|30061998|Nữ|21 đường Bạch Đằng, Phường Hải Châu, Thành phố Đà Nẵng|12042022"


def begun(seat: Seat, procedure: str = MARITAL_STATUS) -> str:
    """The address of a draft of the person on the card."""
    read = seat.client.post("/quay/tiep-nhan/", {"card": CARD, "go": "1"})
    assert read.status_code == 200
    person = form_values(read, action="/quay/tiep-nhan/")
    started = seat.client.post("/quay/tiep-nhan/", person | {"code": procedure})
    assert started.status_code == 302
    return str(started.headers["Location"])


def draft_at(url: str) -> Draft:
    draft: Draft = Draft.objects.get(pk=url.rstrip("/").rsplit("/", 1)[-1])
    return draft


def filled(seat: Seat, url: str, **changes: Any) -> dict[str, Any]:
    """The rendered form of the draft with the sample's answers typed in and every required paper ticked."""
    values = form_values(seat.client.get(url), form_id="intake")
    draft = draft_at(url)
    posted = post_data(draft.case.form, sample_answers(draft.version.procedure.code))
    values |= {name: posted.getlist(name) if len(posted.getlist(name)) > 1 else posted[name] for name in posted}
    values |= {f"has-{each.key}": "on" for each in draft.case.requirements.filter(kind="required", is_declaration=False)}
    return values | {"p-phone": "0935112233"} | changes


def first_paper(url: str) -> str:
    """The key of the draft's first component that is asked whatever the answers are."""
    return str(
        draft_at(url).case.requirements.filter(is_declaration=False, show__isnull=True).order_by("seq").values_list("key", flat=True)[0]
    )


def photo(name: str, colour: str) -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), colour).save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), content_type="image/jpeg")


def test_the_card_fills_the_person_and_a_few_letters_find_the_procedure(hanoi: Seat) -> None:
    read = hanoi.client.post("/quay/tiep-nhan/", {"card": CARD, "go": "1"})
    person = form_values(read, action="/quay/tiep-nhan/")
    assert {name: person[name] for name in ("owner_name", "owner_personal_id", "owner_birth_date", "owner_sex")} == {
        "owner_name": "Lê Thị Hồng Vân",
        "owner_personal_id": "048198003456",
        "owner_birth_date": "30/06/1998",
        "owner_sex": "female",
    }

    found = hanoi.client.post("/quay/tiep-nhan/", person | {"q": "khai s"})

    page = found.content.decode()
    assert page.count('name="code"') <= 20
    assert page.index("1.001193") < page.index("1.004884")


def test_from_card_to_slip_in_another_province(hanoi: Seat) -> None:
    url = begun(hanoi)
    values = filled(hanoi, url)
    assert values["subject_full_name"] == "Lê Thị Hồng Vân"

    taken = hanoi.client.post(url, values | {"action": "submit"})

    dossier = Dossier.objects.get()
    assert taken.headers["Location"] == f"/quay/ho-so/{dossier.code}/da-nhan/"
    assert (dossier.state, dossier.acceptance, dossier.receiving_office) == ("accepted", "counter", hanoi.office)
    assert dossier.agency is not None
    assert dossier.agency.name == "UBND phường Hải Châu, thành phố Đà Nẵng"
    assert list(dossier.parties.order_by("pk").values_list("role", "name")) == [
        (role, "Lê Thị Hồng Vân") for role in ("owner", "subject", "submitter", "collector")
    ]
    assert Visit.objects.get().purpose == "filing"
    done = hanoi.client.get(taken.headers["Location"])
    slip = dossier.documents.get(kind="receipt_slip")
    assert f"/tai-lieu/{slip.verification_code}/?in=1" in done.content.decode()
    assert hanoi.client.get(f"/tai-lieu/{slip.verification_code}/?in=1").status_code == 200


def test_sending_it_twice_leads_to_the_same_dossier(hanoi: Seat) -> None:
    url = begun(hanoi)
    values = filled(hanoi, url) | {"action": "submit"}

    first, second = hanoi.client.post(url, values), hanoi.client.post(url, values)

    assert first.headers["Location"] == second.headers["Location"]
    assert (Dossier.objects.count(), Visit.objects.count()) == (1, 1)
    assert hanoi.client.get(url).headers["Location"] == first.headers["Location"]


def test_an_exempted_procedure_is_only_registered(hanoi: Seat) -> None:
    url = begun(hanoi, LAND_DISPUTE)
    page = hanoi.client.get(url).content.decode()
    assert "1.012812" in page
    values = form_values(hanoi.client.get(url), form_id="intake")
    draft = draft_at(url)
    values |= {f"has-{each.key}": "on" for each in draft.case.requirements.filter(kind="required", is_declaration=False)}
    values |= {
        "applicant_kind": "person",
        "full_name": "Lê Thị Hồng Vân",
        "birth_date": "30/06/1998",
        "id_kind": "personal_id",
        "personal_id": "048198003456",
        "contact_address": "21 đường Bạch Đằng",
        "phone": "0935112233",
        "request_text": "Đề nghị hòa giải tranh chấp ranh giới thửa đất với hộ liền kề.",
        "place_text": "Phường Hải Châu, Thành phố Đà Nẵng",
    }

    taken = hanoi.client.post(url, values | {"action": "submit"})

    assert taken.status_code == 302, taken.context["errors"]
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.acceptance, dossier.due_at) == ("submitted", "agency", None)
    kinds = set(dossier.documents.values_list("kind", flat=True))
    assert ("acknowledgement" in kinds, "receipt_slip" in kinds) == (True, False)


def test_two_photos_survive_a_bad_field_and_a_restart(hanoi: Seat) -> None:
    url = begun(hanoi)
    key = first_paper(url)
    bad = filled(hanoi, url, **{"p-phone": "12", f"files-{key}": [photo("mat-truoc.jpg", "red"), photo("mat-sau.jpg", "blue")]})

    refused = hanoi.client.post(url, bad | {"action": "submit"})

    assert refused.status_code == 422
    again = hanoi.client.get(url).content.decode()
    for page in (refused.content.decode(), again):
        assert ("mat-truoc.jpg" in page, "mat-sau.jpg" in page, 'value="12"' in page) == (True, True, True)
    assert not Dossier.objects.exists()

    good = form_values(hanoi.client.get(url), form_id="intake") | {"p-phone": "0935112233", "action": "submit"}
    assert hanoi.client.post(url, good).status_code == 302
    with acting_as(who(hanoi.user).scope):
        assert Paper.objects.exclude(storage_key="").count() == 2


def test_a_wrong_file_is_named_and_nothing_typed_is_lost(hanoi: Seat) -> None:
    url = begun(hanoi)
    key = first_paper(url)
    page = SimpleUploadedFile("ghi-chu.exe", b"MZ\x90\x00", content_type="application/octet-stream")

    refused = hanoi.client.post(url, filled(hanoi, url, **{f"files-{key}": page}) | {"action": "submit"})

    assert refused.status_code == 422
    assert "ghi-chu.exe" in refused.content.decode()
    assert not DraftFile.objects.exists()
    assert not Dossier.objects.exists()
    assert draft_at(url).parties["phone"] == "0935112233"


def test_a_missing_paper_and_an_unknown_place_are_said_at_once(hanoi: Seat) -> None:
    url = begun(hanoi, "1.001193")
    values = form_values(hanoi.client.get(url), form_id="intake") | {"birth_place_text": "Xã Không Có Đâu, Tỉnh Mơ", "action": "submit"}

    refused = hanoi.client.post(url, values)

    assert refused.status_code == 422
    anchors = [line.anchor for line in refused.context["errors"]]
    assert "id_has-giay-chung-sinh-hoac-van-ban-nguoi-lam-chung-giay-cam-doan" in anchors
    assert form_values(refused, form_id="intake")["birth_place_text"] == "Xã Không Có Đâu, Tỉnh Mơ"


def test_a_stale_page_keeps_both_versions(hanoi: Seat) -> None:
    url = begun(hanoi)
    stale = filled(hanoi, url, subject_full_name="Tên Ở Cửa Sổ Cũ")
    hanoi.client.post(url, filled(hanoi, url, subject_full_name="Tên Đã Lưu") | {"action": "save"})

    conflict = hanoi.client.post(url, stale | {"action": "save"})

    assert conflict.status_code == 409
    page = conflict.content.decode()
    assert "Tên Đã Lưu" in page
    assert form_values(conflict, form_id="intake")["subject_full_name"] == "Tên Ở Cửa Sổ Cũ"
    assert draft_at(url).answers["subject_full_name"] == "Tên Đã Lưu"
    overwritten = hanoi.client.post(url, form_values(conflict, form_id="intake") | {"action": "save"})
    assert (overwritten.status_code, draft_at(url).answers["subject_full_name"]) == (302, "Tên Ở Cửa Sổ Cũ")


def test_an_expired_draft_says_so(hanoi: Seat) -> None:
    url = begun(hanoi)
    Draft.objects.update(expires_at=business_now() - timedelta(minutes=1))

    gone = hanoi.client.get(url)

    assert (gone.status_code, f"q={MARITAL_STATUS}" in gone.content.decode()) == (410, True)


def test_an_expired_draft_shows_what_is_kept_and_what_was_just_typed(hanoi: Seat) -> None:
    url = begun(hanoi)
    kept = {"subject_full_name": "Trần Thị Ước Đã Lưu", "p-owner_address": "9 đường Trần Phú", "p-phone": "0935112233"}
    hanoi.client.post(url, filled(hanoi, url, **kept) | {"action": "save"})
    stale = form_values(hanoi.client.get(url), form_id="intake")
    Draft.objects.update(expires_at=business_now() - timedelta(minutes=1))
    before = draft_at(url)

    shown = hanoi.client.get(url)
    posted = hanoi.client.post(url, stale | {"subject_full_name": "Lê Văn Vừa Gõ", "action": "submit"})

    for answer in (shown, posted):
        page = answer.content.decode()
        assert (answer.status_code, [text for text in kept.values() if text not in page]) == (410, [])
    assert ("Lê Văn Vừa Gõ" in shown.content.decode(), "Lê Văn Vừa Gõ" in posted.content.decode()) == (False, True)
    assert (draft_at(url).answers, draft_at(url).parties) == (before.answers, before.parties)
    assert not Dossier.objects.exists()


def test_a_closed_procedure_is_refused_with_everything_typed(hanoi: Seat) -> None:
    url = begun(hanoi)
    values = filled(hanoi, url)
    Procedure.objects.filter(code=MARITAL_STATUS).update(ended_on=business_now().date())

    refused = hanoi.client.post(url, values | {"action": "submit"})

    assert refused.status_code == 422
    assert form_values(refused, form_id="intake")["subject_full_name"] == values["subject_full_name"]
    assert not Dossier.objects.exists()
    start = hanoi.client.post("/quay/tiep-nhan/", {"owner_name": "Lê Thị Hồng Vân", "code": MARITAL_STATUS})
    assert (start.status_code, form_values(start, action="/quay/tiep-nhan/")["owner_name"]) == (422, "Lê Thị Hồng Vân")


def test_another_counter_sees_neither_draft_nor_dossier(hanoi: Seat, saigon: Seat) -> None:
    url = begun(hanoi)
    assert saigon.client.get(url).status_code == 404
    assert saigon.client.post(url, {"action": "save"}).status_code == 404
    hanoi.client.post(url, filled(hanoi, url) | {"action": "submit"})
    code = Dossier.objects.get().code

    for path in (url, f"/quay/ho-so/{code}/", f"/quay/ho-so/{code}/da-nhan/", f"/quay/cho-tiep-nhan/{code}/", f"/quay/tra-ket-qua/{code}/"):
        assert saigon.client.get(path).status_code == 404, path
    for path in (f"/quay/ho-so/{code}/rut/", f"/quay/ho-so/{code}/nhac/"):
        assert saigon.client.post(path, {"text": "x", "reason": "x" * 20}).status_code == 404, path


def test_the_preview_names_agency_and_date_without_saving(hanoi: Seat) -> None:
    url = begun(hanoi)
    revision = draft_at(url).revision

    panel = hanoi.client.post(url, filled(hanoi, url), headers={"HX-Request": "true"})

    text = panel.content.decode()
    assert panel.status_code == 200
    assert "UBND phường Hải Châu" in text
    assert "<html" not in text
    assert draft_at(url).revision == revision


@pytest.fixture
def newer() -> Callable[[], ProcedureVersion]:
    """A new version of the marital status procedure takes effect today."""

    def published() -> ProcedureVersion:
        old = ProcedureVersion.objects.get(procedure__code=MARITAL_STATUS)
        case = old.cases.get()
        new = ProcedureVersion.objects.get(pk=old.pk)
        new.pk, new.number, new.state = None, old.number + 1, "draft"
        new._state.adding = True
        new.effective_from, new.decision_number = business_now().date(), "99/QĐ-TEST"
        new.save()
        case.pk, case.version = None, new
        case._state.adding = True
        case.save()
        new.state = "published"
        new.save(update_fields=["state"])
        return new

    return published


def test_an_open_draft_is_warned_and_moves_over(hanoi: Seat, newer: Callable[[], ProcedureVersion]) -> None:
    url = begun(hanoi)
    hanoi.client.post(url, filled(hanoi, url) | {"action": "save"})
    version = newer()

    page = hanoi.client.get(url)
    assert "99/QĐ-TEST" in page.content.decode()
    hanoi.client.post(url, form_values(page, form_id="intake") | {"action": "move"})

    moved = draft_at(url)
    assert (moved.version, moved.answers["subject_full_name"]) == (version, "Lê Thị Hồng Vân")
