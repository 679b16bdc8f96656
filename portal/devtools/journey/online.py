"""What citizens do in the journey: file from home part by part, pay, answer, withdraw, open the result, follow with code and secret."""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from dossiers.lawfulchoice import PICKED
from dossiers.lifecycle import State
from dossiers.models import Dossier
from portal.devtools.journey import papers
from portal.devtools.journey.browser import Browser, Page, Unexpected
from portal.devtools.journey.filling import fill_declaration
from portal.devtools.journey.markup import Form, Value
from portal.devtools.journey.people import Citizen
from portal.devtools.journey.trip import LOOK_EVERY_SECONDS, ROUTING_SECONDS, Step, Trip

MOST_PARTS = 20
PREFIX = "d-"
REFUSED = 422
OK = 200


def file(acting_for: str = "self", ground: str = "", *, parties: dict[str, Value] | None = None) -> Step:
    """The person files from home: start, parties, each part, papers, check, submit."""

    def step(trip: Trip) -> None:
        with trip.people.citizen(trip.filing.person.personal_id) as browser:
            page = browser.get(f"/nop-ho-so/{trip.filing.procedure}/")
            begin = page.form(action="/bat-dau/").fill_known(_start(acting_for, ground, trip.filing.case))
            draft = browser.send(begin).path
            page = _saved(browser, browser.get(f"{draft}cac-ben/"), parties or {})
            _answer_parts(browser, trip, page)
            _add_papers(browser, f"{draft}giay-to/", trip)
            page = _submitted(browser, browser.get(f"{draft}kiem-tra/"), trip.filing.settles)
            trip.code = page.path.strip("/").split("/")[-1]
            trip.office = ""
        _follow_routing(trip)

    return step


def at_national_portal(place: str) -> Step:
    """The person files on the national portal's own page; the dossier arrives here with a code of ours."""

    def step(trip: Trip) -> None:
        person, browser = trip.filing.person, trip.people.anybody()
        page = browser.get(f"{trip.people.sandbox_url}/npsp/file/")
        filled: dict[str, Value] = {
            "procedure_code": trip.filing.procedure,
            "owner_name": person.name,
            "owner_citizen_id": person.personal_id,
            "owner_phone": person.phone,
            "place_code": place,
        }
        browser.send(page.form("procedure_code").fill(filled))
        trip.code = _arrived_from_there(person.name)
        found = trip.wait_for("routing", lambda dossier: dossier.routing == "routed")
        trip.agency = found.agency.identifier if found.agency else ""
        trip.notes.append("filed at the national portal")

    return step


def _arrived_from_there(owner: str) -> str:
    end = time.monotonic() + ROUTING_SECONDS
    while time.monotonic() < end:
        found = Dossier.objects.filter(owner_name=owner).exclude(remote_id="").order_by("-pk").values_list("code", flat=True).first()
        if found:
            return str(found)
        time.sleep(LOOK_EVERY_SECONDS)
    raise Unexpected(f"what {owner} filed at the national portal did not arrive")


def acts_for(owner: Citizen) -> Step:
    """The dossier is the owner's; whoever filed it is its submitter, with the ground."""

    def step(trip: Trip) -> None:
        parties = {party.role: party for party in trip.dossier().parties.all()}
        submitter = parties["submitter"]
        told = (parties["owner"].personal_id, submitter.personal_id, bool(submitter.ground))
        if told != (owner.personal_id, trip.filing.person.personal_id, True):
            raise Unexpected(f"{trip.code}: owner, submitter and ground are {told}")
        trip.notes.append("filed for another person")

    return step


def _start(acting_for: str, ground: str, case: str) -> dict[str, Value]:
    return {"acting_for": acting_for, "ground": ground, **({"case": case} if case else {})}


def _saved(browser: Browser, page: Page, answers: dict[str, Value]) -> Page:
    page = browser.send(page.form("rev").fill_known(answers), expect=0)
    if page.status != OK:
        raise Unexpected(f"{page.url}: {page.complaint}")
    return page


def _answer_parts(browser: Browser, trip: Trip, page: Page) -> None:
    """Every part of the declaration, in the order in which the portal leads through them."""
    answers = {f"{PREFIX}{name}": value for name, value in trip.filing.answers.items()}
    settles = {f"{PREFIX}{name}": value for name, value in trip.filing.settles.items()}
    for _part in range(MOST_PARTS):
        if "/phan/" not in page.path:
            return
        at = page.path
        page, form = fill_declaration(browser, page, answers, "rev")
        page = browser.send(form, expect=0)
        known = set(page.form("rev").names) if page.status == REFUSED else set()
        back = {name: value for name, value in settles.items() if name in known}
        if page.status == REFUSED and back:
            trip.notes.append("asked back")
            page = browser.send(page.form("rev").fill(back), expect=0)
        if page.status != OK or page.path == at:
            raise Unexpected(f"{at} was not taken ({page.status}): {page.complaint}")
    raise Unexpected(f"{trip.filing.procedure}: the parts have no end")


def _add_papers(browser: Browser, url: str, trip: Trip) -> None:
    """A photo for every component."""
    page = browser.get(url)
    targets = [form.action for form in page.shown.forms if "files" in form.names and "/giay-to/" in form.action]
    for target in targets:
        form = browser.get(url).form("files", action=target)
        browser.send(form, files={"files": [papers.photo(trip.filing.procedure)]})


def _submitted(browser: Browser, page: Page, settles: Mapping[str, Value]) -> Page:
    """Checked, declared true, and filed; with the agency chosen and its price read first where the page asks."""
    form = _chosen(page, settles)
    if {PICKED, "office"} & set(form.names):
        form = _chosen(browser.send(form, press=("recalculate", "1")), settles)
    page = browser.send(form.fill({"declared": True}), press=("submit", "1"), expect=0)
    if page.status != OK or "/da-nop/" not in page.path:
        raise Unexpected(f"{page.url}: not filed ({page.status}): {page.complaint}")
    return page


def _chosen(page: Page, settles: Mapping[str, Value]) -> Form:
    """The last form with the agency, or the centre that registers it."""
    form = page.form("declared").fill_known({name: value for name, value in settles.items() if name == PICKED})
    return form.fill({"office": next(value for value in form.options("office") if value)}) if "office" in form.names else form


def _follow_routing(trip: Trip) -> None:
    found = trip.wait_for("routing", lambda dossier: dossier.routing != "pending" or dossier.state == State.PAYMENT_REQUIRED)
    if found.routing == "routed" and found.agency is not None:
        trip.agency = found.agency.identifier
        with trip.people.citizen(trip.filing.person.personal_id) as browser:
            trip.require_words(browser.get(f"/ho-so-cua-toi/{trip.code}/"), found.agency.name)


def pay(trip: Trip) -> None:
    """The person pays at the gateway, which tells the portal; only then the dossier goes on."""
    with trip.people.citizen(trip.filing.person.personal_id) as browser:
        page = browser.send(browser.get(f"/ho-so/{trip.code}/nop-phi/").form(action="/thanh-toan/"))
        if urlsplit(page.url).netloc != urlsplit(trip.people.sandbox_url).netloc:
            raise Unexpected(f"paying leads to {page.url}: {page.complaint}")
        browser.send(page.form(press=("action", "pay")), press=("action", "pay"))
    trip.wait_for("payment", lambda dossier: not dossier.fee_lines.filter(state="due").exists())
    trip.notes.append("paid online")
    _follow_routing(trip)


def answer(trip: Trip) -> None:
    """The person answers from home what was asked for."""
    with trip.people.citizen(trip.filing.person.personal_id) as browser:
        form = browser.get(f"/ho-so-cua-toi/{trip.code}/bo-sung/").form(press=("answer", "1"))
        told: dict[str, Value] = {name: "Tôi gửi lại bản chụp rõ nét." for name in form.names if name.startswith("answer-")}
        files = {name: [papers.photo("bo sung")] for name in form.names if name.startswith("files-")}
        browser.send(form.fill(told), press=("answer", "1"), files=files)
    trip.require_state(State.AWAITING_RECEPTION, State.ASSIGNED)
    trip.notes.append("answered online")


def withdraw(trip: Trip) -> None:
    """The person takes the dossier back from home."""
    with trip.people.citizen(trip.filing.person.personal_id) as browser:
        form = browser.get(f"/ho-so-cua-toi/{trip.code}/rut/").form("reason")
        browser.send(form.fill({"reason": "Tôi sẽ nộp lại sau khi chuẩn bị đủ giấy tờ."}))
    trip.require_state(State.WITHDRAWN)
    trip.notes.append("withdrawn online")


def open_result(trip: Trip) -> None:
    """The person opens the electronic result and thereby has it."""
    with trip.people.citizen(trip.filing.person.personal_id) as browser:
        page = browser.get(f"/ho-so-cua-toi/{trip.code}/")
        browser.send(page.form(action="/ket-qua/"))
    trip.require_state(State.CLOSED)
    trip.notes.append("opened online")


def follow(trip: Trip) -> None:
    """Without an account: the code and the secret of the slip show where the dossier is."""
    browser = trip.people.anybody()
    form: Form = browser.get(f"/tra-cuu/?ma={trip.code}").form("ma", "secret")
    page = browser.send(form.fill({"ma": trip.code, "secret": trip.secret}))
    trip.require_words(page, trip.code)
    trip.notes.append("followed with code and secret")
