"""Who may turn the knobs of the simulated services by program: the bearer of the admin token."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from portal.sandbox import settings

View = Callable[..., HttpResponse]


def admin_only(view: View) -> View:
    """The view runs only for `Authorization: Bearer SANDBOX_ADMIN_TOKEN`."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.SANDBOX_ADMIN_TOKEN}"):
            return JsonResponse({"error": "unauthorized"}, status=401)
        return view(request, *args, **kwargs)

    return checked
