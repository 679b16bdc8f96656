"""`manage.py settings_explain`: which variables this process reads, what they are now, and what for."""

import json
import os
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

HIDDEN = "(set, not shown)"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment. `setting` is the Django setting that shows the effective value; secrets are never shown."""

    name: str
    purpose: str
    setting: str = ""
    is_secret: bool = False
    is_needed: bool = False


VARIABLES = (
    Variable("DATABASE_URL", "PostgreSQL as the web role; unset: the embedded server", is_secret=True, is_needed=True),
    Variable("DATABASE_WORKER_URL", "the same as the worker's role (worker, dispatcher, beat)", is_secret=True, is_needed=True),
    Variable("DATABASE_OWNER_URL", "the same as the owner, for migrations only", is_secret=True, is_needed=True),
    Variable("DATABASE_ROLE", "which of the three this process is: web, worker, owner", "DATABASE_ROLE"),
    Variable("DATABASE_NAME", "database on the embedded server; also the prefix of broker keys", "DATABASE_NAME"),
    Variable("PREPARE_THRESHOLD", "executions before a statement is prepared; 0 behind a transaction pooler"),
    Variable("REDIS_URL", "page cache, and broker unless CELERY_BROKER_URL says otherwise", is_secret=True, is_needed=True),
    Variable("CELERY_BROKER_URL", "broker; own instance, appendonly, noeviction", is_secret=True),
    Variable("SECRET_KEY", "signs sessions and forms", is_secret=True, is_needed=True),
    Variable("SECRET_KEY_FALLBACKS", "former keys, accepted while they are being replaced", is_secret=True),
    Variable("TRACKING_KEY", "makes the secrets printed on slips; must never change", is_secret=True, is_needed=True),
    Variable("DEMO", "demo clock and demo accounts; refused in production", "DEMO"),
    Variable("DEBUG", "tracebacks in the browser; never in production", "DEBUG"),
    Variable("LOG_LEVEL", "WARNING, INFO or DEBUG"),
    Variable(
        "PORTAL_BASE_URL",
        "address under which people reach the portal; https switches on secure cookies and HSTS",
        "BASE_URL",
        is_needed=True,
    ),
    Variable("SANDBOX_BASE_URL", "address of the simulated services; also the default of the outside systems", "SANDBOX_BASE_URL"),
    Variable("ALLOWED_HOSTS", "host names that are answered", "ALLOWED_HOSTS", is_needed=True),
    Variable("CSRF_TRUSTED_ORIGINS", "origins that may post forms", "CSRF_TRUSTED_ORIGINS"),
    Variable("BEHIND_PROXY", "trust X-Forwarded-Proto of the proxy in front"),
    Variable("SSL_REDIRECT", "send plain HTTP to HTTPS (default: yes when PORTAL_BASE_URL is https)", "SECURE_SSL_REDIRECT"),
    Variable("STATIC_ROOT", "where collected static files are", "STATIC_ROOT"),
    Variable("MEDIA_ROOT", "where uploads and issued documents are; private"),
    Variable("SEALS_DIR", "keys of the agencies' seals, <code>.p12 each, and authority.pem", "SEALS_DIR"),
    Variable("SIGNERS_PEM", "certificates trusted to have signed a result elsewhere; default SEALS_DIR/signers.pem", "SIGNERS_PEM"),
    Variable("SEAL_PASSWORD", "opens those keys", is_secret=True),
    Variable("OIDC_ISSUER_URL", "national identity provider", "OIDC_ISSUER_URL", is_needed=True),
    Variable("OIDC_CLIENT_ID", "our name there"),
    Variable("OIDC_CLIENT_SECRET", "our secret there", is_secret=True, is_needed=True),
    Variable("NATIONAL_GENERATION", "interface of the national portal: 2026 or provincial", "NATIONAL_GENERATION"),
    Variable("NATIONAL_UNIT_CODE", "our code in the provincial interface (madonvi, dstcode)", "NATIONAL_UNIT_CODE"),
    Variable("NATIONAL_URL", "National Public Service Portal", "NATIONAL_URL", is_needed=True),
    Variable("NATIONAL_CLIENT_ID", "our name there", "NATIONAL_CLIENT_ID"),
    Variable("NATIONAL_CLIENT_SECRET", "our secret there", is_secret=True, is_needed=True),
    Variable("NATIONAL_HMAC_KEY", "signs our requests there", is_secret=True, is_needed=True),
    Variable("NATIONAL_HMAC_KEY_PREVIOUS", "the key before it, accepted from the portal while a new one is brought in", is_secret=True),
    Variable("PAYMENT_URL", "payment gateway", "PAYMENT_URL", is_needed=True),
    Variable("PAYMENT_SECRET", "signs both directions with the gateway", is_secret=True, is_needed=True),
    Variable("MESSAGES_URL", "carrier of SMS and e-mail", "MESSAGES_URL", is_needed=True),
    Variable("MESSAGES_TOKEN", "our token there", is_secret=True, is_needed=True),
    Variable("MOTCUA_PATIENCE", "how many times longer than usual outside systems and services are waited for", "PATIENCE"),
    Variable("OPERATORS", "e-mail addresses and mobile numbers that are told when a person is needed", "OPERATORS", is_needed=True),
)


class Command(BaseCommand):
    """List the environment that matters, without giving a secret away."""

    help = (
        "Prints every variable that the settings read: its value now (secrets are never shown), whether it comes from the environment "
        "(or a .env file) or is the default, and what it is for. Exit status 1 if one that production needs is missing outside the demo."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [asdict(variable) | _now(variable) for variable in VARIABLES]
        missing = [] if settings.DEMO else [row["name"] for row in rows if row["is_needed"] and row["source"] == "default"]
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not missing, "missing": missing, "variables": rows}, ensure_ascii=False, indent=2))
        else:
            for row in rows:
                self.stdout.write(f"{row['name']:24}{row['source']:13}{row['value']:36.36}  {row['purpose']}")
        if missing:
            raise CommandError("Not set, and needed outside the demo: " + ", ".join(missing), returncode=1)


def _now(variable: Variable) -> dict[str, str]:
    given = os.environ.get(variable.name)
    source = "default" if given is None else "environment"
    value = str(getattr(settings, variable.setting)) if variable.setting else (given or "")
    return {"source": source, "value": HIDDEN if variable.is_secret and given else ("" if variable.is_secret else value)}
