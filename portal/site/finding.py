"""The search box of every staff page: where a scanned or typed text leads depends on who asks."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers.queries import of_agency, our_code, watched
from portal.accounts.access import identity, public
from portal.accounts.models import Role


@require_safe
@public
def find(request: HttpRequest) -> HttpResponse:
    """To the dossier itself where the text is its code and the person may open it, else to the person's own list."""
    who, text = identity(request), request.GET.get("q", "").strip()
    if who.has(Role.CLERK):
        return redirect(f"{reverse('counters:find')}?{urlencode({'q': text})}")
    code = our_code(text)
    if who.has(Role.OFFICER, Role.LEADER):
        if of_agency(who).filter(code=code).exists():
            return redirect("dossiers:officer-dossier", code=code)
        return redirect(f"{reverse('dossiers:officer-queue')}?{urlencode({'q': text})}")
    if who.has(Role.SUPERVISOR):
        if watched(who).filter(code=code).exists():
            return redirect("counters:watched", code=code)
        return redirect(f"{reverse('counters:oversight')}?{urlencode({'q': text})}")
    if who.has(Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER):
        return redirect(f"{reverse('procedures:catalogue')}?{urlencode({'q': text})}")
    return redirect(f"/tra-cuu/?{urlencode({'ma': text})}")
