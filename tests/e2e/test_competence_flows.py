"""Competence at a browser without JavaScript: a place whose part nobody knows, a rule set published, dossiers moved and taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from dossiers.models import Dossier, PlaceQuestion, ReroutingRun
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.agencies.queries import current_units_of, place_label
from portal.core.clock import business_today
from portal.core.models import DemoClock
from portal.devtools.processes import wait_until
from procedures.formschema.library import form_for
from procedures.formschema.schema import parse_schema
from procedures.models import CompetenceRule, RegistryRun, RuleSet
from tests.dossiers.routing.test_place_questions import divided
from tests.dossiers.test_lawful_choice import draft_of
from tests.e2e.conftest import Site
from tests.e2e.test_pages import NARROW, WIDE
from tests.e2e.world import MARITAL_STATUS
from tests.factories import committee, commune, marital_answers, staff, staffed
from tests.procedures.registry import rule_of
from tests.support.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.timeout(1800)]
REGISTRY, REROUTING = "/quan-tri/tham-quyen/", "/giam-sat/dinh-tuyen-lai/"


def of_user(site: Site, page: Page, user: User) -> Page:
    """The page belongs to this person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": site.live.url} for each in client.cookies.values()])
    return page


def until(holds: Callable[[], bool], what: str) -> None:
    """The processes behind the pages have done it."""
    assert wait_until(holds, seconds=20, interval=0.5), what


def main_button(page: Page) -> None:
    """The page's main action, as somebody without a mouse and without scripts takes it."""
    page.locator("main button[data-main]").first.click()


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
