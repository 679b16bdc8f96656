"""Signing in at the identity provider, and the door before its authorisation endpoint."""

from allauth.idp.oidc.views import authorization as allauth_authorization
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.sandbox.identity.models import Citizen

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: only within this site."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/"


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A person picks one of the demo citizens, or types a number."""
    error, typed = "", ""
    if request.method == "POST":
        typed = (request.POST.get("typed", "").strip() or request.POST.get("citizen_id", ""))[:50].strip()
        citizen = Citizen.objects.filter(citizen_id=typed, is_active=True).first() if typed.isdigit() else None
        if citizen is not None:
            login(request, citizen, backend=BACKEND)  # type: ignore[arg-type]  # the checker knows the portal's user only
            return redirect(_next(request))
        error = "Chưa chọn công dân, hoặc số định danh không có trong danh sách dùng thử."
    citizens = Citizen.objects.filter(is_active=True).order_by("citizen_id")[:200]
    context = {"citizens": citizens, "next": _next(request), "error": error, "typed": typed}
    return render(request, "sandbox/sign_in.html", context, status=422 if error else 200)


@require_http_methods(["POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in; the next page may ask for another citizen."""
    target = _next(request)
    logout(request)
    return redirect(target)


@csrf_exempt
def authorization(request: HttpRequest) -> HttpResponseBase:
    """The authorisation endpoint, which insists on PKCE (S256) and a nonce before anything else."""
    if request.method == "GET":
        missing = [
            name
            for name, given in (
                ("code_challenge", request.GET.get("code_challenge")),
                ("code_challenge_method=S256", request.GET.get("code_challenge_method") == "S256"),
                ("nonce", request.GET.get("nonce")),
            )
            if not given
        ]
        if missing:
            message = f"Yêu cầu đăng nhập thiếu {', '.join(missing)}."
            return render(request, "sandbox/message.html", {"title": "Yêu cầu không hợp lệ", "message": message}, status=400)
    answer: HttpResponseBase = allauth_authorization(request)
    return answer
