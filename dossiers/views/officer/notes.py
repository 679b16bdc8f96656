"""Notes of the agency beside the papers of a dossier."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import queries
from dossiers.models.talk import LONGEST
from dossiers.paging import page_of
from dossiers.team import MOST_PEOPLE, posted
from dossiers.views.officer.frame import Opened
from portal.core.workcalendar import local

PAGE = 10
COLUMNS = ("pk", "at", "author__full_name", "text", "mentioned__full_name")


@dataclass(frozen=True, slots=True)
class Note:
    """One note as the page shows it."""

    by: str
    at: str
    text: str
    mentions: str


class NoteForm(forms.Form):
    """What is noted, and who is told."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Only your agency reads it. It cannot be changed afterwards."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the note.")},
    )
    mentioned = forms.ChoiceField(label=gettext_lazy("Tell a colleague"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "id_note_%s"} | kwargs))
        self.fields["mentioned"].choices = [("", _("No one in particular")), *people]  # type: ignore[attr-defined]


def note_form(at_hand: Opened, data: Any = None) -> NoteForm:
    """The form; the colleagues of the deciding agency are offered."""
    on, agency = local(at_hand.at).date(), at_hand.dossier.agency_id or 0
    people = posted([agency], on).exclude(pk=at_hand.who.user_id or 0).values_list("pk", "full_name")[:MOST_PEOPLE]
    return NoteForm(data, people=[(str(pk), name) for pk, name in people])


def notes_shown(request: HttpRequest, at_hand: Opened, form: NoteForm | None = None) -> dict[str, Any]:
    """The newest notes, or the page of them that is asked for."""
    found = queries.notes(at_hand.who).filter(dossier=at_hand.dossier).values(*COLUMNS)
    shown = page_of(found, by="at", newest_first=True, mark=request.GET.get("ghi-chu", ""), size=PAGE)
    rows = [
        Note(each["author__full_name"], f"{local(each['at']):%H:%M %d/%m/%Y}", each["text"], each["mentioned__full_name"] or "")
        for each in shown.rows
    ]
    return {
        "notes": rows,
        "newer_notes": _url(shown.previous),
        "older_notes": _url(shown.next),
        "note_form": form or note_form(at_hand),
    }


def _url(mark: str) -> str:
    return f"?{urlencode({'ghi-chu': mark})}#ghi-chu" if mark else ""
