"""What stands between a result and the person at the counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counters.labels import moment
from dossiers.actions.hand_back import Collector
from dossiers.codes import parse_card_text
from dossiers.models import Dossier, IssuedDocument, Party
from dossiers.states import State
from portal.agencies.models import Office


@dataclass(frozen=True, slots=True)
class Collection:
    """What can be done now: is it here, can it be brought, printed, or did it just not arrive yet."""

    is_here: bool
    is_done: bool
    can_bring: bool
    can_print: bool
    can_arrive: bool
    place: str
    people: list[tuple[str, str, str]]
    result: str
    receipt_url: str
    result_url: str
    turned_away: list[str]


def collection_of(dossier: Dossier, office: Office) -> Collection:
    """The state of the hand-back, seen from this office."""
    state = State(dossier.state)
    mine = dossier.returning_office_id == office.pk
    result = dossier.results.filter(withdrawn_at__isnull=True).select_related("type", "document").order_by("-pk").first()
    electronic = bool(result and result.is_electronic)
    receipt = dossier.documents.filter(kind=IssuedDocument.Kind.HANDOVER_RECEIPT).order_by("-pk").first()
    is_here = state == State.READY_FOR_COLLECTION and mine
    return Collection(
        is_here=is_here,
        is_done=state == State.CLOSED,
        can_bring=(state == State.ISSUED and not electronic) or (state == State.READY_FOR_COLLECTION and not mine),
        can_print=state == State.ISSUED and electronic,
        can_arrive=state == State.IN_TRANSFER_TO_COUNTER and mine,
        place=dossier.returning_office.name if dossier.returning_office else "",
        people=_people(dossier),
        result=result.type.name if result else "",
        receipt_url=f"/tai-lieu/{receipt.verification_code}/?in=1" if receipt and state == State.CLOSED and mine else "",
        result_url=f"/tai-lieu/{result.document.verification_code}/?in=1"
        if result and result.document and electronic and mine and state in (State.READY_FOR_COLLECTION, State.CLOSED)
        else "",
        turned_away=[
            f"{moment(each.at)}: {each.collector_name}: {each.reason}" for each in dossier.refused_collections.order_by("-pk")[:5]
        ],
    )


def _people(dossier: Dossier) -> list[tuple[str, str, str]]:
    """Who may collect: role, name, and the last digits of the number to compare with the card."""
    wanted = [Party.Role.OWNER, Party.Role.COLLECTOR, Party.Role.SUBMITTER]
    parties = dossier.parties.filter(role__in=wanted).order_by("pk")
    return [
        (
            str(Party.Role(each.role).label),
            each.name,
            f"…{(each.personal_id or each.tax_code)[-4:]}" if each.personal_id or each.tax_code else "",
        )
        for each in parties
    ]


def collector_of(typed: Mapping[str, Any]) -> Collector:
    """Who stands at the counter, as typed or read from the card."""
    card = parse_card_text(str(typed.get("card", "")))
    return Collector(
        name=(card.full_name if card else str(typed.get("name", "")).strip())[:200],
        personal_id=(card.number if card else "".join(str(typed.get("personal_id", "")).split()))[:20],
        ground=str(typed.get("ground", "")).strip()[:300],
        identity_checked=typed.get("identity_checked") == "yes",
    )
