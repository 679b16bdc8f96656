"""The pages that need no account: home, help, how we treat people and data, display choices, the kit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.access import public
from portal.core.htmx import render_page
from portal.site.kit import kit_context
from portal.site.life_events import LIFE_EVENTS, POPULAR_SEARCHES
from portal.site.preferences import keep_choices
from portal.site.queries import provinces_today
from portal.site.shortcuts import SHORTCUTS


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Search first, then life events, tracking, and why any counter will do."""
    context = {"life_events": LIFE_EVENTS, "searches": POPULAR_SEARCHES, "provinces": provinces_today()}
    return render_page(request, "site/home.html", context)


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the choices in cookies and go back to where the person was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    keep_choices(request, response)
    return response


@public
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """How to file, follow and collect."""
    return render_page(request, "site/help.html")


@public
@require_GET
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Every key of the counter and the desk."""
    return render_page(request, "site/shortcuts.html", {"groups": SHORTCUTS})


@public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, and what does not yet."""
    return render_page(request, "site/accessibility.html")


@public
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Which data we keep, why, and who sees them."""
    return render_page(request, "site/privacy.html")


@public
def kit(request: HttpRequest) -> HttpResponse:
    """Every component once, for those who build pages."""
    context = kit_context(request)
    return render_page(request, "site/kit.html", context, status=422 if context["form"].errors else 200)
