"""Linked procedures at a counter and online: one form, the plan before filing, one page afterwards."""

from typing import Any

import pytest

from counters.models import Visit
from dossiers.actions.drafts import start_draft
from dossiers.models import Dossier, Draft, DraftFile, Matter
from dossiers.views.applicant.acting import Mode, Person, first_parties
from dossiers.views.applicant.frame import profile_of
from portal.core.clock import business_now, technical_now
from portal.core.models import DemoClock
from procedures.formschema.answers import post_data
from procedures.queries import current_version
from tests.counters.conftest import Seat, signed_in
from tests.counters.rendered import form_values
from tests.counters.test_walk_in import begun, draft_at
from tests.dossiers.officer.desk import text_of
from tests.factories import MONDAY, TODAY, citizen
from tests.factories.matters import BIRTH, linked_answers

pytestmark = pytest.mark.django_db
PAPERS = ("giay-chung-sinh-hoac-van-ban-nguoi-lam-chung-giay-cam-doan", "chung-minh-cho-o-hop-phap-khai-thac-csdl")


@pytest.fixture(autouse=True)
def monday() -> None:
    offset = int((MONDAY - technical_now()).total_seconds())
    DemoClock.objects.update_or_create(id=1, defaults={"offset_seconds": offset})


def typed(seat: Seat, url: str) -> dict[str, Any]:
    """The page of the linked draft with the sample typed in and the papers of all its dossiers ticked."""
    values = form_values(seat.client.get(url), form_id="intake")
    posted = post_data(draft_at(url).case.form, linked_answers())
    values |= {name: posted.getlist(name) if len(posted.getlist(name)) > 1 else posted[name] for name in posted}
    return values | {f"has-{key}": "on" for key in PAPERS} | {"p-phone": "0935112233", "chosen_agency": "residence_father"}


def test_a_walk_in_for_a_birth_is_taken_as_one_matter(hanoi: Seat) -> None:
    url = begun(hanoi, "1.001193")
    page = hanoi.client.get(url)
    assert 'value="bundle:3.000722"' in page.content.decode()
    moved = hanoi.client.post(url, form_values(page, form_id="intake") | {"action": "bundle:3.000722"})
    assert moved.headers["Location"] == url
    assert draft_at(url).version.procedure.code == BIRTH

    values = typed(hanoi, url)
    checked = text_of(hanoi.client.post(url, values | {"action": "check"}))
    for words in ("3 hồ sơ, nộp liên thông một lần", "Đăng ký thường trú", "Công an phường Bà Rịa", "Bảo hiểm xã hội", "20.000"):
        assert words in checked, words

    values = typed(hanoi, url)
    first, second = (hanoi.client.post(url, values | {"action": "submit"}) for _time in range(2))

    assert first.status_code == 302, first.context["errors"]
    assert first.headers["Location"] == second.headers["Location"]
    matter, dossier = Matter.objects.get(), Dossier.objects.get()
    assert (Visit.objects.count(), dossier.draft) == (1, draft_at(url))
    done = text_of(hanoi.client.get(first.headers["Location"]))
    for words in (matter.code, dossier.code, "Bắt đầu sau", "Rút một hồ sơ không rút các hồ sơ khác"):
        assert words in done, words
    assert matter.code in text_of(hanoi.client.get(f"/quay/ho-so/{dossier.code}/"))


def test_online_the_check_page_shows_each_dossier_and_the_matter_is_filed_once() -> None:
    user = citizen()
    client = signed_in(user)
    offer = client.get("/thu-tuc/1.001193/").content.decode()
    assert f"/nop-ho-so/{BIRTH}/" in offer
    assert "Đăng ký thường trú" in text_of(client.get(f"/nop-ho-so/{BIRTH}/"))
    version = current_version(BIRTH, TODAY)
    assert version is not None
    parties = first_parties(Mode.SELF, Person(user, profile_of(user)), "") | {"owner_address": "45/12 đường Nguyễn Trãi"}
    draft: Draft = start_draft(
        version,
        version.cases.get(is_default=True),
        owner=user,
        office=None,
        channel="online",
        at=business_now(),
        answers=linked_answers(),
        parties=parties,
    )
    for number, key in enumerate(PAPERS):
        DraftFile.objects.create(
            draft=draft, requirement_key=key, name="a.jpg", content_type="image/jpeg", size=1, sha256=f"{number:064d}",
            storage_key=f"drafts/{draft.pk}/{number}", arrived_at=business_now(),
        )  # fmt: skip
    url = f"/nop-ho-so/nhap/{draft.pk}/kiem-tra/"
    papers = text_of(client.get(f"/nop-ho-so/nhap/{draft.pk}/giay-to/"))
    assert "Chứng minh chỗ ở hợp pháp" in papers
    assert "Chứng minh quan hệ nhân thân" not in papers

    page = text_of(client.get(url))
    for words in ("3 hồ sơ, nộp liên thông một lần", "Công an phường Bà Rịa", "7 ngày làm việc", "10.000", "tự bắt đầu khi"):
        assert words in page, words
    sent = {"rev": str(draft.revision), "declared": "on", "submit": "1", "chosen_agency": "residence_father"}
    shown = client.post(url, sent)  # who decides was chosen with this click: it is shown before anything is filed
    assert (shown.status_code, Dossier.objects.exists()) == (422, False)
    draft.refresh_from_db()
    sent["rev"] = str(draft.revision)
    first = client.post(url, sent)
    assert first.status_code == 302, text_of(first)
    again = client.post(url, sent)

    matter, dossier = Matter.objects.get(), Dossier.objects.get()
    assert matter.applicant == user
    assert first.headers["Location"] == f"/nop-ho-so/da-nop/{dossier.code}/"
    assert again.status_code == 302
    shown = client.get(first.headers["Location"], follow=True)
    assert shown.redirect_chain[-1][0] == f"/ho-so-cua-toi/lien-thong/{matter.code}/?moi=1"
    assert matter.code in text_of(shown)
    assert matter.version.short_name in text_of(client.get(f"/ho-so-cua-toi/{dossier.code}/"))
    assert "Rút một hồ sơ không rút" in text_of(client.get(f"/ho-so-cua-toi/{dossier.code}/rut/"))
