"""The thread of a dossier as both sides see it: the newest first, page by page, and the form to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.models import Dossier, ThreadMessage
from dossiers.models.talk import LONGEST
from dossiers.paging import page_of
from dossiers.threads import closed_because
from portal.core.workcalendar import local

PAGE = 20
MARK = "thu"
COLUMNS = ("pk", "at", "author__full_name", "agency__name", "agency_id", "text", "read_at")


@dataclass(frozen=True, slots=True)
class Line:
    """One message. The applicant reads the name of the agency, not that of the officer."""

    by: str
    at: str
    text: str
    is_ours: bool
    is_new: bool


class MessageForm(forms.Form):
    """What is written to the other side."""

    use_required_attribute = False

    text = forms.CharField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy(
            "Plain text. A message moves no deadline: what the law asks for in writing is asked for with its own document."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write the message.")},
    )


def thread_shown(dossier: Dossier, asked: Mapping[str, str], *, for_agency: bool, form: MessageForm | None = None) -> dict[str, Any]:
    """One page of the thread for one side; one query."""
    found = ThreadMessage.objects.filter(dossier=dossier).values(*COLUMNS)
    shown = page_of(found, by="at", newest_first=True, mark=asked.get(MARK, ""), size=PAGE)
    lines = [_line(each, for_agency=for_agency) for each in shown.rows]
    return {
        "messages_shown": lines,
        "has_new": any(line.is_new for line in lines),
        "newer_messages": _url(asked, shown.previous),
        "older_messages": _url(asked, shown.next),
        "message_form": form or MessageForm(),
        "closed_because": closed_because(dossier),
    }


def _line(each: Mapping[str, Any], *, for_agency: bool) -> Line:
    is_ours = (each["agency_id"] is not None) is for_agency
    name = each["author__full_name"] if for_agency or each["agency_id"] is None else each["agency__name"]
    if is_ours and not for_agency:
        name = _("You")
    return Line(name, f"{local(each['at']):%H:%M %d/%m/%Y}", each["text"], is_ours, not is_ours and each["read_at"] is None)


def _url(asked: Mapping[str, str], mark: str) -> str:
    kept = {"muc": asked["muc"]} if "muc" in asked else {}
    return f"?{urlencode(kept | {MARK: mark})}#trao-doi" if mark else ""
