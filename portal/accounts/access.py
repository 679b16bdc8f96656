"""The policy that every view declares. A view without one answers 403, and the system check `portal.E010` names it.

    @public                                    anyone
    @signed_in                                 any account
    @citizens                                  citizens only
    @staff(Role.CLERK, Role.SUPERVISOR)        staff who hold one of the roles today
    @machine("hmac")                           other systems; the view itself checks the signature

`writes_on_get`, `own_transaction` and `without_database` mark the rare views that the transaction rules do not fit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from portal.accounts.identity import Identity

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a view. `audience` is public, signed_in, citizen, staff or machine."""

    audience: str
    roles: tuple[str, ...] = ()

    def admits(self, who: Identity) -> bool:
        if self.audience in {"public", "machine"}:
            return True
        if self.audience == "signed_in":
            return who.user.is_authenticated
        if self.audience == "citizen":
            return who.is_citizen
        return who.has(*self.roles)


def _declare(policy: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access_policy = policy  # type: ignore[attr-defined]
        return view

    return mark


public = _declare(Policy("public"))
signed_in = _declare(Policy("signed_in"))
citizens = _declare(Policy("citizen"))


def staff(*roles: str) -> Callable[[View], View]:
    """Only staff who hold one of `roles` today."""
    return _declare(Policy("staff", tuple(roles)))


def require_country(request: HttpRequest) -> None:
    """Only who watches the whole country sees this. Raises PermissionDenied."""
    if not identity(request).supervises_country:
        raise PermissionDenied


def machine(proof: str) -> Callable[[View], View]:
    """Other systems; `proof` names what the view checks itself (exempt from CSRF)."""

    def mark(view: View) -> View:
        view.csrf_exempt = True  # type: ignore[attr-defined]
        return _declare(Policy("machine", (proof,)))(view)

    return mark


def own_transaction(view: View) -> View:
    """The view opens its transactions itself, because it talks to another system in between."""
    view.own_transaction = True  # type: ignore[attr-defined]
    return view


def without_database(view: View) -> View:
    """The view answers while the database is away: it runs without identity and transaction, and only public views may."""
    view.without_database = True  # type: ignore[attr-defined]
    return view


def writes_on_get(view: View) -> View:
    """The view answers a redirect from another system and must record it."""
    view.writes_on_get = True  # type: ignore[attr-defined]
    return view


def identity(request: HttpRequest) -> Identity:
    """The identity that the middleware attached."""
    who: Identity = request.identity  # type: ignore[attr-defined]
    return who
