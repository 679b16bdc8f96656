"""What stands beside the stage of a dossier: its clock, payment, delivery and synchronisation. Derived, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.actions.ledger import clock_entries
from dossiers.deadlines import ClockEntry, EntryKind
from dossiers.models import Dossier, FeeLine
from dossiers.states import State
from portal.core.clock import technical_now
from portal.outbox.models import OutboxMessage

_CLOCK = {
    "not_started": _("Not started"),
    "on_the_way": _("Not yet: begins when the competent agency receives it"),
    "running": _("Running"),
    "paused_supplement": _("Stands still: papers are awaited"),
    "paused_payment": _("Stands still: a payment is awaited"),
    "paused_other": _("Stands still until the cause has gone"),
    "stopped": _("Stopped"),
}
_PAYMENT = {
    "none": _("Nothing owed"),
    "due": _("To be paid"),
    "pending": _("Waiting for the gateway"),
    "paid": _("Paid"),
    "held": _("Held until acceptance"),
    "refund_due": _("To be refunded"),
    "refunded": _("Refunded"),
    "exempt": _("Exempt"),
    "unknown": _("Amount not entered yet"),
}
_DELIVERY = {
    "none": _("No result yet"),
    "e_only": _("Electronic, open to the person"),
    "at_agency": _("At the agency"),
    "in_transit": _("On its way to the counter"),
    "at_counter": _("At the counter"),
    "handed_over": _("Handed over"),
}
_SYNC = {
    "never": _("Not told yet"),
    "synced": _("Synchronised"),
    "queued": _("Waiting to be sent"),
    "in_flight": _("Being sent"),
    "rejected": _("Held for a person"),
}


_BY_URGENCY = (
    *(FeeLine.State.DUE, FeeLine.State.HELD, FeeLine.State.UNKNOWN),
    *(FeeLine.State.PAID, FeeLine.State.REFUNDED, FeeLine.State.EXEMPT),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """One of them: its key for programmes, name and value in words."""

    key: str
    name: str | Promise
    value: str | Promise


def axes(dossier: Dossier) -> list[Axis]:
    """Clock, payment, delivery and synchronisation of the dossier; six queries at most."""
    found = (
        (_("Clock"), _CLOCK, clock_state(dossier)),
        (_("Payment"), _PAYMENT, payment_state(dossier)),
        (_("Delivery of the result"), _DELIVERY, delivery_state(dossier)),
        (_("National portal"), _SYNC, sync_state(dossier)),
    )
    return [Axis(key, name, words[key]) for name, words, key in found]


def clock_state(dossier: Dossier) -> str:
    """not_started, on_the_way, running, paused_supplement, paused_payment, paused_other or stopped."""
    found = clock_of(clock_entries(dossier), State(dossier.state))
    if found == "stopped" and dossier.state == State.STOPPED and dossier.stops.filter(resumed_at__isnull=True, is_pause=True).exists():
        return "paused_other"
    return found


def clock_of(entries: Sequence[ClockEntry], state: State) -> str:
    """The same from the ledger alone, which does not know whether a stop is only a pause."""
    last = next((entry.kind for entry in reversed(entries) if entry.kind not in (EntryKind.EXTEND, EntryKind.RECOUNT)), None)
    if last is EntryKind.SUSPEND:
        return {State.PAYMENT_REQUIRED: "paused_payment", State.SUPPLEMENT_REQUESTED: "paused_supplement"}.get(state, "paused_other")
    return {None: "not_started", EntryKind.TRANSFER: "on_the_way", EntryKind.STOP: "stopped"}.get(last, "running")


def payment_state(dossier: Dossier) -> str:
    """none, due, pending, paid, held, refund_due, refunded, exempt or unknown; what asks for action comes first.

    Pending: the money side has an order that the gateway has not answered. Paid twice is to be refunded, whatever the lines say.
    """
    states = set(dossier.fee_lines.values_list("state", flat=True))
    orders = set(dossier.orders.values_list("state", flat=True)) if states else set()
    if FeeLine.State.REFUND_DUE in states | orders:
        return "refund_due"
    if FeeLine.State.DUE in states and "pending" in orders:
        return "pending"
    for state in _BY_URGENCY:
        if state in states:
            return state.value
    return "none"


def delivery_state(dossier: Dossier) -> str:
    """none, e_only, at_agency, in_transit, at_counter or handed_over."""
    at = {
        State.ISSUED: "at_agency",
        State.IN_TRANSFER_TO_COUNTER: "in_transit",
        State.READY_FOR_COLLECTION: "at_counter",
        State.CLOSED: "handed_over",
    }.get(State(dossier.state), "none")
    if at == "at_agency" and dossier.results.filter(withdrawn_at__isnull=True, is_electronic=True).exists():
        return "e_only"
    return at


def sync_state(dossier: Dossier) -> str:
    """never (nothing acknowledged yet), queued, in_flight, synced or rejected (parked for a person)."""
    messages = OutboxMessage.objects.filter(stream=OutboxMessage.Stream.NATIONAL, subject_id=dossier.pk)
    waiting = list(messages.filter(done_at__isnull=True).values_list("parked_at", "lease_until")[:50])
    if any(parked_at for parked_at, _lease in waiting):
        return "rejected"
    now = technical_now()
    if any(lease_until and lease_until > now for _parked, lease_until in waiting):
        return "in_flight"
    if messages.filter(done_at__isnull=False).exists():
        return "queued" if waiting else "synced"
    return "never"
