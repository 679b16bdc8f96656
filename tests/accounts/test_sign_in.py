"""The whole way through the identity provider, as a person without JavaScript goes it."""

import pytest

from portal.accounts.models import CitizenProfile, Membership, Role, User
from portal.agencies.models import Office
from tests.accounts.walker import Walker
from tests.support.live import Live

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]
UOC, KHANH = "001190002345", "079088003356"
PASSWORD = "mot-cua-rat-dai-2026"


def test_a_citizen_signs_in_and_the_profile_is_the_providers(module_live: Live) -> None:
    person = Walker(module_live.url)

    person.sign_in(UOC)

    profile = CitizenProfile.objects.select_related("user").get(personal_id=UOC)
    assert (profile.user.full_name, profile.user.kind, f"{profile.birth_date}", profile.sex) == (
        "Nguyễn Thị Ước",
        User.Kind.CITIZEN,
        "1990-03-12",
        "female",
    )
    assert profile.address.startswith("{") is False
    assert profile.phone
    assert not profile.user.has_usable_password()
    assert "Nguyễn Thị Ước" in person.get("/thu-tuc/").text
    assert {"motcua_session", "sandbox_session"} <= set(person.cookies)


def test_signing_in_again_finds_the_same_account(module_live: Live) -> None:
    Walker(module_live.url).sign_in(KHANH)
    Walker(module_live.url).sign_in(KHANH)

    profile = CitizenProfile.objects.get(personal_id=KHANH)
    assert (profile.organisation_tax_code, profile.organisation_name) == ("0312345673", "Công ty TNHH Thương mại Bến Nghé Xanh")


def test_the_person_comes_back_to_the_page_that_asked_and_never_elsewhere(module_live: Live) -> None:
    assert Walker(module_live.url).sign_in(UOC, following="/dang-nhap/?next=/thu-tuc/").path == "/thu-tuc/"
    assert Walker(module_live.url).sign_in(UOC, following="/dang-nhap/?next=https://example.com/").url.startswith(module_live.url)


def test_refusing_consent_signs_nobody_in(module_live: Live) -> None:
    person = Walker(module_live.url)
    page = person.submit(person.get("/dang-nhap/"), action="/accounts/oidc/vneid/login/")
    page = person.submit(page, {"citizen_id": UOC}, having="citizen_id")

    page = person.submit(page, {"action": "cancel"}, having="action")

    assert (page.status, "Bạn đã dừng đăng nhập" in page.text) == (403, True)
    assert person.get("/ban-lam-viec/").path.startswith("/dang-nhap/")


def test_an_answer_meant_for_another_browser_signs_nobody_in(module_live: Live) -> None:
    victim, attacker = Walker(module_live.url), Walker(module_live.url)
    page = attacker.submit(attacker.get("/dang-nhap/"), action="/accounts/oidc/vneid/login/")
    page = attacker.submit(page, {"citizen_id": UOC}, having="citizen_id")
    stolen = attacker.submit(page, {"action": "grant"}, having="action", follow=False).headers["Location"]

    page = victim.get(stolen)

    assert page.status == 403
    assert victim.get("/ban-lam-viec/").path.startswith("/dang-nhap/")


def test_signing_out_needs_the_button(module_live: Live) -> None:
    person = Walker(module_live.url)
    person.sign_in(UOC)

    person.get("/dang-xuat/")
    still = person.get("/thu-tuc/")
    person.submit(still, action="/dang-xuat/")

    assert "Nguyễn Thị Ước" in still.text
    assert person.get("/ban-lam-viec/").path.startswith("/dang-nhap/")


def test_staff_sign_in_with_a_password_and_a_wrong_one_says_nothing(module_live: Live) -> None:
    user = User.objects.create_user("quay.thu", PASSWORD, full_name="Trần Thị Quầy", kind=User.Kind.STAFF)
    Membership.objects.create(user=user, role=Role.CLERK, office=Office.objects.order_by("pk")[0], valid_from="2025-07-01")

    def attempt(name: str, password: str) -> str:
        person = Walker(module_live.url)
        page = person.submit(person.get("/dang-nhap/"), {"login": name, "password": password}, having="password")
        assert page.status == 422
        return page.text[page.text.index('id="error-summary"') :].split("</div>")[0]

    assert attempt("quay.thu", "sai") == attempt("khong-co-ai", "sai")
    person = Walker(module_live.url)
    page = person.submit(person.get("/dang-nhap/"), {"login": "quay.thu", "password": PASSWORD}, having="password")
    assert page.path == "/quay/"


def test_failed_passwords_are_slowed_down(module_live: Live) -> None:
    person = Walker(module_live.url)
    texts = [
        person.submit(person.get("/dang-nhap/"), {"login": "ai-do", "password": f"sai-{number}"}, having="password").text
        for number in range(7)
    ]

    assert "Thử quá nhiều lần" not in texts[0]
    assert "quá nhiều lần" in texts[-1]


@pytest.mark.parametrize(
    "path",
    [
        "login/", "logout/", "signup/", "password/reset/", "password/change/", "email/", "inactive/", "reauthenticate/",
        "3rdparty/", "3rdparty/signup/", "3rdparty/login/cancelled/", "oidc/other/login/", "social/signup/",
    ],
)  # fmt: skip
def test_the_librarys_other_pages_do_not_exist(module_live: Live, path: str) -> None:
    assert Walker(module_live.url).get(f"/accounts/{path}").status == 404


def test_the_sign_in_page_lets_its_form_leave_for_the_provider_only(module_live: Live) -> None:
    policy = Walker(module_live.url).get("/dang-nhap/").headers["Content-Security-Policy"]

    assert f"form-action 'self' {module_live.sandbox_url}" in policy
