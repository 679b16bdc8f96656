"""What the counter reads for a due time, and which steps stand out. States and steps are named in `dossiers.history`."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.states import Verb
from portal.core.workcalendar import WorkCalendar, local

BAD_STEPS = frozenset({Verb.REFUSE, Verb.STOP, Verb.RETURN_NOT_COMPETENT, Verb.SUPPLEMENT_EXPIRED, Verb.PAYMENT_EXPIRED})
GOOD_STEPS = frozenset({Verb.ACCEPT, Verb.ACCEPT_AT_COUNTER, Verb.SIGN, Verb.HAND_BACK})


def moment(at: datetime | None) -> str:
    """02/12/2026 07:30 on the clock of Việt Nam; empty for none."""
    return f"{local(at):%d/%m/%Y %H:%M}" if at else ""


@dataclass(frozen=True, slots=True)
class Countdown:
    """How much working time is left, in words, with the colour that says the same: ok, warn or bad."""

    text: str
    kind: str


def countdown(due_at: datetime | None, now: datetime, calendar: WorkCalendar) -> Countdown:
    """The working time until `due_at`; late once it has passed, urgent below two hours."""
    if due_at is None:
        return Countdown(_("No time limit yet"), "")
    if due_at <= now:
        return Countdown(_("Overdue since %(at)s") % {"at": moment(due_at)}, "bad")
    minutes = calendar.working_minutes_between(now, due_at)
    hours, rest = divmod(minutes, 60)
    text = (
        ngettext("%(count)d working minute left", "%(count)d working minutes left", rest) % {"count": rest}
        if not hours
        else _("%(hours)d h %(minutes)02d min of working time left") % {"hours": hours, "minutes": rest}
    )
    return Countdown(text, "warn" if minutes < 120 else "ok")
