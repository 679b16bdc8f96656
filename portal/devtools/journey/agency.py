"""What officers, approvers and supervisors do in the journey."""

from datetime import timedelta

from dossiers.lifecycle import State
from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import working_calendar
from portal.core.clock import business_now
from portal.core.workcalendar import local
from portal.devtools.journey import papers
from portal.devtools.journey.browser import Unexpected
from portal.devtools.journey.markup import Form, Value
from portal.devtools.journey.trip import Step, Trip

SUMMARY = "Hồ sơ đủ điều kiện theo quy định; cấp kết quả cho người yêu cầu."
REFUSAL = "Từ chối giải quyết: nội dung đề nghị không đủ điều kiện theo quy định của pháp luật hiện hành."
FILLER = "Theo hồ sơ"
RETURN_SECONDS = 150
"""Two looks of the sweep, on a busy machine."""
GIVEN_ID = "079326001234"
"""The number that a birth registration gives a child."""


def claim(trip: Trip) -> None:
    """An officer of the competent agency takes the dossier from the queue and reads it."""
    found = trip.require_state(State.IN_TRANSFER_TO_AGENCY)
    trip.agency = found.agency.identifier if found.agency else ""
    with trip.people.officer(trip.agency) as browser:
        page = browser.get(f"/xu-ly/{trip.code}/nhan/")
        page = browser.send(page.form("version"))
        trip.require_words(page, trip.code)
    trip.require_state(State.ASSIGNED)


def propose(trip: Trip) -> None:
    """The officer proposes the result with everything that its paper needs."""
    _propose(trip, SUMMARY)


def _propose(trip: Trip, summary: str, kind: str = "") -> None:
    with trip.people.officer(trip.agency) as browser:
        page = browser.get(f"/xu-ly/{trip.code}/trinh-ky/{kind}")
        form = page.form("version", "summary")
        values = _result_values(form, trip) | {"summary": summary}
        files = {"upload": [papers.signed_pdf(trip.filing.procedure)]} if "upload" in form.names else None
        page = browser.send(form.fill_known(values), press=_main_button(form), files=files)
    trip.require_state(State.AWAITING_SIGNATURE)


def _main_button(form: Form) -> tuple[str, str] | None:
    return next((button for button in form.buttons if button[1] not in {"preview", "find", "save"}), None)


def _result_values(form: Form, trip: Trip) -> dict[str, Value]:
    """What the result's paper prints, where the answers did not say it already."""
    blank = [name for name in form.names if name.startswith("d-") and not form.value(name)]
    today = f"{business_now():%d/%m/%Y}"
    values: dict[str, Value] = {
        name: "" if "valid_until" in name else today if name.endswith(("_on", "date")) else FILLER for name in blank
    }
    values |= dict.fromkeys([name for name in blank if name.endswith("personal_id")], GIVEN_ID)
    return values | {"serial": f"{trip.agency}/{trip.code[-4:]}"}


def sign(trip: Trip) -> None:
    """The approver, another person, reads the result as it will be issued and signs it."""
    with trip.people.leader(trip.agency) as browser:
        page = browser.get(f"/xu-ly/{trip.code}/ky/")
        form = page.form("version", action="/ky/") if any("/ky/" in form.action for form in page.shown.forms) else page.form("version")
        browser.send(form, press=_main_button(form))
    trip.require_state(State.ISSUED, State.IN_TRANSFER_TO_COUNTER)


def decide(trip: Trip) -> None:
    """Claimed, proposed and signed."""
    for step in (claim, propose, sign):
        step(trip)
    trip.notes.append("decided")


def ask(trip: Trip) -> None:
    """The officer asks once for what is missing; the clock stands still."""
    with trip.people.officer(trip.agency) as browser:
        form = browser.get(f"/xu-ly/{trip.code}/yeu-cau-bo-sung/").form("version", "answer_by")
        asked: dict[str, Value] = {
            "free-0-title": "Bản chụp giấy tờ chứng minh nơi cư trú",
            "free-0-reason": "Bản đã nộp bị mờ, không đọc được.",
        }
        browser.send(form.fill(asked), press=_main_button(form))
    trip.require_state(State.SUPPLEMENT_REQUESTED)
    trip.notes.append("supplement asked")


def extend(trip: Trip) -> None:
    """The apology letter with a new date, a working day before the old one."""
    found = trip.dossier()
    if found.due_at is None:
        raise Unexpected(f"{trip.code} has no due date to extend")
    now, due = business_now(), local(found.due_at)
    calendar = working_calendar(range(now.year, now.year + 3))
    if calendar.next_working_day(now.date()) != due.date():
        raise Unexpected(f"{trip.code}: it is {now:%d/%m}, not the working day before {due:%d/%m}")
    day = calendar.add_working_days(due.date(), 3)
    with trip.people.officer(trip.agency) as browser:
        form = browser.get(f"/xu-ly/{trip.code}/gia-han/").form("version", "new_date")
        reason = "Cần thêm thời gian xác minh thông tin tại cơ quan có liên quan."
        browser.send(form.fill({"new_date": f"{day:%d/%m/%Y}", "reason": reason}), press=_main_button(form))
    again = trip.dossier()
    if again.due_at is None or again.due_at - found.due_at < timedelta(days=1):
        raise Unexpected(f"{trip.code}: the due date did not move")
    trip.notes.append("extended once")


def return_to_person(trip: Trip) -> None:
    """The agency returns what is not its competence and cannot say whose it is; a supervisor must decide."""
    with trip.people.officer(trip.agency) as browser:
        form = browser.get(f"/xu-ly/{trip.code}/khong-thuoc-tham-quyen/").form("version", "code")
        told = "Thửa đất nằm ngoài địa bàn do cơ quan phụ trách theo bản đồ địa chính mới."
        browser.send(
            form.fill({"code": "place", "reason": told}),
            press=("action", "return") if ("action", "return") in form.buttons else _main_button(form),
        )
    trip.require_state(State.ACCEPTED)
    trip.agency = ""
    trip.notes.append("returned: not competent")


def return_to(place: str, identifier: str) -> Step:
    """The agency returns it and states the right place; the register names the next agency, and it is there at once."""

    def step(trip: Trip) -> None:
        promised = trip.dossier().due_at
        with trip.people.officer(trip.agency) as browser:
            form = browser.get(f"/xu-ly/{trip.code}/khong-thuoc-tham-quyen/").form("version", "code")
            told: dict[str, Value] = {"code": "place", "reason": "Sổ đăng ký cư trú ghi nơi khác.", "right_place": place}
            browser.send(form.fill(told), press=_main_button(form))
        found = trip.require_state(State.IN_TRANSFER_TO_AGENCY)
        if found.agency is None or found.agency.identifier != identifier or found.due_at != promised:
            raise Unexpected(f"{trip.code} should be at {identifier} with its return date, but is at {found.agency}")
        trip.agency = identifier
        trip.notes.append("returned: the register named the next agency")

    return step


def answer_place(clerk: str, part: str) -> Step:
    """A clerk of the centre that was asked says in which part the address lies; routing goes on with it."""

    def step(trip: Trip) -> None:
        question = trip.dossier().place_questions.get()
        with trip.people.clerk(trip.office) as browser:
            trip.require_words(browser.get(f"/quay/ho-so/{trip.code}/"), question.office.name)
        with trip.people.staff(clerk) as browser:
            trip.require_words(browser.get("/quay/hoi-dia-ban/"), trip.code)
            form = browser.get(f"/quay/hoi-dia-ban/{question.pk}/").form("part", "note")
            unit = AdministrativeUnit.objects.get(code=part, valid_to=None)
            browser.send(form.fill({"part": str(unit.pk), "note": "Đối chiếu bản đồ địa giới sau sắp xếp."}))
        found = trip.wait_for("hand-over", lambda dossier: dossier.routing == "routed")
        trip.agency = found.agency.identifier if found.agency else ""
        trip.notes.append("the centre determined the place")

    return step


def decide_agency(supervisor: str, identifier: str) -> Step:
    """A supervisor names the agency, with a reason."""

    def step(trip: Trip) -> None:
        agency = Agency.objects.get(identifier=identifier)
        with trip.people.staff(supervisor) as browser:
            trip.require_words(browser.get("/giam-sat/chua-ro-tham-quyen/"), trip.code)
            page = browser.get(f"/giam-sat/chua-ro-tham-quyen/{trip.code}/")
            page = browser.send(page.form("q", "note").fill({"q": identifier}), press=("action", "search"))
            form = page.form("agency", "note")
            form.fill({"agency": str(agency.pk), "note": "Đối chiếu bản đồ địa giới: địa chỉ thuộc địa bàn của cơ quan này."})
            browser.send(form, press=("action", "decide"))
        trip.wait_for("hand-over", lambda dossier: dossier.routing == "routed")
        trip.agency = identifier
        trip.notes.append("agency decided by a person")

    return step


def answer_reminder(trip: Trip) -> None:
    """The agency answers the reminder in its queue."""
    with trip.people.officer(trip.agency) as browser:
        page = browser.get("/xu-ly/nhac-viec/")
        trip.require_words(page, trip.code)
        number = trip.dossier().reminders.filter(answered_at__isnull=True).values_list("pk", flat=True).get()
        form = page.form("text", action=f"/nhac-viec/{number}/")
        browser.send(form.fill({"text": "Lãnh đạo sẽ ký ngay trong buổi sáng nay."}))
    trip.notes.append("reminder answered")


def require_late(trip: Trip) -> None:
    """The dossier is really late: its own due time has passed."""
    found = trip.dossier()
    if found.due_at is None or found.due_at >= business_now():
        raise Unexpected(f"{trip.code} should be late, but is due {found.due_at}")
    trip.notes.append("late")


def go_away(identifier: str) -> Step:
    """The only officer of the agency enters an absence for today, and names nobody who stands in."""

    def step(trip: Trip) -> None:
        today = f"{business_now():%d/%m/%Y}"
        with trip.people.officer(identifier) as browser:
            form = browser.get("/xu-ly/vang-mat/").form("starts_on", "ends_on")
            browser.send(form.fill({"starts_on": today, "ends_on": today}))

    return step


def wait_unstaffed(supervisor: str) -> Step:
    """Nobody works there today: the supervisor sees the dossier with the reason."""

    def step(trip: Trip) -> None:
        trip.wait_for("alarm", lambda dossier: dossier.routing == "unstaffed")
        with trip.people.staff(supervisor) as browser:
            trip.require_words(browser.get("/giam-sat/chua-ro-tham-quyen/"), trip.code, "chưa có cán bộ thụ lý")
        trip.notes.append("nobody there: the supervisor has an alarm")

    return step


def back_by_itself(trip: Trip) -> None:
    """The officer is there again, and so is the dossier, without anybody's doing."""
    found = trip.wait_for("return", lambda dossier: dossier.routing == "routed", RETURN_SECONDS)
    trip.agency = found.agency.identifier if found.agency else ""
    trip.notes.append("went back by itself")
