"""The two addresses that the identity provider knows, and the closed doors of the library."""

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import own_transaction, public, writes_on_get
from portal.accounts.adapters import failed
from portal.accounts.oidc import VerifyingAdapter
from portal.accounts.views.doors import wanted_page

PROVIDER = "vneid"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
@own_transaction
def start(request: HttpRequest) -> HttpResponse:
    """To the identity provider; only a form can begin it, never a link from elsewhere."""
    if request.method != "POST":
        return redirect("accounts:sign_in")
    provider = get_adapter().get_provider(request, PROVIDER)
    try:
        answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=wanted_page(request) or None)
    except requests.RequestException:
        away = _("The identity provider does not answer now. Try again in a few minutes, or go to any counter.")
        return failed(request, away, status=503)
    return answer


@never_cache
@require_safe
@public
@own_transaction
@writes_on_get
def callback(request: HttpRequest) -> HttpResponse:
    """The person is signed in once the provider's answer has been verified."""
    view = OAuth2CallbackView.adapter_view(VerifyingAdapter(request, PROVIDER))
    answer: HttpResponse = view(request)
    return answer


@public
def closed(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The library's other pages (sign-up, password reset, e-mail, connections) do not exist here."""
    raise Http404
