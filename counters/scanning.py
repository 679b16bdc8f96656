"""Where a scanned or typed text leads."""

from django.urls import reverse

from dossiers import queries
from dossiers.states import State
from portal.accounts.identity import Identity


def target_of(who: Identity, text: str) -> str:
    """The address for a dossier code or a slip's QR text; empty when it names no dossier that this counter can serve.

    A dossier of the own counter opens. Of any other one only what any counter may do: take its supplement, hand its result back.
    """
    code = queries.our_code(text)
    if not code:
        return ""
    if queries.for_counter(who).filter(code=code).exists():
        inbox = queries.to_receive(who).filter(code=code).exists()
        return reverse("counters:reception" if inbox else "counters:dossier", args=[code])
    state = queries.at_any_counter(code).values_list("state", flat=True).first()
    if state == State.SUPPLEMENT_REQUESTED:
        return f"{reverse('counters:supplement')}?ma={code}"
    if state in queries.COLLECTABLE:
        return reverse("counters:hand_back", args=[code])
    return f"{reverse('counters:supplement')}?ma={code}" if state else ""
