"""What happened to a dossier, in words: for the citizen, the counter and the agency alike."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.models import Dossier, Event
from dossiers.states import NATIONAL_STATUS, State, Verb
from portal.core.workcalendar import local

STATE_LABELS: Mapping[State, str | Promise] = {
    State.SUBMITTED: gettext_lazy("Registered, the agency is being determined"),
    State.AWAITING_RECEPTION: gettext_lazy("Waiting for acceptance by the agency's counter"),
    State.ACCEPTED: gettext_lazy("Accepted, on its way to the agency"),
    State.IN_TRANSFER_TO_AGENCY: gettext_lazy("In the agency's queue"),
    State.ASSIGNED: gettext_lazy("Being processed by an officer"),
    State.AWAITING_SIGNATURE: gettext_lazy("Waiting for signature"),
    State.ISSUED: gettext_lazy("Result issued"),
    State.IN_TRANSFER_TO_COUNTER: gettext_lazy("Result on its way to the counter"),
    State.READY_FOR_COLLECTION: gettext_lazy("Result ready at the counter"),
    State.CLOSED: gettext_lazy("Result handed back"),
    State.SUPPLEMENT_REQUESTED: gettext_lazy("Waiting for papers from the person"),
    State.PAYMENT_REQUIRED: gettext_lazy("Waiting for payment"),
    State.REFUSED: gettext_lazy("Refused at reception"),
    State.WITHDRAWN: gettext_lazy("Withdrawn by the person"),
    State.STOPPED: gettext_lazy("Handling stopped"),
}

VERB_LABELS: Mapping[Verb, str | Promise] = {
    Verb.FILE_ONLINE: gettext_lazy("Filed online"),
    Verb.FILE_ONLINE_UNPAID: gettext_lazy("Filed online, payment due"),
    Verb.REGISTER_AT_COUNTER: gettext_lazy("Registered at the counter"),
    Verb.ACCEPT_AT_COUNTER: gettext_lazy("Accepted at the counter"),
    Verb.REQUIRE_PAYMENT: gettext_lazy("Payment requested"),
    Verb.SETTLE_PAYMENT: gettext_lazy("Payment received"),
    Verb.PAYMENT_EXPIRED: gettext_lazy("The time for paying has passed"),
    Verb.ROUTE_TO_RECEPTION: gettext_lazy("Sent to the counter of the competent agency"),
    Verb.ACCEPT: gettext_lazy("Accepted by the agency's counter"),
    Verb.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE: gettext_lazy("Papers requested before acceptance"),
    Verb.ASK_SUPPLEMENT: gettext_lazy("Papers requested"),
    Verb.ANSWER_SUPPLEMENT: gettext_lazy("Papers handed in"),
    Verb.SUPPLEMENT_EXPIRED: gettext_lazy("The time for handing in papers has passed"),
    Verb.REFUSE: gettext_lazy("Refused at reception"),
    Verb.HAND_OVER: gettext_lazy("Handed over to the agency"),
    Verb.CLAIM: gettext_lazy("Taken by an officer"),
    Verb.RELEASE: gettext_lazy("Back in the agency's queue"),
    Verb.REASSIGN: gettext_lazy("Given to an officer"),
    Verb.RETURN_NOT_COMPETENT: gettext_lazy("Returned: not the agency's competence"),
    Verb.REROUTE: gettext_lazy("Moved to the agency that is competent now"),
    Verb.RECHECK: gettext_lazy("Competence decided again on the day of acceptance"),
    Verb.INHERIT: gettext_lazy("Passed to the agency's legal successor"),
    Verb.PROPOSE: gettext_lazy("Submitted for signature"),
    Verb.SEND_BACK: gettext_lazy("Sent back to the officer"),
    Verb.SIGN: gettext_lazy("Result signed"),
    Verb.EXTEND: gettext_lazy("Return date extended"),
    Verb.STOP: gettext_lazy("Handling stopped"),
    Verb.RESUME_STOPPED: gettext_lazy("Handling resumed"),
    Verb.SET_FEE: gettext_lazy("Amount of a fee entered"),
    Verb.RECOUNT: gettext_lazy("Return date counted anew: the working calendar has changed"),
    Verb.REOPEN: gettext_lazy("Result revoked, to be issued anew"),
    Verb.WITHDRAW: gettext_lazy("Withdrawn by the person"),
    Verb.SEND_RESULT: gettext_lazy("Result sent to the counter"),
    Verb.ARRIVE: gettext_lazy("Result arrived at the counter"),
    Verb.PRINT_AT_COUNTER: gettext_lazy("Electronic result printed at the counter"),
    Verb.HAND_BACK: gettext_lazy("Result handed back"),
}

NATIONAL_LABELS: Mapping[int, str | Promise] = {
    1: gettext_lazy("Newly registered"),
    2: gettext_lazy("Accepted"),
    3: gettext_lazy("Not accepted"),
    4: gettext_lazy("In progress"),
    5: gettext_lazy("Papers requested"),
    6: gettext_lazy("Payment requested"),
    7: gettext_lazy("Withdrawn"),
    8: gettext_lazy("Stopped"),
    9: gettext_lazy("Completed"),
    10: gettext_lazy("Result handed back"),
}
"""The ten statuses of the national portal. Their wording is in the Vietnamese catalogue."""

_LOOKS = {
    1: ("inbox", ""),
    2: ("file-check", "action"),
    3: ("ban", "bad"),
    4: ("loader", "action"),
    5: ("file-plus", "warn"),
    6: ("banknote", "warn"),
    7: ("undo-2", ""),
    8: ("circle-x", "bad"),
    9: ("circle-check", "ok"),
    10: ("badge-check", "ok"),
}
_OWN_LOOKS = {State.IN_TRANSFER_TO_AGENCY: ("inbox", ""), State.AWAITING_SIGNATURE: ("pencil", "action")}
_GOOD = frozenset({Verb.ACCEPT, Verb.ACCEPT_AT_COUNTER, Verb.SIGN, Verb.HAND_BACK, Verb.ANSWER_SUPPLEMENT})
_BAD = frozenset(
    {Verb.REFUSE, Verb.STOP, Verb.RETURN_NOT_COMPETENT, Verb.SUPPLEMENT_EXPIRED, Verb.PAYMENT_EXPIRED, Verb.SEND_BACK, Verb.REOPEN}
)


@dataclass(frozen=True, slots=True)
class Pill:
    """A state as the kit shows it: word, icon and colour."""

    label: str
    icon: str
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. `at` is written out; `who` names office or agency, and the person where asked for."""

    seq: int
    title: str
    at: str
    who: str
    text: str
    kind: str


def state_label(state: str) -> str:
    """The stage in words."""
    return str(STATE_LABELS[State(state)])


def verb_label(verb: str) -> str:
    """The step in words."""
    return str(VERB_LABELS[Verb(verb)])


def national_label(code: int) -> str:
    """The national portal's status in its own wording."""
    return str(NATIONAL_LABELS[code])


def state_pill(state: str) -> Pill:
    """The stage as a pill."""
    known = State(state)
    icon, kind = _OWN_LOOKS.get(known) or _LOOKS[NATIONAL_STATUS[known]]
    return Pill(state_label(state), icon, kind)


def timeline(dossier: Dossier, *, internal: bool = False, after: int = 0) -> list[Line]:
    """What happened after event number `after`, oldest first; one query.

    `internal` adds the names of staff and the reasons that stay inside the agency.
    """
    events = Event.objects.filter(dossier=dossier, seq__gt=after).select_related("actor", "office", "agency").order_by("seq")
    return [_line(event, internal=internal) for event in events]


def _line(event: Event, *, internal: bool) -> Line:
    verb = Verb(event.verb)
    text = event.note or (_inner_reason(event) if internal else "")
    kind = "ok" if verb in _GOOD else "bad" if verb in _BAD else ""
    return Line(event.seq, verb_label(verb), f"{local(event.at):%d/%m/%Y %H:%M}", _who(event, internal=internal), text, kind)


def _who(event: Event, *, internal: bool) -> str:
    place = event.office.name if event.office else event.agency.name if event.agency else ""
    is_staff = event.actor is not None and event.actor.is_staff
    person = event.actor.full_name if event.actor and (internal or not is_staff) else ""
    if not person and not place:
        return _("Done by the system")
    return " · ".join(part for part in (person, place) if part)


def _inner_reason(event: Event) -> str:
    """The reason that only the agency reads, as it was hashed with the event."""
    facts = json.loads(event.content).get("facts", {}) if event.content else {}
    return str(facts.get("reason", "")) if isinstance(facts, dict) else ""


def summary(lines: Sequence[Line]) -> list[str]:
    """The lines as sentences, for a page that says what changed meanwhile."""
    return [f"{line.at}: {line.title}" + (f" ({line.who})" if line.who else "") + (f": {line.text}" if line.text else "") for line in lines]
