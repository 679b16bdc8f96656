"""What stands between a result and the person at the counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counters.labels import moment
from dossiers.actions.hand_back import Collector
from dossiers.actions.result_moves import open_move
from dossiers.codes import parse_card_text
from dossiers.models import Dossier, IssuedDocument, Party, ResultMove
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
    can_certify: bool
    asked: str
    can_send: bool
    moves: list[str]
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
    move = open_move(dossier)
    receipt = dossier.documents.filter(kind=IssuedDocument.Kind.HANDOVER_RECEIPT).order_by("-pk").first()
    is_here = state == State.READY_FOR_COLLECTION and mine
    return Collection(
        is_here=is_here,
        is_done=state == State.CLOSED,
        can_bring=state == State.READY_FOR_COLLECTION and not mine and not electronic and move is None,
        can_print=electronic and (state == State.ISSUED or (state == State.READY_FOR_COLLECTION and not mine)),
        can_arrive=state == State.IN_TRANSFER_TO_COUNTER and mine,
        can_certify=state == State.CLOSED and electronic,
        asked=move.to_office.name if move and move.sent_at is None else "",
        can_send=bool(move and move.sent_at is None and mine),
        moves=[_move_words(each) for each in _moves(dossier)],
        place=dossier.returning_office.name if dossier.returning_office else "",
        people=_people(dossier),
        result=result.type.name if result else "",
        receipt_url=f"/tai-lieu/{receipt.verification_code}/?in=1" if receipt and state == State.CLOSED and mine else "",
        result_url=f"/tai-lieu/{result.document.verification_code}/?in=1"
        if result and result.document and electronic and _may_print(result.document, office, state, is_mine=mine)
        else "",
        turned_away=[
            f"{moment(each.at)}: {each.collector_name}: {each.reason}" for each in dossier.refused_collections.order_by("-pk")[:5]
        ],
    )


def _may_print(document: IssuedDocument, office: Office, state: State, *, is_mine: bool) -> bool:
    """Where the file is handed back, and at every counter that made a copy of it."""
    if is_mine and state in (State.READY_FOR_COLLECTION, State.CLOSED):
        return True
    return state == State.CLOSED and document.prints.filter(office=office).exists()


def _moves(dossier: Dossier) -> QuerySet[ResultMove]:
    moves = ResultMove.objects.filter(dossier=dossier).select_related("from_agency", "from_office", "to_office")
    return moves.order_by("-pk")[:10]


def _move_words(move: ResultMove) -> str:
    """From where to where, and when it was asked for, sent and received."""
    holder = move.from_office or move.from_agency
    steps = (
        (_("asked for %(at)s"), move.asked_at),
        (_("sent %(at)s"), move.sent_at),
        (_("received %(at)s"), move.received_at),
        (_("no longer needed %(at)s"), move.withdrawn_at),
    )
    told = ", ".join(words % {"at": moment(at)} for words, at in steps if at)
    return f"{holder.name if holder else ''} → {move.to_office.name}: {told}"


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
