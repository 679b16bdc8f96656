"""What stands beside the stage of a dossier: its clock, payment, delivery and synchronisation. Derived, never stored."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.actions.ledger import clock_entries
from dossiers.deadlines import EntryKind
from dossiers.models import Dossier, FeeLine
from dossiers.states import State
from portal.outbox.models import OutboxMessage

_CLOCK = {
    "not_started": _("Not started"),
    "on_the_way": _("Not yet: begins when the competent agency receives it"),
    "running": _("Running"),
    "paused_supplement": _("Stands still: papers are awaited"),
    "paused_payment": _("Stands still: a payment is awaited"),
    "stopped": _("Stopped"),
}
_PAYMENT = {
    "none": _("Nothing owed"),
    "due": _("To be paid"),
    "paid": _("Paid"),
    "held": _("Held until acceptance"),
    "refund_due": _("To be refunded"),
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
    "synced": _("Synchronised"),
    "queued": _("Waiting to be sent"),
    "rejected": _("Held for a person"),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """One of them: its key for programmes, name and value in words."""

    key: str
    name: str | Promise
    value: str | Promise


def axes(dossier: Dossier) -> list[Axis]:
    """Clock, payment, delivery and synchronisation of the dossier; four queries."""
    found = (
        (_("Clock"), _CLOCK, clock_state(dossier)),
        (_("Payment"), _PAYMENT, payment_state(dossier)),
        (_("Delivery of the result"), _DELIVERY, delivery_state(dossier)),
        (_("National portal"), _SYNC, sync_state(dossier)),
    )
    return [Axis(key, name, words[key]) for name, words, key in found]


def clock_state(dossier: Dossier) -> str:
    """not_started, on_the_way, running, paused_supplement, paused_payment or stopped."""
    entries = clock_entries(dossier)
    last = next((entry.kind for entry in reversed(entries) if entry.kind not in (EntryKind.EXTEND, EntryKind.RECOUNT)), None)
    if last is None:
        return "not_started"
    if last is EntryKind.TRANSFER:
        return "on_the_way"
    if last is EntryKind.STOP:
        return "stopped"
    if last is EntryKind.SUSPEND:
        return "paused_payment" if dossier.state == State.PAYMENT_REQUIRED else "paused_supplement"
    return "running"


def payment_state(dossier: Dossier) -> str:
    """none, due, paid, held, refund_due or unknown; what asks for action comes first."""
    states = set(dossier.fee_lines.values_list("state", flat=True))
    for state in (FeeLine.State.REFUND_DUE, FeeLine.State.DUE, FeeLine.State.HELD, FeeLine.State.UNKNOWN, FeeLine.State.PAID):
        if state in states:
            return str(state.value)
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
    """synced, queued or rejected (parked for a person)."""
    open_ones = OutboxMessage.objects.filter(stream=OutboxMessage.Stream.NATIONAL, subject_id=dossier.pk, done_at__isnull=True)
    parked = list(open_ones.values_list("parked_at", flat=True)[:50])
    return "rejected" if any(parked) else "queued" if parked else "synced"
