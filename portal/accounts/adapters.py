"""Where we differ from django-allauth: citizens come only from the national identity provider, staff never sign up."""

from datetime import date
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.accounts.models import CitizenProfile, User
from portal.accounts.oidc import NationalProvider

log = structlog.get_logger()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # the library is untyped
    """No public sign-up: staff accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/ban-lam-viec/"

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        return failed(request, _("This account has been closed. Ask your administrator, or any counter."))

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The library's greetings are not shown: the page that follows says it all."""


class CitizenAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # the library is untyped
    """Turns verified claims into a citizen account and keeps the profile as the provider states it."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Our stricter provider in place of the library's."""
        return NationalProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        claims = claims_of(sociallogin)
        user: User = sociallogin.user
        user.username = f"vneid-{claims['sub']}"[:60]
        user.full_name = str(claims.get("name", ""))[:100]
        user.email = str(claims.get("email", ""))
        user.kind = User.Kind.CITIZEN
        sociallogin.email_addresses = []
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        user: User = sociallogin.user
        user.set_unusable_password()
        sociallogin.save(request)
        keep_profile(user, claims_of(sociallogin))
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = claims_of(sociallogin)
        if not claims.get("citizen_id"):
            raise ImmediateHttpResponse(failed(request, _("The identity account has no personal identification number yet.")))
        if sociallogin.is_existing:
            keep_profile(sociallogin.user, claims)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        log.warning("sign_in_failed", error=str(error), reason=type(exception).__name__)
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(failed(request, _("You stopped the sign-in. Nothing was passed on to the portal.")))
        raise ImmediateHttpResponse(failed(request, _("The identity provider's answer could not be verified. Please sign in again.")))


def failed(request: HttpRequest, reason: str, *, status: int = 403) -> HttpResponse:
    """The page that says why nobody is signed in now, and what to do."""
    return render(request, "accounts/sign_in_failed.html", {"reason": reason}, status=status)


def claims_of(sociallogin: Any) -> dict[str, Any]:
    """The userinfo and ID-token claims in one dict; the ID token wins."""
    extra = sociallogin.account.extra_data or {}
    return {**extra, **extra.get("userinfo", {}), **extra.get("id_token", {})}


def keep_profile(user: User, claims: dict[str, Any]) -> CitizenProfile:
    """The profile now says what the provider said."""
    name, email = str(claims.get("name", ""))[:100], str(claims.get("email") or "")
    if (name and user.full_name != name) or user.email != email:
        user.full_name, user.email = name or user.full_name, email
        user.save(update_fields=["full_name", "email"])
    organisation = _part(claims, "organisation")
    profile, _is_new = CitizenProfile.objects.update_or_create(
        user=user,
        defaults={
            "subject": str(claims["sub"]),
            "personal_id": str(claims.get("citizen_id", ""))[:12],
            "birth_date": _day(str(claims.get("birthdate") or "")),
            "sex": str(claims.get("gender", ""))[:10],
            "address": str(_part(claims, "address").get("formatted") or "")[:250],
            "phone": str(claims.get("phone_number") or "")[:20],
            "organisation_name": str(organisation.get("name") or "")[:200],
            "organisation_tax_code": str(organisation.get("tax_code") or "")[:14],
        },
    )
    return profile


def _part(claims: dict[str, Any], name: str) -> dict[str, Any]:
    """A claim that is an object; empty if the person has none."""
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
