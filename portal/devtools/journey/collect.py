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
        with trip.people.clerk(at) as browser:
            page = _result_here(browser, trip)
            form = page.form("card", press=("action", "give"))
            form.fill({"card": person.card, "ground": ground, "identity_checked": True})
            page = browser.send(form, press=("action", "give"))
            page.shown.link("/tai-lieu/")
        trip.require_state(State.CLOSED)
        trip.notes.append(f"handed back at {at}" if at != trip.office else "handed back")

    return step


def _result_here(browser: Browser, trip: Trip) -> Page:
    """The hand-back page with the result at this counter: printed, sent here, or arrived."""
    page = browser.get(f"/quay/tra-ket-qua/{trip.code}/")
    for action in ("bring", "arrive"):
        if any(("action", action) in form.buttons for form in page.shown.forms):
            page = browser.send(page.form(press=("action", action)), press=("action", action))
    return page


def turn_away(stranger: Citizen) -> Step:
    """Somebody else asks for the result and does not get it."""

    def step(trip: Trip) -> None:
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
