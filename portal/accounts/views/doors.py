"""In and out: one sign-in page for citizens and staff, the way to the right desk, sign-out."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.accounts.access import identity, own_transaction, public, signed_in
from portal.accounts.forms import StaffSignInForm
from portal.accounts.models import Role
from portal.core.htmx import render_page

DESKS = (
    ((Role.CLERK,), "/quay/"),
    ((Role.OFFICER, Role.LEADER), "/xu-ly/"),
    ((Role.SUPERVISOR,), "/giam-sat/"),
    ((Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER), "/quan-tri/thu-tuc/"),
)


def _origins() -> list[str]:
    """Where the browser is sent to sign in; a form whose redirect leaves the page's origin needs them listed."""
    urls = [settings.OIDC_ISSUER_URL, *([settings.SANDBOX_BASE_URL] if settings.DEMO else [])]
    parts = [urlsplit(url) for url in urls]
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


def wanted_page(request: HttpRequest) -> str:
    """The page of this site that the person came from; empty for any other address."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else ""


@csp_update({"form-action": _origins()})
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@public
@own_transaction
def sign_in(request: HttpRequest) -> HttpResponse:
    """Two doors: the national identity provider for citizens, name and password for staff.

    Failures are counted by the library, per address and per account; whole offices share an address, so successes are not.
    """
    target = wanted_page(request)
    if request.user.is_authenticated:
        return redirect(target or settings.LOGIN_REDIRECT_URL)
    if request.method == "POST":
        form = StaffSignInForm(request.POST, request=request)
        if form.is_valid():
            answer: HttpResponse = form.login(request, redirect_url=target or settings.LOGIN_REDIRECT_URL)
            return answer
    else:
        form = StaffSignInForm(request=request)
    return render_page(request, "accounts/sign_in.html", {"form": form, "next": target}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@public
@own_transaction
def sign_out(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in any more; a mere link or reload changes nothing."""
    if request.method == "POST":
        logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@signed_in
@require_http_methods(["GET", "HEAD"])
def desk(request: HttpRequest) -> HttpResponse:
    """To the page on which this person's work begins."""
    who = identity(request)
    if who.is_citizen:
        return redirect("/ho-so-cua-toi/")
    for roles, url in DESKS:
        if who.has(*roles):
            return redirect(url)
    return render_page(request, "accounts/no_post.html", status=403)
