"""The agency's pages in a real browser: both themes and widths, with and without JavaScript."""

import io
import os
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from dossiers.actions.absences import Leave, enter_absence
from dossiers.actions.alerts import raise_alerts
from dossiers.actions.bulk import start_batch
from dossiers.actions.decide import Proposal, claim, propose
from dossiers.actions.file import PaperInput
from dossiers.actions.reassign import Giving, reassign
from dossiers.actions.saved_views import save_view
from dossiers.actions.transition import By
from dossiers.documents.uploads import check_upload, store_upload
from dossiers.models import BulkBatch, Dossier, Reminder, Result
from dossiers.queries import of_agency
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.db import acting_as
from tests.counters.test_keyboard import Keyboard
from tests.dossiers.officer.desk import desk_of, version_of
from tests.dossiers.officer.test_flow import MARITAL
from tests.factories import centre, committee, filed, routed, staff, staffed, who
from tests.support.browser import OpenPage
from tests.support.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.live]
LEADERS = {"sign", "team", "member", "led absences", "bulk", "review"}
SHOTS = os.environ.get("OFFICER_SHOTS", "")


class Desks:
    """Who is signed in, and the dossiers that the pages show."""

    def __init__(self) -> None:
        agency, at = committee(), business_now()
        self.officer, self.leader = staffed(agency)
        clerk = staff(Role.CLERK, centre())
        papers = [_scan("Giấy tờ tùy thân"), PaperInput(requirement_key="to-khai", name="Tờ khai", originals=1)]
        self.dossiers = [routed(filed(clerk, at=at, papers=papers).dossier, at) for _ in range(5)]
        by = By(self.officer, at, agency=agency)
        with acting_as(who(self.officer, at.date()).scope):
            for each in self.dossiers[:2]:
                claim(each, by=by)
            ready = self.dossiers[1]
            ready.refresh_from_db()
            kind = ready.version.results.filter(outcome="grant").order_by("pk")[0]
            details = {key.removeprefix("d-"): value for key, value in MARITAL.items() if key.startswith("d-")}
            propose(ready, by=by, proposal=Proposal(kind, MARITAL["summary"], details), expected_version=ready.state_version)
        self.colleague, today = staff(Role.OFFICER, agency), at.date()
        staff(Role.OFFICER, agency)
        own = Leave(self.colleague, agency, today, today + timedelta(days=3), self.officer)
        enter_absence(own, by=By(self.leader, at, agency=agency))
        given = Giving(self.officer, "Chị xem giúp tờ khai trang hai, người dân hẹn quay lại trong tuần.")
        reassign(self.dossiers[4], by=By(self.leader, at, agency=agency), giving=given, expected_version=version_of(self.dossiers[4]))
        save_view(self.officer, name="Hẹn trả trong tháng", query="muc=tat-ca&tinh-trang=assigned")
        save_view(self.leader, name="Cần gấp của phường", query="muc=qua-han", agency=agency)
        self.batch = start_batch(
            [ready.code],
            token=uuid.uuid4(),
            user=self.leader,
            action=BulkBatch.Action.SIGN,
            among=of_agency(who(self.leader, today)),
            at=at,
        )
        raise_alerts(at=at + timedelta(days=30))
        Reminder.objects.create(
            dossier=self.dossiers[2], office=centre(), agency=agency, sent_by=clerk, sent_at=at, text="Đề nghị cho biết bao giờ có kết quả."
        )


def _scan(name: str) -> PaperInput:
    picture, written = Image.new("RGB", (620, 877), "white"), io.BytesIO()
    ImageDraw.Draw(picture).rectangle((60, 60, 560, 380), outline="black", width=3)
    picture.save(written, "PNG")
    checked = check_upload(SimpleUploadedFile("can-cuoc.png", written.getvalue(), "image/png"))
    paper = PaperInput(requirement_key="", name=name, copies=1)
    return replace(paper, storage_key=store_upload(checked), content_type=checked.content_type, size=checked.size, sha256=checked.sha256)


@pytest.fixture(scope="module")
def desks(module_live: Live) -> Desks:
    return Desks()


def signed_in(page: Any, user: User, live: Live) -> Any:
    """The page belongs to the browser of this person."""
    name = settings.SESSION_COOKIE_NAME
    value = desk_of(user).client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": live.url}])
    return page


def _paths(desks: Desks) -> dict[str, str]:
    mine, proposed, urged = (f"/xu-ly/{each.code}/" for each in desks.dossiers[:3])
    return {
        "queue": "/xu-ly/?muc=tat-ca",
        "unassigned": "/xu-ly/?muc=chua-nhan",
        "workbench": mine,
        "timeline": f"{mine}?muc=tien-trinh",
        "clock": f"{mine}?muc=thoi-han",
        "why": f"{mine}?muc=tham-quyen",
        "documents": f"{mine}?muc=van-ban",
        "supplement": f"{mine}yeu-cau-bo-sung/",
        "propose": f"{mine}trinh-ky/",
        "extend": f"{mine}gia-han/",
        "return": f"{mine}khong-thuoc-tham-quyen/",
        "sign": f"{proposed}ky/",
        "claim": f"{urged}nhan/",
        "reminders": "/xu-ly/nhac-viec/",
        "filters": f"/xu-ly/?muc=tat-ca&nguoi={desks.officer.pk}&tinh-trang=assigned&tu=32/13/2026",
        "reassign": f"{mine}giao-viec/",
        "views": "/xu-ly/danh-sach/",
        "absences": "/xu-ly/vang-mat/",
        "led absences": "/xu-ly/vang-mat/",
        "bulk": f"/xu-ly/nhieu/{desks.batch.token}/",
        "review": f"/xu-ly/nhieu/{desks.batch.token}/xem/1/",
        "team": "/xu-ly/to/",
        "member": f"/xu-ly/to/{desks.officer.pk}/",
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(open_page: OpenPage, module_live: Live, desks: Desks, width: int, theme: str) -> None:
    wrong: dict[str, object] = {}
    for name, path in _paths(desks).items():
        page = signed_in(open_page(width=width, theme=theme), desks.leader if name in LEADERS else desks.officer, module_live)
        page.goto(module_live.url + path)
        found = [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in Axe().run(page).response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{theme}.png"), full_page=True)
        if found or overflow > 0 or page.problems:
            wrong[name] = (found, overflow, page.problems)
        page.close()

    assert wrong == {}


def test_filters_are_live_and_push_the_address(open_page: OpenPage, module_live: Live, desks: Desks) -> None:
    page = signed_in(open_page(), desks.officer, module_live)
    page.goto(module_live.url + "/xu-ly/?muc=tat-ca")

    page.fill("#id_tim", desks.dossiers[0].code[-4:])
    page.wait_for_url("**tim=*")

    page.wait_for_function("document.querySelectorAll('tbody tr').length === 1")
    assert page.inner_text("tbody a.code") == desks.dossiers[0].code
    assert page.problems == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_from_the_queue_to_a_proposal(open_page: OpenPage, module_live: Live, desks: Desks, *, javascript: bool) -> None:
    page = signed_in(open_page(javascript=javascript), desks.officer, module_live)
    dossier: Dossier = desks.dossiers[2 if javascript else 3]
    page.goto(module_live.url + "/xu-ly/?muc=chua-nhan")

    page.check(f"input[value='{dossier.code}']")
    page.click("p.bulk button[formaction]")
    page.wait_for_selector(".notice-ok")
    page.goto(f"{module_live.url}/xu-ly/{dossier.code}/trinh-ky/")
    for name, value in MARITAL.items():
        page.fill(f"[name='{name}']", value)
    page.click("button[value=preview]")
    page.wait_for_selector(".sheet-view")
    page.click("[data-main]")
    page.wait_for_load_state()

    dossier.refresh_from_db()
    assert dossier.state == "awaiting_signature"
    assert page.problems == []


MOST_KEYS = 6


def test_from_the_queue_to_the_decision_and_from_there_to_the_signature_in_six_keys_each(
    open_page: OpenPage, module_live: Live, desks: Desks
) -> None:
    page = signed_in(open_page(), desks.officer, module_live)
    keys = Keyboard(page)
    routed(filed(staff(Role.CLERK, centre()), at=business_now()).dossier, business_now())
    waiting = set(Dossier.objects.filter(state="in_transfer_to_agency").values_list("pk", flat=True))
    page.goto(module_live.url + "/xu-ly/")

    keys.press("Alt+Shift+D")
    page.wait_for_selector("[data-hotkey=p]")
    keys.press("Alt+Shift+P")
    page.wait_for_url("**/trinh-ky/")
    keys.type(MARITAL["summary"])
    while empty := page.evaluate("[...document.querySelectorAll('.proposal [required]')].find(it => !it.value)?.name || ''"):
        keys.press("Tab")
        assert keys.at() == empty, "what is still to be written comes first"
        keys.type(MARITAL[empty])
    keys.press("Control+Enter")
    page.wait_for_selector(".result-box")

    dossier = Dossier.objects.get(pk__in=waiting, state="awaiting_signature")
    assert keys.presses <= MOST_KEYS
    assert page.locator("[data-hotkey=d]").count() == 1, "the next dossier is one key away"
    assert page.problems == []

    leader = signed_in(open_page(), desks.leader, module_live)
    signing = Keyboard(leader)
    leader.goto(f"{module_live.url}/xu-ly/?muc=trinh-ky&tim={dossier.code}")
    signing.press("Alt+Shift+O")
    leader.wait_for_selector("[data-hotkey=p]")
    signing.press("Alt+Shift+P")
    leader.wait_for_url("**/ky/")
    signing.press("Alt+Shift+N")
    leader.wait_for_selector(".notice-ok")

    assert Result.objects.get(dossier=dossier).signed_by == desks.leader
    assert signing.presses <= MOST_KEYS
    assert leader.problems == []
