"""Competence at a browser without JavaScript: places corrected, divided and merged, a lawful choice, a delegation, rules that change."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import transaction
from playwright.sync_api import Locator, Page, expect

from dossiers.models import Dossier, PlaceQuestion, ReroutingRun
from portal.accounts.models import Role, User
from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import current_units_of, place_label
from portal.core.clock import business_now, business_today
from portal.core.models import DemoClock
from procedures.formschema.library import form_for
from procedures.formschema.schema import parse_schema
from procedures.models import CompetenceRule, RegistryRun, RuleSet
from tests.dossiers.routing.test_place_questions import divided
from tests.dossiers.test_lawful_choice import BIRTH, CHOOSE, MOTHER, birth, draft_of
from tests.e2e.conftest import Site
from tests.e2e.hands import claim, fill, main_button, of_user, press, quiet, until
from tests.e2e.reading import faults, read
from tests.e2e.test_pages import NARROW, WIDE, too_wide
from tests.e2e.world import MARITAL_STATUS
from tests.factories import centre, committee, commune, filed, marital_answers, routed, staff, staffed
from tests.procedures.registry import rule_of
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
REGISTRY, REROUTING = "/quan-tri/tham-quyen/", "/giam-sat/dinh-tuyen-lai/"


def why(page: Page) -> Locator:
    """The part of the page that says why this agency decides, with everything unfolded."""
    part = page.get_by_role("heading", name="Vì sao là cơ quan này", exact=True).locator("xpath=..")
    while (folded := part.locator("details:not([open]) > summary")).count():
        folded.first.click()
    return part


def plain(page: Page) -> list[str]:
    """What is on the page that a Vietnamese reader could not read, and what the console said."""
    return list(faults(read(page.content())[1])) + quiet(page)


def test_somebody_who_does_not_know_the_part_of_a_divided_commune_is_answered_by_the_centre(site: Site, open_page: OpenPage) -> None:
    unit, who = divided(), site.world.people["citizen"]
    with transaction.atomic():
        for part in current_units_of(unit, business_today()):
            staffed(committee(part.code))
        draft, url = draft_of(who, MARITAL_STATUS, marital_answers())
    key = next(section.key for section, item in parse_schema(form_for(MARITAL_STATUS)).fields() if item.key == "subject_residence")
    page = of_user(site, open_page(width=NARROW, javascript=False, base_url=site.live.url), who)

    page.goto(f"/nop-ho-so/nhap/{draft.pk}/phan/{key}/?tu=kiem-tra")
    page.locator('[name="d-subject_residence_text"]').fill(place_label(unit))
    main_button(page)
    page.locator('[name="d-subject_residence_successor"][value="unknown"]').check()
    main_button(page)
    assert page.url.endswith(url)
    if (centre := page.locator('select[name="office"]')).count():
        centre.select_option(index=1)
        page.locator('button[name="recalculate"]').click()
    page.locator('[name="declared"]').check()
    page.locator('button[name="submit"]').click()
    expect(page.locator(".confirmation")).to_be_visible()

    dossier = Dossier.objects.filter(draft=draft).get()
    until(lambda: PlaceQuestion.objects.filter(dossier=dossier).exists(), "the centre was not asked")
    question = PlaceQuestion.objects.select_related("office").get(dossier=dossier)
    page.goto(f"/ho-so-cua-toi/{dossier.code}/")
    expect(page.locator("main")).to_contain_text(question.office.name)
    with transaction.atomic():
        clerk = staff(Role.CLERK, question.office)
    desk = of_user(site, open_page(width=WIDE, javascript=False, base_url=site.live.url), clerk)
    desk.goto("/quay/hoi-dia-ban/")
    desk.locator(f'a[href="/quay/hoi-dia-ban/{question.pk}/"]').first.click()
    desk.locator('input[name="part"]').first.check()
    main_button(desk)

    until(lambda: Dossier.objects.filter(pk=dossier.pk, routing="routed").exists(), "the answer led nowhere")
    dossier.refresh_from_db()
    assert dossier.agency is not None
    page.reload()
    expect(page.locator("main")).to_contain_text(dossier.agency.name)


def test_a_wrong_place_is_corrected_by_the_officer_and_everybody_can_read_why(site: Site, open_page: OpenPage) -> None:
    people, at, right = site.world.people, business_now(), committee("00008")
    with transaction.atomic():
        staffed(right)
        dossier = routed(filed(people["clerk"], centre(), applicant=people["citizen"], at=at).dossier, at)
    assert dossier.agency == committee()
    citizen = open_page(width=NARROW, javascript=False, base_url=site.live.url)
    clerk, officer, second = (open_page(width=WIDE, javascript=False, base_url=site.live.url) for _each in range(3))
    for page, role in ((citizen, "citizen"), (clerk, "clerk"), (officer, "officer")):
        site.sign_in(page.context, role)
    of_user(site, second, User.objects.get(username="canbo.phuongben"))
    promised = dossier.due_at

    claim(officer, dossier.code)
    officer.goto(f"/xu-ly/{dossier.code}/khong-thuoc-tham-quyen/")
    officer.locator('[name="code"]').select_option("place")
    officer.locator('[name="reason"]').fill("Sổ đăng ký cư trú ghi nơi khác.")
    officer.locator('[name="right_place"]').fill(place_label(commune("00008")))
    main_button(officer)
    dossier.refresh_from_db()
    assert (dossier.agency, dossier.due_at) == (right, promised), officer.locator("main").inner_text()

    citizen.goto(f"/ho-so-cua-toi/{dossier.code}/")
    sentence = (
        f"{committee().name} không có thẩm quyền giải quyết; hồ sơ được chuyển đến {right.name}. Ngày hẹn trả kết quả không thay đổi."
    )
    expect(citizen.get_by_role("region", name="Quá trình giải quyết").get_by_text(sentence)).to_have_count(1)
    expect(why(citizen)).to_contain_text(right.name)
    assert "Sổ đăng ký cư trú" not in citizen.content()
    clerk.goto(f"/quay/ho-so/{dossier.code}/")
    second.goto(f"/xu-ly/{dossier.code}/?muc=tham-quyen")
    for page in (clerk, second):
        expect(why(page)).to_contain_text(right.name)
        expect(why(page)).to_contain_text("Sổ đăng ký cư trú ghi nơi khác.")
    assert too_wide(citizen) == ""
    assert [said for page in (citizen, clerk, officer, second) for said in plain(page)] == []


def test_where_the_law_lets_the_person_choose_one_question_names_both_agencies(site: Site, open_page: OpenPage) -> None:
    who, mother = site.world.people["citizen"], committee(MOTHER)
    with transaction.atomic():
        staffed(mother)
        draft, url = draft_of(who, BIRTH, birth())
    page = of_user(site, open_page(width=NARROW, javascript=False, base_url=site.live.url), who)

    page.goto(url)
    question = page.get_by_role("group", name=CHOOSE)
    assert question.get_by_role("radio").count() == 2
    page.locator('[name="declared"]').check()
    press(page, "Nộp hồ sơ")
    expect(page.get_by_role("alert")).to_contain_text("Chọn cơ quan giải quyết.")
    question.get_by_label(mother.name).check()
    press(page, "Tính lại")
    expect(page.get_by_role("region", name="Cơ quan giải quyết")).to_contain_text(mother.name)
    assert too_wide(page) == ""
    page.locator('[name="declared"]').check()
    press(page, "Nộp hồ sơ")
    expect(page.locator(".confirmation")).to_be_visible()

    dossier = Dossier.objects.filter(draft=draft).get()
    until(lambda: Dossier.objects.filter(pk=dossier.pk, agency=mother, routing="routed").exists(), "the chosen agency does not have it")
    page.goto(f"/ho-so-cua-toi/{dossier.code}/")
    expect(why(page)).to_contain_text(mother.name)
    assert (too_wide(page), plain(page)) == ("", [])


def test_a_merger_is_entered_by_one_person_and_approved_by_another_for_a_day_to_come(site: Site, open_page: OpenPage) -> None:
    day, old = business_today() + timedelta(days=40), [commune(code) for code in ("00025", "00070")]
    editor, approver = (open_page(width=WIDE, javascript=False, base_url=site.live.url) for _each in range(2))
    site.sign_in(editor.context, "editor")
    site.sign_in(approver.context, "approver")

    editor.goto("/quan-tri/sap-xep/moi/")
    fill(editor, {"kind": ["merger"], "level": ["commune"], "number": ["77/NQ-UBTVQH16"], "legal_basis": ["Nghị quyết về sắp xếp"]})
    fill(editor, {"effective_from": [f"{day:%d/%m/%Y}"], "lines-0-old_unit": [place_label(old[0])], "lines-0-code": ["90077"]})
    fill(editor, {"lines-0-name": ["Phường Thử Nghiệm"], "lines-0-type": ["phường"], "lines-1-old_unit": [place_label(old[1])]})
    main_button(editor)
    expect(editor.locator("main")).to_contain_text("Người thứ hai phải duyệt")
    expect(editor.locator("main")).to_contain_text("UBND phường Thử Nghiệm")
    assert editor.get_by_role("button", name="Duyệt", exact=True).count() == 0
    approver.goto(editor.url)
    press(approver, "Kiểm tra cơ quan có thẩm quyền")
    press(approver, "Duyệt")

    expect(approver.locator("main")).to_contain_text("Đã duyệt")
    expect(approver.locator("main")).to_contain_text(f"{day:%d/%m/%Y}")
    merged = AdministrativeUnit.objects.filter(code="90077")
    assert list(merged.values_list("name", "valid_from")) == [("Phường Thử Nghiệm", day)]
    assert set(AdministrativeUnit.objects.on(business_today()).filter(pk__in=[each.pk for each in old])) == set(old)
    assert plain(editor) + plain(approver) == []


def test_a_delegation_is_entered_by_one_person_and_confirmed_by_another(site: Site, open_page: OpenPage) -> None:
    first_day, giver = business_today() + timedelta(days=2), committee(MOTHER)
    near = Agency.objects.filter(kind="commune_committee", province=giver.province).exclude(pk=giver.pk)
    taker = near.on(first_day).order_by("identifier")[0]
    editor, approver = (open_page(width=WIDE, javascript=False, base_url=site.live.url) for _each in range(2))
    site.sign_in(editor.context, "editor")
    site.sign_in(approver.context, "approver")
    place = {"thu_tuc": MARITAL_STATUS, "noi": place_label(commune(MOTHER)), "ngay": f"{first_day:%d/%m/%Y}"}
    trial = f"{REGISTRY}thu/?{urlencode(place)}"

    editor.goto(f"{REGISTRY}uy-quyen/moi/")
    fill(editor, {"from_agency": [giver.identifier], "to_agency": [taker.identifier], "procedure": [MARITAL_STATUS]})
    fill(editor, {"valid_from": [f"{first_day:%d/%m/%Y}"], "valid_to": [f"{first_day + timedelta(days=30):%d/%m/%Y}"]})
    fill(editor, {"legal_basis": ["78/QĐ-UBND"]})
    press(editor, "Gửi đề nghị xác nhận")
    asked = editor.locator("article.change", has_text="78/QĐ-UBND")
    expect(asked).to_contain_text(taker.name)
    assert asked.locator("button").count() == 0
    editor.goto(trial)
    expect(editor.locator("main")).to_contain_text(giver.name)
    expect(editor.locator("main")).not_to_contain_text(taker.name)
    approver.goto(f"{REGISTRY}uy-quyen/")
    with approver.expect_navigation():
        approver.locator("article.change", has_text="78/QĐ-UBND").get_by_role("button", name="Xác nhận").click()
    expect(approver.locator("tr", has_text="78/QĐ-UBND")).to_contain_text("Chưa bắt đầu")

    editor.reload()
    expect(editor.locator("main")).to_contain_text(taker.name)
    assert plain(editor) + plain(approver) == []


def test_a_rule_set_is_tried_and_published_and_dossiers_follow_it_and_come_back(site: Site, open_page: OpenPage) -> None:
    day, old, queued = business_today() + timedelta(days=3), rule_of(MARITAL_STATUS), site.world.dossier("queued")
    police = Agency.objects.get(kind="commune_police", unit=commune())
    with transaction.atomic():
        staffed(police)
    editor, approver, watcher = (open_page(width=WIDE, javascript=False, base_url=site.live.url) for _each in range(3))
    for page, role in ((editor, "editor"), (approver, "approver"), (watcher, "supervisor")):
        site.sign_in(page.context, role)

    editor.goto(f"{REGISTRY}ban-du-thao/moi/")
    for name, value in (("title", "Thử trên trình duyệt"), ("legal_basis", "1/2026/NĐ-CP"), ("decision_number", "12/QĐ")):
        editor.locator(f'[name="{name}"]').fill(value)
    first_day = editor.locator('[name="effective_from"]')
    first_day.fill(f"{day:%Y-%m-%d}" if first_day.get_attribute("type") == "date" else f"{day:%d/%m/%Y}")
    editor.locator('main form button[type="submit"]').first.click()
    rule_set = RuleSet.objects.order_by("-pk")[0]
    editor.goto(f"{REGISTRY}ban-du-thao/{rule_set.pk}/thay/{old.pk}/?loai=commune_authority")
    editor.locator('[name="agency_kind"]').select_option("commune_police")
    editor.locator('[name="legal_basis"]').fill("1/2026/NĐ-CP, Điều 4")
    main_button(editor)
    assert rule_set.changes.count() == 1, editor.locator("main").inner_text()

    editor.goto(f"{REGISTRY}ban-du-thao/{rule_set.pk}/chay-thu/")
    editor.locator("form.run-form button").click()
    until(lambda: RegistryRun.objects.filter(rule_set=rule_set, state="done").exists(), "the dry run did not end")
    editor.reload()
    expect(editor.locator("main")).to_contain_text("3.321 xã, phường, đặc khu")
    expect(editor.locator("main")).to_contain_text(queued.code)
    editor.goto(f"{REGISTRY}ban-du-thao/{rule_set.pk}/")
    editor.locator(f'form[action$="/{rule_set.pk}/trinh-duyet/"] button').click()
    approver.goto(f"{REGISTRY}ban-du-thao/{rule_set.pk}/cong-bo/")
    approver.locator("form.actions button.button-large").click()
    assert CompetenceRule.objects.get(replaces=old).agency_kind == "commune_police", approver.locator("main").inner_text()

    DemoClock.objects.update_or_create(id=1, defaults={"offset_seconds": int(timedelta(days=4).total_seconds())})
    watcher.goto(REROUTING)
    watcher.locator('[name="procedure"]').first.fill(MARITAL_STATUS)
    watcher.locator('form:has([name="procedure"]) button').click()
    expect(watcher.locator("main")).to_contain_text(queued.code)
    expect(watcher.locator("main")).to_contain_text(police.name)
    assert Dossier.objects.get(pk=queued.pk).agency != police
    watcher.locator("textarea#reason").fill("Quyết định 12/QĐ đổi thẩm quyền.")
    main_button(watcher)
    run = ReroutingRun.objects.filter(undo_of__isnull=True).order_by("-pk")[0]
    until(lambda: ReroutingRun.objects.filter(pk=run.pk, state="done").exists(), "the dossiers were not decided again")
    watcher.reload()
    expect(watcher.locator("#results")).to_contain_text(queued.code)
    assert Dossier.objects.get(pk=queued.pk).agency == police

    watcher.locator("textarea#reason").fill("Quyết định bị thu hồi.")
    watcher.locator("button.button-danger").click()
    until(lambda: ReroutingRun.objects.filter(undo_of=run, state="done").exists(), "the moves were not taken back")
    assert Dossier.objects.get(pk=queued.pk).agency == queued.agency
