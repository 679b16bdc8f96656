"""Following with code and secret, and what the owner of an account can do."""

from datetime import date

import pytest
from django.db import connection

from dossiers.actions.review import accept
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By
from dossiers.models import Dossier
from dossiers.secrets import secret_for
from portal.accounts.identity import identity_of
from portal.accounts.models import Role
from portal.agencies.models import Office
from portal.core.clock import business_now
from portal.core.db import acting_as
from tests.accounts.walker import Page, Walker
from tests.dossiers.applicant.flow import begun, errors, filled, photo, signed_in, submitted
from tests.factories import citizen, filed, staff, staffed
from tests.support.live import Live

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]


@pytest.fixture
def forgotten(module_live: Live) -> None:
    """No attempt of an earlier test counts."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_attempt")


def followed(live: Live, code: str, secret: str) -> tuple[Walker, Page]:
    person = Walker(live.url)
    return person, person.submit(person.get("/tra-cuu/"), {"ma": code, "secret": secret}, having="secret")


def test_code_and_secret_show_state_and_slip_but_no_names_or_papers(module_live: Live, forgotten: None) -> None:
    done = filed(applicant=citizen())

    person, page = followed(module_live, done.dossier.code.lower().replace("-", " "), f" {done.secret[:4].lower()}-{done.secret[4:]} ")

    assert (page.status, page.path) == (200, f"/tra-cuu/{done.dossier.code}/")
    assert "Nguyễn Thị Ước" not in page.text
    assert "001190000007" not in page.text
    assert done.document.number in page.text
    slip = person.get(f"/tra-cuu/{done.dossier.code}/giay/{done.document.verification_code}/")
    assert slip.status == 200
    assert Walker(module_live.url).get(f"/tra-cuu/{done.dossier.code}/giay/{done.document.verification_code}/").status == 404
    assert Walker(module_live.url).get(f"/tra-cuu/{done.dossier.code}/").path.startswith("/tra-cuu/?ma=")


def test_an_unknown_code_and_a_wrong_secret_get_the_same_answer(module_live: Live, forgotten: None) -> None:
    done = filed()
    code = done.dossier.code
    other = code[:-4] + "9876"

    _, wrong = followed(module_live, code, "AAAA2222")
    _, absent = followed(module_live, other, "AAAA2222")

    def plain(page: Page) -> str:
        start = page.text.index('id="error-summary"')
        return page.text[start : page.text.index("</form>", start)].replace(code, "").replace(other, "")

    assert (wrong.status, absent.status) == (422, 422)
    assert plain(wrong).split("csrfmiddlewaretoken")[0] == plain(absent).split("csrfmiddlewaretoken")[0]
    assert {name for name in wrong.headers if name != "X-Request-ID"} == {name for name in absent.headers if name != "X-Request-ID"}


def test_after_five_wrong_secrets_even_the_right_one_waits(module_live: Live, forgotten: None) -> None:
    done, other = filed(), filed()

    answers = [followed(module_live, done.dossier.code, "AAAA2222")[1].status for _ in range(6)]

    assert answers == [422] * 5 + [429]
    _, page = followed(module_live, done.dossier.code, done.secret)
    assert (page.status, page.headers["Retry-After"]) == (429, "900")
    assert followed(module_live, other.dossier.code, other.secret)[1].status == 200


def test_right_secrets_do_not_use_the_tries_up(module_live: Live, forgotten: None) -> None:
    done = filed()

    assert [followed(module_live, done.dossier.code, done.secret)[1].status for _ in range(8)] == [200] * 8


def test_one_address_cannot_try_many_codes(module_live: Live, forgotten: None) -> None:
    answers = [followed(module_live, f"H29-261102-{number:04d}", "AAAA2222")[1].status for number in range(2000, 2022)]

    assert answers == [422] * 20 + [429] * 2


def test_a_new_secret_ends_what_the_former_one_opened(module_live: Live, forgotten: None) -> None:
    done = filed()
    person, _ = followed(module_live, done.dossier.code, done.secret)

    Dossier.objects.filter(pk=done.dossier.pk).update(secret_issue=2)

    assert person.get(f"/tra-cuu/{done.dossier.code}/").path.startswith("/tra-cuu/?ma=")
    assert followed(module_live, done.dossier.code, secret_for(done.dossier.code, 2))[1].status == 200


def asked_of(dossier: Dossier) -> Dossier:
    """Routed to its agency's own counter, which asks for one paper and one correction."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.agency is not None
    office = dossier.agency.reception_office
    assert office is not None
    clerk = staff(Role.CLERK, Office.objects.get(pk=office.pk))
    with acting_as(identity_of(clerk, business_now().date()).scope):
        ask_supplement(
            dossier,
            by=By(clerk, business_now(), office=office),
            items=[Asked("Bản chụp căn cước rõ hơn", "Ảnh mờ"), Asked("Lý do xin xác nhận", "Chưa ghi")],
            answer_by=date(2027, 1, 15),
            expected_version=dossier.state_version,
        )
    dossier.refresh_from_db()
    return dossier


def filed_online(live: Live) -> tuple[Walker, Dossier]:
    """A citizen's dossier that has reached the reception inbox of a staffed agency."""
    person = signed_in(live)
    draft = begun(person).path
    filled(person, draft)
    page = submitted(person, draft)
    assert page.status == 200, errors(page)
    dossier = Dossier.objects.get(draft__pk=draft.split("/")[3])
    assert dossier.agency is not None
    staffed(dossier.agency)
    for _ in range(1200):
        dossier.refresh_from_db()
        if dossier.state == "awaiting_reception":
            return person, dossier
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
    raise AssertionError(f"{dossier.state} {dossier.routing}")


def test_a_supplement_is_answered_item_by_item_and_files_stay(module_live: Live) -> None:
    person, dossier = filed_online(module_live)
    dossier = asked_of(dossier)
    address = f"/ho-so-cua-toi/{dossier.code}/bo-sung/"
    assert "Bổ sung hồ sơ" in person.get("/ho-so-cua-toi/").text
    first, second = dossier.supplement_requests.get().items.order_by("seq")

    page = person.submit(person.get(address), {"answer": "1"}, having="answer", files=[(f"files-{first.pk}", photo("can-cuoc.jpg"))])
    assert page.status == 422
    assert "Lý do xin xác nhận" in errors(page)
    assert "Tệp 1" in page.text
    page = person.submit(page, {"answer": "1", f"answer-{second.pk}": "Để mua nhà"}, having="answer")

    assert (page.status, page.path) == (200, f"/ho-so-cua-toi/{dossier.code}/")
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_reception"
    second.refresh_from_db()
    assert second.answer == "Để mua nhà"
    assert person.get(address).status == 404


def test_the_holder_of_the_slip_answers_without_an_account(module_live: Live, forgotten: None) -> None:
    _, dossier = filed_online(module_live)
    dossier = asked_of(dossier)
    person, page = followed(module_live, dossier.code, secret_for(dossier.code, dossier.secret_issue))
    first, second = dossier.supplement_requests.get().items.order_by("seq")

    page = person.submit(
        person.get(f"/tra-cuu/{dossier.code}/bo-sung/"),
        {"answer": "1", f"answer-{second.pk}": "Để mua nhà"},
        having="answer",
        files=[(f"files-{first.pk}", photo("can-cuoc.jpg"))],
    )

    assert (page.status, page.path) == (200, f"/tra-cuu/{dossier.code}/"), errors(page)
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_reception"
    assert dossier.supplement_requests.get().answered_by.username == "theo-doi-ho-so"  # type: ignore[union-attr]


def test_withdrawing_needs_a_reason_and_ends_it(module_live: Live) -> None:
    person, dossier = filed_online(module_live)
    page = person.get(f"/ho-so-cua-toi/{dossier.code}/rut/")

    assert person.submit(page, {"reason": " "}, having="reason").status == 422
    page = person.submit(page, {"reason": "Tôi nộp nhầm thủ tục."}, having="reason")

    dossier.refresh_from_db()
    assert (page.status, dossier.state) == (200, "withdrawn")
    assert dossier.code in person.get("/ho-so-cua-toi/?xong=1").text
    assert person.get(f"/ho-so-cua-toi/{dossier.code}/rut/").path == f"/ho-so-cua-toi/{dossier.code}/"


def test_the_page_explains_agency_days_and_documents(module_live: Live) -> None:
    person, dossier = filed_online(module_live)
    assert dossier.agency is not None
    assert dossier.agency.reception_office is not None
    office = dossier.agency.reception_office
    clerk = staff(Role.CLERK, office)
    with acting_as(identity_of(clerk, business_now().date()).scope):
        accept(dossier, by=By(clerk, business_now(), office=office), expected_version=dossier.state_version)

    text = person.get(f"/ho-so-cua-toi/{dossier.code}/").text

    for words in ("Vì sao", dossier.agency.name, "Từng ngày", "Quá trình giải quyết", "Giấy tiếp nhận"):
        assert words in text, words
