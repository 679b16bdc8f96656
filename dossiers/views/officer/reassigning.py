"""Give a dossier to an officer: the holder to a colleague, the leader to anybody of the agency who is there."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dossiers.actions import reassign as actions
from dossiers.models import Dossier
from dossiers.states import Verb
from dossiers.team import MOST_PEOPLE, away, colleagues, loads
from dossiers.views.officer.frame import opened
from dossiers.views.officer.steps import step_page
from portal.accounts.access import staff
from portal.accounts.models import Role, User
from portal.core.workcalendar import local


class GiveForm(forms.Form):
    """To whom, and a note for that person."""

    to = forms.ChoiceField(
        label=gettext_lazy("Officer"),
        help_text=gettext_lazy("Who is away, or took the dossier in at the counter, is not listed. The deputy of the holder comes first."),
        error_messages={"required": gettext_lazy("Choose an officer.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the colleague"),
        help_text=gettext_lazy("Only your agency reads it."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Choose")), *people]  # type: ignore[attr-defined]


@staff(Role.OFFICER, Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HttpRequest, code: str) -> HttpResponse:
    """The officer holds the dossier and finds it in the own work list."""
    at_hand = opened(request, code)
    form = GiveForm(request.POST if request.method == "POST" else None, people=suggested(at_hand.dossier, at_hand.at))

    def do(data: Any, version: int) -> str:
        to = User.objects.get(pk=int(data["to"]))
        actions.reassign(at_hand.dossier, by=at_hand.by, giving=actions.Giving(to, data["note"]), expected_version=version)
        return _("%(name)s has the dossier now.") % {"name": to.full_name}

    words = {
        "title": _("Give to an officer"),
        "button": _("Give"),
        "explanation": _("It stands in that person's work list at once, with your note. State and return date stay as they are."),
    }
    return step_page(request, at_hand, form, verb=Verb.REASSIGN, template="dossiers/officer/step.html", do=do, context=words)


def suggested(dossier: Dossier, at: datetime) -> list[tuple[str, str]]:
    """The officers who are there and may take it: the holder's deputy first, then who holds least."""
    on, agencies = local(at).date(), [dossier.agency_id or 0]
    people = [each for each in colleagues(agencies, on)[:MOST_PEOPLE] if each.pk not in (dossier.assigned_to_id, dossier.filed_by_id)]
    absent = away(on, people=[*(each.pk for each in people), dossier.assigned_to_id or 0])
    held = loads(agencies, at=at)
    of_holder = absent.get(dossier.assigned_to_id or 0)
    deputy = of_holder.deputy_id if of_holder else None
    there = [(each, held[each.pk].held if each.pk in held else 0) for each in people if each.pk not in absent]
    there.sort(key=lambda pair: (pair[0].pk != deputy, pair[1], pair[0].full_name, pair[0].pk))
    return [(str(each.pk), _("%(name)s, holds %(count)d") % {"name": each.full_name, "count": count}) for each, count in there]
