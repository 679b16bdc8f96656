"""`manage.py check`: what is missing on this machine, each with its remedy. Nothing here asks the database or the broker."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register  # noqa: A004 -- Django's name

from portal.core.pdf import is_available

DEMO_SECRETS = ("OIDC_CLIENT_SECRET", "NATIONAL_CLIENT_SECRET", "NATIONAL_HMAC_KEY", "PAYMENT_SECRET", "MESSAGES_TOKEN")
APT = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@register("portal")
def pdf_libraries(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.W001: without Pango documents open as pages for printing. Only a note on a demo machine."""
    if is_available():
        return []
    kind = Info if settings.DEMO else Warning
    return [kind("Pango is missing: documents open as pages for the browser to print; PDFs stay pending.", hint=APT, id="portal.W001")]


@register("portal", deploy=True)
def demo_secrets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.W004: a secret that everybody can read in the sources."""
    if settings.DEMO:
        return []
    providers: Any = settings.SOCIALACCOUNT_PROVIDERS
    client = providers["openid_connect"]["APPS"][0]["secret"]
    values = {name: getattr(settings, name, client) for name in DEMO_SECRETS}
    return [
        Warning(f"{name} still has the demo's value.", hint=f"Set {name} in the environment.", id="portal.W004")
        for name, value in values.items()
        if str(value).startswith("demo-")
    ]


@register("portal")
def translations(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """portal.E007: without the compiled catalogue everybody reads English."""
    compiled = settings.LOCALE_PATHS[0] / "vi" / "LC_MESSAGES" / "django.mo"
    if compiled.exists():
        return []
    return [Error("The Vietnamese translations are not compiled.", hint="manage.py compile_messages_pure", id="portal.E007")]
