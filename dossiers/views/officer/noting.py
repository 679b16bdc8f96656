"""A note is written beside the papers of a dossier."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.actions.notes import write_note
from dossiers.views.officer.frame import opened
from dossiers.views.officer.notes import note_form
from dossiers.views.officer.workbench import show
from portal.accounts.access import staff
from portal.accounts.models import Role, User
from portal.core.errors import DomainError


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    """The note stands beside the papers; refused, it is shown again with the reason."""
    at_hand = opened(request, code)
    form = note_form(at_hand, request.POST)
    if form.is_valid():
        to = form.cleaned_data["mentioned"]
        mentioned = User.objects.get(pk=int(to)) if to else None
        try:
            write_note(at_hand.dossier, by=at_hand.by, text=form.cleaned_data["text"], mentioned=mentioned)
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The note is kept."))
            return redirect(f"{at_hand.url}#ghi-chu")
    return show(request, at_hand, note=form, status=422)
