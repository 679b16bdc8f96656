"""What clerks do in the journey: take a walk-in, accept, ask, refuse, hand back, turn away, urge."""

import re

from dossiers.codes import SECRET_ALPHABET
from dossiers.lifecycle import State
from portal.devtools.journey import filling, papers
from portal.devtools.journey.browser import Browser, Page, Unexpected
from portal.devtools.journey.markup import Form, Value
from portal.devtools.journey.people import Citizen
from portal.devtools.journey.trip import Step, Trip

MARKER = "p-owner_name"
SECRET = re.compile(rf"\b[{SECRET_ALPHABET}]{{4}}-[{SECRET_ALPHABET}]{{4}}\b")
SETTLE_TRIES = 3


def take(office: str, *, scan: bool = False) -> Step:
    """The person comes to this counter, with card and papers; the dossier is filed there."""

    def step(trip: Trip) -> None:
        trip.office = office
        with trip.people.clerk(office) as browser:
            page = _submitted(browser, trip, _started(browser, trip), scan=scan)
            trip.code = page.path.strip("/").split("/")[2]
            page.shown.link("/tai-lieu/")
            trip.secret = _secret_on(page)
            _follow_routing(trip, browser)

    return step


def _secret_on(page: Page) -> str:
    """The tracking secret as the confirmation prints it."""
    found = SECRET.search(page.shown.words)
    if found is None:
        raise Unexpected(f"{page.url} shows no tracking secret")
    return found[0]


def _started(browser: Browser, trip: Trip) -> Page:
    """The draft's page, after card and procedure."""
    person = trip.filing.person
    form = browser.get("/quay/tiep-nhan/").form("card", "q").fill({"card": person.card, "q": trip.filing.procedure, "phone": person.phone})
    page = browser.send(form, press=("go", "1"))
    if "/quay/tiep-nhan/" in page.path and page.path.count("/") == 3:
        page = browser.send(page.form("card", "q"), press=("code", trip.filing.procedure))
    return _of_case(browser, page, trip.filing.case)


def _of_case(browser: Browser, page: Page, case: str) -> Page:
    """The draft in this case of the procedure."""
    if not case:
        return page
    form = page.form(MARKER, "case")
    number = next((value for value, text in _cases(page) if case in text), "")
    return browser.send(form.fill({"case": number}), press=("action", "case"))


def _cases(page: Page) -> list[tuple[str, str]]:
    return [pair for pair in page.shown.choices if pair[0].isdigit()]


def _submitted(browser: Browser, trip: Trip, page: Page, *, scan: bool) -> Page:
    """The confirmation. What the form asks back is answered from the plan."""
    filing = trip.filing
    answers: dict[str, Value] = {**filing.answers, **_parties(filing.person, filing.organisation)}
    page, form = filling.fill_declaration(browser, page, answers, MARKER)
    ticks: dict[str, Value] = {name: True for name in form.names if name.startswith("has-")}
    form.fill(ticks)
    files = {name: [papers.photo(filing.procedure)] for name in _first_file(form)} if scan else None
    page = browser.send(form, press=("action", "submit"), files=files, expect=0)
    for _try in range(SETTLE_TRIES):
        if page.status != 422:
            break
        known = {name: value for name, value in filing.settles.items() if name in page.form(MARKER).names}
        if not known:
            break
        trip.notes.append("asked back")
        page = browser.send(page.form(MARKER).fill(known), press=("action", "submit"), expect=0)
    if page.status != 200 or not page.path.endswith("/da-nhan/"):
        raise Unexpected(f"{filing.procedure} was not taken ({page.status}): {page.complaint}")
    return page


def _first_file(form: Form) -> list[str]:
    return sorted(control.name for control in form.controls if control.kind == "file")[:1]


def _parties(person: Citizen, organisation: tuple[str, str]) -> dict[str, Value]:
    name, tax_code = organisation
    if not name:
        return {"p-phone": person.phone}
    return {
        "p-owner_kind": "organisation",
        "p-owner_name": name,
        "p-owner_tax_code": tax_code,
        "p-submitter_is": "other",
        "p-submitter_name": person.name,
        "p-submitter_personal_id": person.personal_id,
        "p-submitter_ground": "Người đại diện theo pháp luật",
        "p-collector_is": "submitter",
        "p-phone": person.phone,
    }


def _follow_routing(trip: Trip, browser: Browser) -> None:
    """The router is done; the counter's page names the agency, or says that a person decides."""
    found = trip.wait_for("routing", lambda dossier: dossier.routing != "pending")
    page = browser.get(f"/quay/ho-so/{trip.code}/")
    if found.routing == "routed" and found.agency is not None:
        trip.agency = found.agency.identifier
        trip.require_words(page, found.agency.name)


def open_slip(trip: Trip) -> None:
    """The receiving counter prints the slip again."""
    with trip.people.clerk(trip.office) as browser:
        page = browser.get(f"/quay/ho-so/{trip.code}/")
        browser.get(page.shown.link("/tai-lieu/"))


def _own_counter(trip: Trip) -> str:
    """The counter of the competent agency."""
    agency = trip.dossier().agency
    if agency is None or agency.reception_office is None:
        raise Unexpected(f"{trip.code}: the agency has no counter")
    return str(agency.reception_office.code)


def _decide_reception(trip: Trip, action: str, values: dict[str, Value]) -> None:
    office = _own_counter(trip)
    with trip.people.clerk(office) as browser:
        trip.require_words(browser.get("/quay/cho-tiep-nhan/"), trip.code)
        page = browser.get(f"/quay/cho-tiep-nhan/{trip.code}/")
        browser.send(page.form(press=("action", action)).fill(values), press=("action", action))


def accept(trip: Trip) -> None:
    """The competent agency's own counter accepts what was registered elsewhere or filed online."""
    trip.require_state(State.AWAITING_RECEPTION)
    _decide_reception(trip, "accept", {})
    trip.wait_for("hand-over", lambda dossier: dossier.state == State.IN_TRANSFER_TO_AGENCY)
    trip.notes.append("accepted by the agency's counter")


def refuse(trip: Trip) -> None:
    """The competent agency's own counter refuses in writing."""
    reason = "Người nộp không thuộc đối tượng thực hiện thủ tục theo quy định của pháp luật hiện hành."
    _decide_reception(trip, "refuse", {"reason": reason, "guidance": "Liên hệ cơ quan đã cấp giấy tờ để được hướng dẫn."})
    trip.require_state(State.REFUSED)
    trip.notes.append("refused in writing")


def ask_before_acceptance(trip: Trip) -> None:
    """The agency's counter asks for a paper before it accepts."""
    _decide_reception(trip, "ask", {"title-1": "Bản chụp giấy tờ tùy thân", "why-1": "Bản đã nộp bị mờ, không đọc được."})
    trip.require_state(State.SUPPLEMENT_REQUESTED)
    trip.notes.append("paper asked before acceptance")


def answer_at(office: str) -> Step:
    """The person hands the asked papers in at this counter, whichever it is."""

    def step(trip: Trip) -> None:
        with trip.people.clerk(office) as browser:
            page = browser.get(f"/quay/bo-sung/?ma={trip.code}")
            form = page.form(press=("action", "answer"))
            seen: dict[str, Value] = {name: True for name in form.names if name.startswith("seen-")}
            told: dict[str, Value] = {name: "Đã nộp bổ sung bản rõ nét." for name in form.names if name.startswith("answer-")}
            browser.send(form.fill(seen | told), press=("action", "answer"))
        trip.require_state(State.ASSIGNED, State.AWAITING_RECEPTION)
        trip.notes.append(f"answered at {office}")

    return step


def withdraw(trip: Trip) -> None:
    """The person takes the dossier back at the counter where it was filed."""
    with trip.people.clerk(trip.office) as browser:
        page = browser.get(f"/quay/ho-so/{trip.code}/")
        browser.send(page.form("reason", action="/rut/").fill({"reason": "Người nộp thay đổi ý định, xin rút hồ sơ."}))
    trip.require_state(State.WITHDRAWN)
    trip.notes.append("withdrawn")


def urge(trip: Trip) -> None:
    """The receiving counter reminds the agency that is late."""
    with trip.people.clerk(trip.office) as browser:
        trip.require_words(browser.get("/quay/theo-doi/?loc=qua-han"), trip.code)
        page = browser.get(f"/quay/ho-so/{trip.code}/")
        browser.send(page.form("text", action="/nhac/").fill({"text": "Hồ sơ đã quá hạn trả kết quả; đề nghị cho biết khi nào xong."}))
    trip.notes.append("urged")


def read_answer(trip: Trip) -> None:
    """The receiving counter reads the agency's answer."""
    with trip.people.clerk(trip.office) as browser:
        trip.require_words(browser.get(f"/quay/ho-so/{trip.code}/"), "sẽ ký ngay trong buổi sáng")
