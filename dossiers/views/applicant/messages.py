"""What the agency and the applicant have written to each other, for the applicant."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers.actions.transition import By
from dossiers.actions.write import mark_read, write_to_agency
from dossiers.queries import found_or_404, own
from dossiers.views.applicant.frame import citizen
from dossiers.views.thread import MessageForm, thread_shown
from portal.accounts.access import citizens, identity
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.core.htmx import render_page, wants_part


@citizens
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, code: str) -> HttpResponse:
    """Read, and write to the agency."""
    dossier = found_or_404(own(identity(request)), code)
    form, status = None, 200
    if request.method == "POST":
        by = By(citizen(request), business_now())
        if "read" in request.POST:
            mark_read(dossier, by=by)
            return HttpResponse(status=204) if wants_part(request) else redirect("dossiers:my_messages", code=code)
        form, status = MessageForm(request.POST), 422
        if form.is_valid():
            try:
                write_to_agency(dossier, by=by, text=form.cleaned_data["text"])
            except DomainError as refused:
                form.add_error(None, str(refused))
                status = refused.status
            else:
                messages.success(request, _("Your message has reached the agency. The deadline stays as it is."))
                return redirect("dossiers:my_messages", code=code)
    context = thread_shown(dossier, request.GET, for_agency=False, form=form) | {
        "dossier": dossier,
        "thread_url": reverse("dossiers:my_messages", args=[dossier.code]),
        "has_errors": form is not None,
    }
    return render_page(request, "dossiers/applicant/messages.html", context, status=status)
