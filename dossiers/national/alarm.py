"""What the portal does not accept from us, although it takes our steps: a person is called, and it is tried again meanwhile."""

from django.utils import translation
from django.utils.translation import gettext as _

from portal.core.clock import technical_now
from portal.outbox.alerts import end_alerts, raise_alert
from portal.outbox.models import OperatorAlert

FILES, REPLIES = "national.files", "national.replies"
Kind = OperatorAlert.Kind


def refused(about: str, reason: str) -> None:
    """Operators are told, once, until something is accepted again."""
    with translation.override("vi"):
        text = _("The national portal does not admit us, so nothing of %(channel)s reaches it: %(reason)s") % {
            "channel": about,
            "reason": reason,
        }
    raise_alert(Kind.CHANNEL_STOPPED, about=about, text=text, at=technical_now())


def accepted(about: str) -> None:
    """What operators were told about it has ended."""
    end_alerts(Kind.CHANNEL_STOPPED, about=about, at=technical_now())
