"""A merger entered, looked at, approved by a second person and cancelled, as the keepers of the catalogue do it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers.actions.approve_reorganisation import approve_reorganisation, gaps_if_approved
from portal.accounts.models import Role, User
from portal.agencies.models import AdministrativeUnit, Agency, Reorganisation, ServiceArea
from portal.core.clock import technical_now
from portal.core.errors import Conflict
from portal.devtools.roles import OWNER
from procedures.actions.gaps import PUBLISHING
from procedures.queries.gaps import gaps_in_units
from tests.factories import MONDAY, TODAY, committee, filed, routed, staff, staffed
from tests.factories.reorganisations import draft

pytestmark = pytest.mark.django_db
Connect = Callable[[str], AbstractContextManager[psycopg.Connection[tuple[object, ...]]]]
LIST = "/quan-tri/sap-xep/"
DAY = technical_now().date() + timedelta(days=40)


def signed_in(role: str) -> tuple[Client, User]:
    user, browser = staff(role), Client()
    browser.force_login(user)
    return browser, user


def typed(*lines: dict[str, str], **changes: str) -> dict[str, str]:
    data = {
        "kind": "merger", "level": "commune", "number": "1234/NQ-UBTVQH15", "legal_basis": "Nghị quyết về sắp xếp",
        "effective_from": f"{DAY:%d/%m/%Y}", "lines-TOTAL_FORMS": str(len(lines) + 1), "lines-INITIAL_FORMS": "0",
    } | changes  # fmt: skip
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return data


MERGED = (("00004", "90001", "Phường Ba Đình Mới", "phường"), ("00008", "90001", "Phường Ba Đình Mới", "phường"))
FIRST = {"old_unit": "Phường Ba Đình, Thành phố Hà Nội", "code": "90001", "name": "Phường Ba Đình Mới", "type": "phường"}
SECOND = {"old_unit": "phuong ngoc ha, ha noi"}


def entered(browser: Client) -> Reorganisation:
    answer = browser.post(f"{LIST}moi/", typed(FIRST, SECOND))
    assert answer.status_code == 302, answer.content.decode()
    return Reorganisation.objects.order_by("-pk")[0]


def test_from_entry_to_approval() -> None:
    staffed(committee())
    routed(filed().dossier)
    browser, _editor = signed_in(Role.CATALOGUE_EDITOR)
    found = entered(browser)
    # The second line was left empty but for its unit: it repeats the first.
    assert list(found.lines.order_by("pk").values_list("old_unit__code", "new_code", "new_name")) == [
        ("00004", "90001", "Phường Ba Đình Mới"),
        ("00008", "90001", "Phường Ba Đình Mới"),
    ]

    page = browser.get(f"{LIST}{found.pk}/").content.decode()
    assert "Hồ sơ đang mở" in page
    assert "UBND phường Ba Đình Mới, thành phố Hà Nội" in page
    assert "Người thứ hai phải duyệt" in page
    assert browser.post(f"{LIST}{found.pk}/duyet/").status_code == 403

    approver, _second = signed_in(Role.CATALOGUE_APPROVER)
    assert approver.post(f"{LIST}{found.pk}/duyet/").status_code == 302
    assert AdministrativeUnit.objects.on(DAY).filter(code="90001").exists()
    page = approver.get(f"{LIST}{found.pk}/").content.decode()
    assert "Đã duyệt" in page
    assert browser.get(f"{LIST}{found.pk}/sua/").status_code == 302

    refused = approver.post(f"{LIST}{found.pk}/huy/", {"reason": "x"})
    assert refused.status_code == 409
    assert approver.post(f"{LIST}{found.pk}/huy/", {"reason": "Nghị quyết bị thay thế."}).status_code == 302
    assert not AdministrativeUnit.objects.filter(code="90001").exists()


def test_a_flawed_draft_is_kept_and_says_what_is_missing() -> None:
    browser, _editor = signed_in(Role.CATALOGUE_EDITOR)
    assert browser.post(f"{LIST}moi/", typed(FIRST)).status_code == 302
    found = Reorganisation.objects.get()

    page = browser.get(f"{LIST}{found.pk}/").content.decode()
    assert "ít nhất hai đơn vị trở thành một" in page
    approver, _second = signed_in(Role.CATALOGUE_APPROVER)
    refused = approver.post(f"{LIST}{found.pk}/duyet/")
    assert refused.status_code == 409
    assert browser.get(f"{LIST}{found.pk}/sua/").content.decode().count("Phường Ba Đình, Thành phố Hà Nội") == 1
    assert browser.post(f"{LIST}{found.pk}/sua/", typed(FIRST, SECOND)).status_code == 302
    assert approver.post(f"{LIST}{found.pk}/duyet/").status_code == 302


@pytest.mark.parametrize(
    ("changes", "line", "told"),
    [
        ({}, {"old_unit": "Xã Không Có"}, "không có đơn vị nào mang tên này"),
        ({}, {"old_unit": "tan tien"}, "Có nhiều kết quả phù hợp"),
        ({}, FIRST | {"province": "Tỉnh Không Có"}, "không có đơn vị nào mang tên này"),
        ({"effective_from": "01/01/2020"}, FIRST, "phải ở tương lai"),
        ({"effective_from": "31/02/2027"}, FIRST, "25/12/1990"),
        ({"kind": "x"}, FIRST, "x"),
        ({"number": "a\0b"}, FIRST, "a"),
        ({"lines-TOTAL_FORMS": "999999999"}, FIRST, "200"),
        ({"lines-TOTAL_FORMS": "x"}, FIRST, ""),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(changes: dict[str, str], line: dict[str, str], told: str) -> None:
    browser, _editor = signed_in(Role.CATALOGUE_EDITOR)

    answer = browser.post(f"{LIST}moi/", typed(FIRST, line, **changes))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert not Reorganisation.objects.exists()
    if not changes:
        assert line["old_unit"] in page


def test_the_first_line_has_nothing_to_repeat() -> None:
    browser, _editor = signed_in(Role.CATALOGUE_EDITOR)

    answer = browser.post(f"{LIST}moi/", typed(FIRST | {"code": ""}))

    assert (answer.status_code, "Điền ô này" in answer.content.decode()) == (422, True)


def test_more_lines_keep_what_was_typed() -> None:
    browser, _editor = signed_in(Role.CATALOGUE_EDITOR)

    page = browser.post(f"{LIST}moi/", typed(FIRST, SECOND) | {"more": "1"}).content.decode()

    assert page.count("Phường Ba Đình, Thành phố Hà Nội") == 1
    assert "lines-6-old_unit" in page
    assert not Reorganisation.objects.exists()


def test_the_list_asks_as_little_for_fifty_as_for_one() -> None:
    browser, editor = signed_in(Role.CATALOGUE_EDITOR)
    counts = []
    for amount in (1, 50):
        for number in range(amount):
            draft("rename", ("00004", "90001", "Phường Mới", "phường"), number=f"{number}/NQ", by=editor)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    following = page.context["next_url"]
    assert following
    second = browser.get(following)
    assert not {row.pk for row in page.context["rows"]} & {row.pk for row in second.context["rows"]}
    assert browser.get(f"{LIST}?sau=999999999999999999999").status_code == 200


def test_a_reorganisation_that_leaves_places_without_an_agency_is_refused_with_them_or_approved_with_a_reason() -> None:
    """The branch that serves both wards ends the day before, and nobody serves the new one; what was missing before does not count."""
    ServiceArea.objects.filter(unit__code__in=("00004", "00008"), agency__kind="social_insurance_branch").delete()
    missing = draft("merger", *MERGED, day=DAY)
    assert gaps_in_units(DAY - timedelta(days=1), {"00004", "00008"}).total == 6  # three procedures in two wards: it is so already
    approver, second = signed_in(Role.CATALOGUE_APPROVER)
    assert gaps_if_approved(missing, actor=second, at=MONDAY, today=TODAY).rows == ()

    served = ServiceArea.objects.filter(unit__code__in=("00004", "00008"), agency__kind="land_registration_branch")
    Agency.objects.filter(pk__in=served.values("agency")).update(valid_to=DAY - timedelta(days=1))
    checked = approver.post(f"{LIST}{missing.pk}/duyet/", {"check": "1"})
    assert checked.status_code == 200
    assert not AdministrativeUnit.objects.filter(code="90001").exists()
    missing.refresh_from_db()
    assert missing.state == "draft"

    refused = approver.post(f"{LIST}{missing.pk}/duyet/")
    page = refused.content.decode()
    assert refused.status_code == 409
    for shown in (page, checked.content.decode()):
        assert "1.012783" in shown
        assert "Phường Ba Đình Mới" in shown
        assert 'name="despite"' in shown
    assert not AdministrativeUnit.objects.filter(code="90001").exists()
    short = approver.post(f"{LIST}{missing.pk}/duyet/", {"despite": "x"})
    assert (short.status_code, 'name="despite"' in short.content.decode()) == (409, True)
    assert approver.post(f"{LIST}{missing.pk}/duyet/", {"despite": "Chi nhánh mới được lập trong tháng 1."}).status_code == 302

    missing.refresh_from_db()
    record = missing.records.get(step="with_gaps")
    assert (missing.state, record.actor, record.note) == ("approved", second, "Chi nhánh mới được lập trong tháng 1.")
    assert {each["procedure"] for each in record.facts["places"]} >= {"1.012783"}
    assert "Chi nhánh mới được lập" in approver.get(f"{LIST}{missing.pk}/").content.decode()


def test_a_gap_that_was_there_in_one_commune_does_not_hide_a_new_one_in_another() -> None:
    """Two mergers in one decision: the first pair had nobody before; in the second pair one ward had somebody."""
    elsewhere = (("00025", "90002", "Phường Giảng Võ Mới", "phường"), ("00070", "90002", "Phường Giảng Võ Mới", "phường"))
    areas = ServiceArea.objects.filter(agency__kind="social_insurance_branch")
    areas.filter(unit__code__in=("00004", "00008", "00025")).delete()
    Agency.objects.filter(pk__in=areas.filter(unit__code="00070").values("agency")).update(valid_to=DAY - timedelta(days=1))
    found = draft("merger", *MERGED, *elsewhere, day=DAY)
    _approver, second = signed_in(Role.CATALOGUE_APPROVER)

    gaps = gaps_if_approved(found, actor=second, at=MONDAY, today=TODAY)

    assert {row.procedure for row in gaps.rows} == {row.procedure for row in gaps_in_units(DAY - timedelta(days=1), {"00004"}).rows}
    assert {(row.communes, row.codes) for row in gaps.rows} == {(("Phường Giảng Võ Mới",), ("90002",))}


def test_approving_waits_for_whoever_is_publishing_and_looking_does_not(as_role: Connect) -> None:
    found = draft("merger", *MERGED, day=DAY)
    _approver, second = signed_in(Role.CATALOGUE_APPROVER)
    with as_role(OWNER) as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        assert gaps_if_approved(found, actor=second, at=MONDAY, today=TODAY).rows == ()
        with pytest.raises(Conflict, match="Chưa có gì thay đổi"):
            approve_reorganisation(found, actor=second, at=MONDAY, today=TODAY)

    assert approve_reorganisation(found, actor=second, at=MONDAY, today=TODAY).state == "approved"


def test_a_reorganisation_without_gaps_says_so_when_it_is_checked() -> None:
    found = draft("merger", *MERGED, day=DAY)
    approver, _second = signed_in(Role.CATALOGUE_APPROVER)

    page = approver.post(f"{LIST}{found.pk}/duyet/", {"check": "1"}).content.decode()

    assert "mỗi thủ tục có đúng một cơ quan có thẩm quyền" in page
    found.refresh_from_db()
    assert found.state == "draft"
