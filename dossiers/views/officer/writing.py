"""The officer or the leader writes to the applicant, or has read what came."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.actions.write import mark_read, write_to_applicant
from dossiers.views.officer.frame import opened
from dossiers.views.officer.workbench import show
from dossiers.views.thread import MessageForm
from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.errors import DomainError
from portal.core.htmx import wants_part


@staff(Role.OFFICER, Role.LEADER)
@require_POST
def write(request: HttpRequest, code: str) -> HttpResponse:
    """The message is with the applicant; refused, it is shown again with the reason."""
    at_hand = opened(request, code)
    if "read" in request.POST:
        mark_read(at_hand.dossier, by=at_hand.by)
        return HttpResponse(status=204) if wants_part(request) else redirect(f"{at_hand.url}?muc=trao-doi")
    form, status = MessageForm(request.POST), 422
    if form.is_valid():
        try:
            write_to_applicant(at_hand.dossier, by=at_hand.by, text=form.cleaned_data["text"])
        except DomainError as refused:
            form.add_error(None, str(refused))
            status = refused.status
        else:
            messages.success(request, _("The message is sent. The deadline stays as it is."))
            return redirect(f"{at_hand.url}?muc=trao-doi")
    return show(request, at_hand, message=form, status=status)
