"""Money and results over the counter: pay, give back, collect anywhere, turn a stranger away."""

from dossiers.lifecycle import State
from portal.devtools.journey.browser import Browser, Page, Unexpected
from portal.devtools.journey.people import Citizen
from portal.devtools.journey.trip import Step, Trip


def pay_cash(trip: Trip) -> None:
    """The fee is paid in cash at the counter where the dossier was filed, and the receipt is printed."""
    with trip.people.clerk(trip.office) as browser:
        page = browser.get(f"/quay/ho-so/{trip.code}/")
        page = browser.get(page.shown.link("/quay/thu-phi/"))
        page = browser.send(page.form(press=("action", "cash")), press=("action", "cash"))
        browser.get(page.shown.link("/tai-lieu/"))
    if trip.dossier().fee_lines.filter(state="due").exists():
        raise Unexpected(f"{trip.code}: the fee is still due")
    trip.notes.append("paid in cash")


def pay_by_qr(trip: Trip) -> None:
    """The counter shows a code, the person pays with the telephone, the counter prints the receipt."""
    with trip.people.clerk(trip.office) as browser:
        page = browser.get(f"/quay/thu-phi/{trip.code}/")
        trip.require_words(browser.send(page.form(action="/qr/")), "Người nộp quét mã này để thanh toán")
    telephone = trip.people.anybody()
    page = telephone.get(str(trip.dossier().orders.get(instrument="qr").pay_url))
    telephone.send(page.form(press=("action", "pay")), press=("action", "pay"), expect=0)  # nobody is signed in there
    trip.wait_for("payment", lambda dossier: not dossier.fee_lines.filter(state="due").exists())
    with trip.people.clerk(trip.office) as browser:
        browser.get(browser.get(f"/quay/thu-phi/{trip.code}/").shown.link("/tai-lieu/"))
    trip.notes.append("paid by QR at the counter")


def give_money_back(office: str) -> Step:
    """A fee that was paid for nothing is given back at this counter, whichever it is."""

    def step(trip: Trip) -> None:
        with trip.people.clerk(office) as browser:
            form = browser.get(f"/quay/thu-phi/{trip.code}/").form(press=("action", "refund"))
            browser.send(form, press=("action", "refund"))
        if trip.dossier().fee_lines.exclude(state__in=["refunded", "exempt", "unknown"]).exists():
            raise Unexpected(f"{trip.code}: the fee was not given back")
        trip.notes.append(f"fee given back at {office}")

    return step


def hand_back(office: str = "", collector: Citizen | None = None, ground: str = "") -> Step:
    """The person collects the result at this counter: the receiving one unless another is named."""

    def step(trip: Trip) -> None:
        at, person = office or trip.office, collector or trip.filing.person
        _bring(trip, at)
        with trip.people.clerk(at) as browser:
            page = _result_here(browser, trip)
            form = page.form("card", press=("action", "give"))
            form.fill({"card": person.card, "ground": ground, "identity_checked": True})
            page = browser.send(form, press=("action", "give"))
            page.shown.link("/tai-lieu/")
        trip.require_state(State.CLOSED)
        trip.notes.append(f"handed back at {at}" if at != trip.office else "handed back")

    return step


def _bring(trip: Trip, at: str) -> None:
    """This counter prints the result, or asks for it and its holder sends it; one browser after the other."""
    found = trip.dossier()
    holder = found.returning_office
    if holder is not None and holder.code != at and found.state == State.IN_TRANSFER_TO_COUNTER:
        with trip.people.clerk(str(holder.code)) as browser:
            _pressed(browser, browser.get(_path(trip)), "arrive")
    with trip.people.clerk(at) as browser:
        _page, was_asked = _pressed(browser, browser.get(_path(trip)), "bring")
    if not was_asked or holder is None or trip.dossier().returning_office != holder or not trip.dossier().result_moves.exists():
        return
    with trip.people.clerk(str(holder.code)) as browser:
        if not _pressed(browser, browser.get(_path(trip)), "send")[1]:
            raise Unexpected(f"{trip.code}: its holder is not asked to send it")
    trip.notes.append(f"sent on by {holder.code}")


def _result_here(browser: Browser, trip: Trip) -> Page:
    """The hand-back page with the result at this counter."""
    return _pressed(browser, browser.get(_path(trip)), "arrive")[0]


def _path(trip: Trip) -> str:
    return f"/quay/tra-ket-qua/{trip.code}/"


def _pressed(browser: Browser, page: Page, action: str) -> tuple[Page, bool]:
    """The page after this button, if it has one."""
    if not any(("action", action) in form.buttons for form in page.shown.forms):
        return page, False
    return browser.send(page.form(press=("action", action)), press=("action", action)), True


def turn_away(stranger: Citizen) -> Step:
    """Somebody else asks for the result and does not get it."""

    def step(trip: Trip) -> None:
        _bring(trip, trip.office)
        with trip.people.clerk(trip.office) as browser:
            page = _result_here(browser, trip)
            form = page.form("card", press=("action", "give"))
            page = browser.send(form.fill({"card": stranger.card, "identity_checked": True}), press=("action", "give"), expect=0)
            if page.status == 200:
                raise Unexpected(f"{trip.code}: a stranger got the result")
            form = page.form("reason", press=("action", "turn_away"))
            form.fill({"name": stranger.name, "reason": "Không phải chủ hồ sơ, không có giấy ủy quyền."})
            browser.send(form, press=("action", "turn_away"))
        trip.require_state(State.READY_FOR_COLLECTION)
        trip.notes.append("collector turned away")

    return step
