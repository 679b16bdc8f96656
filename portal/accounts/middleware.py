"""Default deny, one transaction a request, and the caller's scope told to the database."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.accounts.access import Policy
from portal.accounts.identity import identity_of
from portal.core.clock import business_today
from portal.core.db import acting_as
from portal.core.errors import DomainError
from portal.core.outage import typed_fields
from portal.core.referrer import referring_page

SAFE = {"GET", "HEAD", "OPTIONS"}
THIRD_PARTY = {
    "allauth": Policy("public"),
    "django.contrib.staticfiles": Policy("public"),
    "django.views": Policy("public"),
}


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The declared policy; views of the libraries that we mount are listed in THIRD_PARTY."""
    declared: Policy | None = getattr(view, "access_policy", None)
    if declared:
        return declared
    module = getattr(view, "__module__", "")
    return next((policy for name, policy in THIRD_PARTY.items() if module == name or module.startswith(f"{name}.")), None)


class _AccessPolicy:
    """Attach the identity, refuse what no policy admits, run the view in one transaction.

    GET runs read-only: a view that tries to write on GET fails in the database. A DomainError that a view lets through
    rolls the request back and is shown on its own page with its status. A form whose session ended comes back with what was typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(view, "without_database", False):
            return finished(view(request, *args, **kwargs))
        who = identity_of(request.user, business_today())
        request.identity = who  # type: ignore[attr-defined]
        policy = policy_of(view)
        if policy is None:
            raise PermissionDenied(f"{view.__module__}.{getattr(view, '__name__', '')} declares no access policy")
        if not policy.admits(who):
            if not request.user.is_authenticated:
                return to_the_door(request)
            raise PermissionDenied
        with acting_as(who.scope):
            try:
                if getattr(view, "own_transaction", False) or policy_module_is_foreign(view):
                    return finished(view(request, *args, **kwargs))
                with transaction.atomic():
                    if request.method in SAFE and not getattr(view, "writes_on_get", False):
                        with connection.cursor() as cursor:
                            cursor.execute("SET TRANSACTION READ ONLY")
                    return finished(view(request, *args, **kwargs))
            except DomainError as error:
                return refusal(request, error)


def to_the_door(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and from there back; a form that lost its session is shown with what it brought, which a redirect would drop."""
    is_form = request.method == "POST" and not getattr(request, "htmx", False)
    door = redirect_to_login((referring_page(request) if is_form else "") or request.get_full_path(), settings.LOGIN_URL)
    brought = brought_by(request) if is_form else {}
    if not any(brought.values()):
        return door
    response = render(request, "errors/signed_out.html", {"sign_in_url": door.url, **brought}, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Why it was refused, what was typed, and the way back to the page with the form."""
    messages.error(request, str(error))
    back = (referring_page(request) if request.method == "POST" else "") or request.get_full_path()
    return render(request, "errors/refused.html", {"error": error, "back": back, **brought_by(request)}, status=error.status)


def brought_by(request: HttpRequest) -> dict[str, Any]:
    """What a posted form brought, for `errors/_typed.html`."""
    if request.method != "POST":
        return {}
    return {"typed": typed_fields(request), "has_files": bool(getattr(request, "_files", None))}


def policy_module_is_foreign(view: Callable[..., Any]) -> bool:
    """Library views (allauth, the API) manage their transactions themselves."""
    return getattr(view, "access_policy", None) is None


def finished(response: HttpResponse) -> HttpResponse:
    """The response, rendered while its transaction is still open."""
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response = response.render()
    return response


access_policy = _AccessPolicy
