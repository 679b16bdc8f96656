"""`manage.py check`: what must hold of the whole portal before it serves anybody."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from portal.accounts.middleware import policy_of


@register("security")
def every_view_has_a_policy(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E010 for each URL whose view declares no access policy; it would answer 403 to everybody."""
    return [
        Error(
            f"The view of '/{route}' declares no access policy.",
            hint="Decorate it with public, signed_in, citizens, staff(…) or machine(…) of portal.accounts.access.",
            id="portal.E010",
        )
        for route, _name, view in routes()
        if policy_of(view) is None
    ]


def routes() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Every URL of the portal: its route, its full name (empty without one) and its view."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: Sequence[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route, inner)
        else:
            yield route, f"{namespace}{pattern.name}" if pattern.name else "", pattern.callback
