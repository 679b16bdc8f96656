"""The fee step of the counter: what is owed, and where it is taken. The money itself is the business of payments."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers.models import Dossier, FeeLine
from portal.core.money import format_vnd


@dataclass(frozen=True, slots=True)
class FeeState:
    """The fees of a dossier in words. `pay_url` leads to the till while something is due or its amount unknown."""

    rows: list[tuple[str, str, str]]
    due: str
    pay_url: str
    has_unknown: bool


def fee_state(dossier: Dossier) -> FeeState:
    """What is owed, paid, held or to be refunded."""
    lines = list(dossier.fee_lines.order_by("pk"))
    due = sum(line.owed_vnd for line in lines if line.state == FeeLine.State.DUE)
    rows = [(line.name, line.amount_text, _state(line)) for line in lines]
    has_unknown = any(line.state == FeeLine.State.UNKNOWN for line in lines)
    return FeeState(rows, format_vnd(due) if due else "", payment_url(dossier) if due or has_unknown else "", has_unknown)


def _state(line: FeeLine) -> str:
    if line.state == FeeLine.State.UNKNOWN:
        return _("Not known here yet")
    label = _("Not paid yet") if line.state == FeeLine.State.DUE else str(FeeLine.State(line.state).label)
    return f"{label}: {line.exemption}" if line.exemption else label


def payment_url(dossier: Dossier) -> str:
    """The till's page for this dossier."""
    return reverse("counters:till", args=[dossier.code])
