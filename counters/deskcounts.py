"""The numbers on the desk, each in one query."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from counters.labels import countdown
from counters.placequestions import open_and_late
from counters.queries import calls_of, drafts_of, reminders_sent
from counters.rows import calendar_at
from dossiers import queries
from dossiers.reminders import for_counters
from dossiers.states import State
from portal.accounts.identity import Identity


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its page. `hint` says what is urgent about it."""

    label: str
    value: int
    url: str
    icon: str
    hint: str = ""
    kind: str = ""


def tiles_of(who: Identity, now: datetime) -> list[Tile]:
    """What waits at this counter, most urgent first."""
    inbox = queries.to_receive(who).order_by().aggregate(count=Count("pk"), first=Min("answer_due_at"))
    left = countdown(inbox["first"], now, calendar_at(now)) if inbox["count"] else None
    results = (
        queries.to_hand_back(who)
        .order_by()
        .aggregate(
            here=Count("pk", filter=Q(state=State.READY_FOR_COLLECTION)), coming=Count("pk", filter=~Q(state=State.READY_FOR_COLLECTION))
        )
    )
    late = queries.late(queries.received_at(who), now).order_by().count()
    urged = for_counters(who).order_by().aggregate(count=Count("pk"), first=Min("due_at"))
    urging = Tile(
        *(_("Reminders to answer"), urged["count"], "/quay/cho-tiep-nhan/?loc=nhac", "bell-ring", ""),
        "bad" if urged["first"] and urged["first"] < now else "warn",
    )
    answered = reminders_sent(who).filter(answered_at__isnull=False).order_by().count()
    asked, unanswered = open_and_late(who, now)
    question = Tile(_("Questions about places"), asked, "/quay/hoi-dia-ban/", "map-pin", "", "bad" if unanswered else "")
    return [
        *([question] if asked else []),
        *([urging] if urged["count"] else []),
        Tile(_("To be accepted"), inbox["count"], "/quay/cho-tiep-nhan/", "inbox", left.text if left else "", left.kind if left else ""),
        Tile(_("Results to hand back"), results["here"], "/quay/tra-ket-qua/", "badge-check"),
        Tile(_("Results to send on"), queries.to_send_on(who).order_by().count(), "/quay/tra-ket-qua/?loc=can-gui", "undo-2"),
        Tile(_("Results on the way"), results["coming"], "/quay/tra-ket-qua/?loc=dang-den", "send"),
        Tile(_("Late ones that we sent"), late, "/quay/theo-doi/?loc=qua-han", "triangle-alert", "", "bad" if late else ""),
        Tile(_("To be called"), calls_of(who).order_by().count(), "/quay/goi-dien/", "message-square"),
        Tile(_("Answers to reminders"), answered, "/quay/theo-doi/nhac-viec/", "bell-ring"),
        Tile(_("Drafts of this counter"), drafts_of(who, now).order_by().count(), "/quay/ban-nhap/", "pencil"),
    ]
