"""The registry's pages: read by day, drafted by one person, tried, published by another; nothing typed is lost."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Membership, Role, User
from portal.core.clock import business_today
from procedures.models import CompetenceRule, RuleChange, RuleSet
from tests.procedures.registry import procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
HOME = "/quan-tri/tham-quyen/"
BIRTH, MARITAL = "1.001193", "1.004873"


def keeper(name: str, *roles: str) -> tuple[Client, User]:
    user = User.objects.create_user(name, full_name=f"Trần {name}", kind=User.Kind.STAFF)
    for role in roles:
        Membership.objects.create(user=user, role=role, valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


@pytest.fixture
def editor() -> Client:
    return keeper("editor", Role.CATALOGUE_EDITOR)[0]


@pytest.fixture
def approver() -> Client:
    return keeper("approver", Role.CATALOGUE_APPROVER)[0]


def text_of(response: object) -> str:
    """The page without its tags."""
    content = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", content))


def started(editor: Client, *, first_day: date | None = None) -> RuleSet:
    day = first_day or business_today() + timedelta(days=30)
    data = {"title": "Thí điểm", "legal_basis": "1/2026/NĐ-CP", "decision_number": "12/QĐ", "effective_from": f"{day:%d/%m/%Y}"}
    answer = editor.post(f"{HOME}ban-du-thao/moi/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    return RuleSet.objects.order_by("-pk")[0]


def fields(**changed: str) -> dict[str, str]:
    rule = {"ground": "procedure", "procedure": MARITAL, "place_fact": "seat", "agency_kind": "commune_committee", "rank": "100"}
    return {**rule, "legal_basis": "123/2015/NĐ-CP, Điều 21"} | changed


def test_a_rule_reads_as_one_plain_sentence_with_its_basis(editor: Client) -> None:
    page = text_of(editor.get(HOME, {"q": "dang ky khai sinh"}))

    assert "Đăng ký khai sinh: Ủy ban nhân dân cấp xã nơi cư trú của cha hoặc mẹ, do người nộp lựa chọn" in page
    assert "Căn cứ pháp lý: Luật Hộ tịch 60/2014/QH13" in page
    assert "Dự phòng 1" in page


@pytest.mark.parametrize(
    ("asked", "found", "missing"),
    [
        ({"linh_vuc": "Hộ tịch"}, "Đăng ký khai tử", "Cấp hộ chiếu"),
        ({"cap": "province"}, "Cấp hộ chiếu", "Đăng ký khai tử"),
        ({"loai": "service_area"}, "Hưởng BHXH một lần", "Đăng ký khai tử"),
        ({"tinh": "79"}, "Đăng ký khai tử", "zzz"),
        ({"ngay": "01/01/1850"}, "Không có quy tắc phù hợp", "Đăng ký khai tử"),
    ],
)
def test_the_list_is_narrowed_by_day_field_level_kind_and_province(editor: Client, asked: dict[str, str], found: str, missing: str) -> None:
    page = text_of(editor.get(HOME, asked).content and editor.get(HOME, asked))

    assert found in page
    assert missing not in page.partition("</form>")[2] or missing not in page


def test_what_was_not_understood_is_said_and_the_rest_is_shown(editor: Client) -> None:
    answer = editor.get(HOME, {"ngay": "hôm nào đó", "trang": "lạc", "linh_vuc": "không có"})

    assert answer.status_code == 422
    assert "hôm nào đó" in answer.content.decode()
    assert "Đăng ký khai tử" in answer.content.decode()


def test_the_list_turns_its_pages_and_asks_as_often_for_one_rule_as_for_fifty(editor: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as many:
        first = editor.get(HOME)
    with CaptureQueriesContext(connection) as one:
        editor.get(HOME, {"q": "khai tu", "cap": "commune"})
    second = editor.get(first.context["next_url"])
    back = editor.get(second.context["previous_url"])

    assert len(many) == len(one)
    assert len(first.context["rows"]) == 50
    assert [row.rule.pk for row in back.context["rows"]] == [row.rule.pk for row in first.context["rows"]]
    assert not {row.rule.pk for row in second.context["rows"]} & {row.rule.pk for row in first.context["rows"]}


def test_one_rule_shows_what_it_replaced_and_what_replaced_it(editor: Client) -> None:
    old = rule_of(MARITAL)
    published({"action": "replace", "target": old, "rule": rule_input(agency_kind="commune_police", procedure=procedure(MARITAL))})
    new = CompetenceRule.objects.get(replaces=old)

    pages = [text_of(editor.get(f"{HOME}quy-tac/{pk}/")) for pk in (old.pk, new.pk)]

    for page in pages:
        assert "Bản 1" in page
        assert "Bản 2" in page
        assert "đến 30/11/2026" in page
        assert "từ 01/12/2026" in page
        assert "approver công bố" in page


def test_a_rule_is_added_replaced_and_ended_through_labelled_fields(editor: Client) -> None:
    rule_set, old, other = started(editor), rule_of(MARITAL), rule_of("1.000656")
    base = f"{HOME}ban-du-thao/{rule_set.pk}"

    kinds = text_of(editor.get(f"{base}/them/"))
    first = editor.get(f"{base}/them/?loai=commune_authority").content.decode()
    answers = [
        editor.post(f"{base}/thay/{old.pk}/?loai=commune_authority", fields(procedure=f"{MARITAL} · Xác nhận")),
        editor.post(f"{base}/them/?loai=filing_place", fields(ground="field", field_vi="Hộ tịch", rank="120")),
        editor.post(f"{base}/cham-dut/{other.pk}/"),
    ]

    assert "Cơ quan xã phường" not in kinds
    assert "Nộp ở đâu thì cơ quan của xã hoặc tỉnh nơi đó giải quyết" in kinds
    assert 'name="place_fact"' in first
    assert "nơi cư trú".capitalize() in first
    assert 'name="choice_facts"' not in first
    assert [answer.status_code for answer in answers] == [302, 302, 302], answers
    changes = list(RuleChange.objects.filter(rule_set=rule_set).order_by("pk"))
    assert [(each.action, each.target_id, each.place_fact) for each in changes] == [
        ("replace", old.pk, "seat"),
        ("add", None, ""),
        ("end", other.pk, "residence"),
    ]
    page = text_of(editor.get(f"{base}/"))
    assert "Ủy ban nhân dân cấp xã nơi đặt trụ sở" in page
    assert "Mọi thủ tục lĩnh vực Hộ tịch" in page


def test_bad_input_keeps_what_was_typed_and_says_what_is_wrong(editor: Client) -> None:
    base = f"{HOME}ban-du-thao/{started(editor).pk}"
    typed = fields(procedure="dang ky", legal_basis="Luật Hộ tịch đang gõ dở", valid_to="31/02/2027", place="Nơi Không Có")

    answer = editor.post(f"{base}/them/?loai=commune_authority", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Có nhiều kết quả phù hợp" in page
    assert "Không có địa danh nào mang tên này." in page
    assert "31/02/2027" in page
    assert "Luật Hộ tịch đang gõ dở" in page


@pytest.mark.parametrize("value", ["\0", "9" * 400, "{'a': [1]}", "<script>"])
def test_no_text_breaks_a_page(editor: Client, value: str) -> None:
    base = f"{HOME}ban-du-thao/{started(editor).pk}"

    posts = [
        editor.post(f"{base}/them/?loai=fixed_agency", fields(agency=value, place=value, rank=value, valid_to=value)),
        editor.post(f"{base}/mo-ta/", {"title": value, "effective_from": value}),
        editor.post(f"{base}/chay-thu/", {"so_ho_so": value}),
        editor.post(f"{HOME}uy-quyen/moi/", {"from_agency": value, "valid_from": value}),
    ]
    gets = [
        editor.get(HOME, dict.fromkeys(("q", "ngay", "linh_vuc", "cap", "loai", "tinh", "trang"), value)),
        editor.get(f"{HOME}thu/", dict.fromkeys(("thu_tuc", "noi", "ngay", "bo"), value)),
        editor.get(f"{HOME}kiem-tra/", dict.fromkeys(("ngay", "tinh", "xem", "trang"), value)),
        editor.get(f"{base}/chay-thu/", dict.fromkeys(("tinh", "sau", "hs"), value)),
        editor.get(f"{base}/chon/", {"q": value, "trang": value}),
        editor.get(f"{HOME}goi-y/co-quan/", {"q": value}),
        editor.get(f"{HOME}goi-y/thu-tuc/", {"q": value}),
    ]

    assert [answer.status_code for answer in posts] == [422] * 4
    assert {answer.status_code for answer in gets} <= {200, 422}


def test_a_rule_in_the_way_is_named_in_words(editor: Client) -> None:
    base = f"{HOME}ban-du-thao/{started(editor).pk}"

    taken = editor.post(f"{base}/them/?loai=commune_authority", fields())
    editor.post(f"{base}/them/?loai=commune_authority", fields(rank="120"))
    twice = editor.post(f"{base}/them/?loai=commune_authority", fields(rank="120"))

    assert taken.status_code == 422
    assert "Cùng thứ tự này đã có" in text_of(taken)
    assert "Ủy ban nhân dân cấp xã nơi cư trú" in text_of(taken)
    assert "(trong bộ dự thảo này)" in text_of(twice)


def test_sets_are_listed_with_the_same_number_of_queries(editor: Client) -> None:
    started(editor)
    with CaptureQueriesContext(connection) as one:
        editor.get(f"{HOME}ban-du-thao/")
    for _number in range(6):
        started(editor)
    with CaptureQueriesContext(connection) as many:
        page = editor.get(f"{HOME}ban-du-thao/")

    assert len(one) == len(many)
    assert len(page.context["sets"]) == 7


def test_the_rule_to_replace_is_found_by_name_and_shown_by_name(editor: Client) -> None:
    base = f"{HOME}ban-du-thao/{started(editor).pk}"

    found = editor.get(f"{base}/chon/", {"q": "tinh trang hon nhan"})
    form = editor.get(f"{base}/thay/{found.context['rows'][0].rule.pk}/").content.decode()

    assert [row.rule.procedure.code for row in found.context["rows"]] == [MARITAL]
    assert f'value="{MARITAL} · ' in form
    assert "hôn nhân" in form
