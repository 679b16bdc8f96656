"""What narrows the work list: everything stands in the address, and nothing but known keys and values is read from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from dossiers.attention import lingers
from dossiers.history import state_label
from dossiers.lifecycle import WAITING_FOR_APPLICANT
from dossiers.models.dossier import CLOSED_STATES, DECIDING_STATES, FINISHED_STATES
from dossiers.states import State
from dossiers.views.officer.tabs import KEYS, default_tab
from portal.accounts.identity import Identity
from portal.core.forms import DateField
from portal.core.text import search_key
from portal.core.workcalendar import TIMEZONE

NOT_SAVED = ("tim",)
"""A search text may name a person; a saved list lives longer than the search."""
_STATES = {
    "cua-toi": (State.ASSIGNED.value, State.AWAITING_SIGNATURE.value),
    "cho-bo-sung": tuple(sorted(state.value for state in WAITING_FOR_APPLICANT)),
    "chua-nhan": (),
    "trinh-ky": (),
    "da-xong": (*FINISHED_STATES, *(state for state in CLOSED_STATES if state != State.REFUSED)),
}
_HOLDERS_UNASKED = frozenset({"cua-toi", "chua-nhan"})


@dataclass(frozen=True, slots=True)
class Filters:
    """The tab and what narrows it. Dates are kept as typed; one that is none narrows nothing and is named on the page."""

    tab: str
    procedure: str = ""
    text: str = ""
    holder: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    lingers: bool = False

    @property
    def kept(self) -> dict[str, str]:
        """The parameters of the address, in their order; empty ones included."""
        return {
            "muc": self.tab,
            "thu-tuc": self.procedure,
            "tim": self.text,
            "nguoi": self.holder,
            "tinh-trang": self.state,
            "tu": self.since,
            "den": self.until,
            "lau": "1" if self.lingers else "",
        }

    @property
    def query(self) -> str:
        """What a saved list keeps."""
        return urlencode({name: value for name, value in self.kept.items() if value and name not in NOT_SAVED})

    @property
    def is_set(self) -> bool:
        return any(value.strip() for name, value in self.kept.items() if name != "muc")

    @property
    def is_more_set(self) -> bool:
        """Whether one of the filters that are folded away is set."""
        return bool(self.holder or self.state or self.since or self.until or self.lingers)

    @property
    def is_date_wrong(self) -> bool:
        return any(text.strip() and _day(text) is None for text in (self.since, self.until))

    def states(self) -> list[tuple[str, str]]:
        """The states that the tab can hold, to choose from; none where it holds one."""
        return [(state, state_label(state)) for state in _STATES.get(self.tab, DECIDING_STATES)]

    def applied_to(self, dossiers: "QuerySet[Any]", at: datetime) -> "QuerySet[Any]":
        """Those that fit: code or owner's name, procedure, holder, state, due on these days, too long in their step."""
        if self.lingers:
            dossiers = dossiers.filter(lingers(at))
        if self.procedure:
            dossiers = dossiers.filter(procedure__code=self.procedure)
        if self.holder and self.asks_holder:
            dossiers = dossiers.filter(assigned_to_id=int(self.holder))
        if self.state in dict(self.states()):
            dossiers = dossiers.filter(state=self.state)
        if since := _day(self.since):
            dossiers = dossiers.filter(due_at__gte=datetime.combine(since, time.min, TIMEZONE))
        if until := _day(self.until):
            dossiers = dossiers.filter(due_at__lte=datetime.combine(until, time.max, TIMEZONE))
        if self.text.strip():
            name = search_key(self.text)
            named = Q(owner_key__startswith=name) if name else Q(pk__in=[])
            dossiers = dossiers.filter(named | Q(code__icontains=self.text.strip()))
        return dossiers

    @property
    def asks_holder(self) -> bool:
        """Whether the dossiers of the tab are those of several people."""
        return self.tab not in _HOLDERS_UNASKED


def read_filters(asked: Any, who: Identity) -> Filters:
    """The filters of the address or the form; what is unknown or damaged is as if it were not there."""
    tab, holder = asked.get("muc", ""), asked.get("nguoi", "")
    state = asked.get("tinh-trang", "")
    return Filters(
        tab=tab if tab in KEYS else default_tab(who),
        procedure=asked.get("thu-tuc", "")[:30],
        text=asked.get("tim", "")[:100],
        holder=holder if holder.isascii() and holder.isdigit() and len(holder) < 12 else "",
        state=state if state in set(State) else "",
        since=asked.get("tu", "")[:10],
        until=asked.get("den", "")[:10],
        lingers=asked.get("lau", "") == "1",
    )


def stored_filters(query: str, who: Identity) -> Filters:
    """The filters of a saved list, read as carefully as those of an address."""
    return read_filters({name: value for name, value in parse_qsl(query) if name not in NOT_SAVED}, who)


def _day(text: str) -> date | None:
    try:
        day: date | None = DateField(required=False).clean(text)
    except ValidationError:
        return None
    return day


def options(pairs: Iterable[tuple[Any, str]], chosen: str) -> list[tuple[str, str, bool]]:
    """Value, words and whether it is chosen, as text: numbers in pages are grouped by the locale."""
    return [(str(value), words, str(value) == chosen) for value, words in pairs]
