"""A set is published by a second person, refused with the places or the rule concerned, or given up with a reason."""

import pytest
from django.test import Client

from portal.accounts.models import Role
from portal.core.clock import business_now
from procedures.actions.rulesets import submit
from procedures.models import CompetenceRule, RuleSet
from tests.procedures.registry import rule_of
from tests.procedures.test_registry_pages import HOME, MARITAL, approver, editor, fields, keeper, started, text_of
from tests.procedures.test_registry_pages_runs import draft

__all__ = ["approver", "editor"]

pytestmark = pytest.mark.django_db


def test_a_second_person_publishes_and_whoever_drafted_cannot(editor: Client, approver: Client) -> None:
    rule_set, old = started(editor), rule_of(MARITAL)
    base = f"{HOME}ban-du-thao/{rule_set.pk}"
    editor.post(f"{base}/thay/{old.pk}/?loai=commune_authority", fields(place_fact="residence", legal_basis="Luật mới"))
    editor.post(f"{base}/trinh-duyet/")

    refused = editor.post(f"{base}/cong-bo/")
    answer = approver.post(f"{base}/cong-bo/")

    assert refused.status_code == 403
    assert answer.status_code == 302
    assert CompetenceRule.objects.get(replaces=old).legal_basis == "Luật mới"
    assert "Đã công bố. Các quy tắc có hiệu lực từ" in text_of(approver.get(answer.headers["Location"]))


def test_both_roles_in_one_person_are_not_two_people() -> None:
    both, _user = keeper("both", Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
    base = f"{HOME}ban-du-thao/{started(both).pk}"
    both.post(f"{base}/cham-dut/{rule_of(MARITAL).pk}/")
    both.post(f"{base}/trinh-duyet/")

    answer = both.post(f"{base}/cong-bo/")

    assert answer.status_code == 403
    assert "Người soạn không được tự duyệt." in text_of(answer)


def test_publishing_a_hole_is_refused_with_the_places(editor: Client, approver: Client) -> None:
    base = f"{HOME}ban-du-thao/{started(editor).pk}"
    editor.post(f"{base}/cham-dut/{rule_of(MARITAL).pk}/")
    editor.post(f"{base}/trinh-duyet/")

    answer = approver.post(f"{base}/cong-bo/")

    page = text_of(answer)
    assert answer.status_code == 409
    assert "trường hợp (thủ tục, xã, ngày) không có cơ quan nào" in page
    assert "Tỉnh Cà Mau" in page
    assert "Không có cơ quan" in page


def test_a_set_is_discarded_with_a_reason_that_stays(editor: Client) -> None:
    rule_set = started(editor)

    empty = editor.post(f"{HOME}ban-du-thao/{rule_set.pk}/huy/", {"reason": " "})
    editor.post(f"{HOME}ban-du-thao/{rule_set.pk}/huy/", {"reason": "Văn bản bị thu hồi"})

    assert empty.status_code == 422
    assert RuleSet.objects.get(pk=rule_set.pk).state == "discarded"
    assert "Trần editor hủy bỏ: Văn bản bị thu hồi" in text_of(editor.get(f"{HOME}ban-du-thao/{rule_set.pk}/"))


def test_a_conflict_found_only_on_publishing_is_named(editor: Client, approver: Client) -> None:
    first, second = draft(), draft(rank=100)
    for each in (first, second):
        submit(each, at=business_now())

    approver.post(f"{HOME}ban-du-thao/{first.pk}/cong-bo/")
    answer = approver.post(f"{HOME}ban-du-thao/{second.pk}/cong-bo/")

    assert answer.status_code == 409
    assert "“Cấp giấy xác nhận tình trạng hôn nhân: Sở Tư pháp nơi cư trú”" in text_of(answer)
    assert RuleSet.objects.get(pk=second.pk).state == "review"
