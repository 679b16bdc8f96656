"""What supervisors and load balancers ask: does the process live, and can it serve?

Both answer without identity, session or transaction, so that they still answer while the database is away.
"""

from typing import Any

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import KombuError

from portal.accounts.access import public, without_database
from portal.core.pdf import is_available

OK, FAILED, DEGRADED = "ok", "failed", "degraded"
_BROKER_SECONDS = 0.5
_known: dict[str, bool] = {}


@never_cache
@require_safe
@public
@without_database
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
@public
@without_database
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, 503 when not. A lost broker or a missing PDF library only degrades: pages do not need them."""
    checks = {"database": database(), "migrations": FAILED, "broker": broker(), "pdf": OK if is_available() else DEGRADED}
    if checks["database"] == OK:
        checks["migrations"] = migrations()
    is_ready = FAILED not in checks.values()
    status = (OK if DEGRADED not in checks.values() else DEGRADED) if is_ready else FAILED
    return JsonResponse(
        {"status": status, "checks": checks}, status=200 if is_ready else 503, headers={} if is_ready else {"Retry-After": "5"}
    )


def database() -> str:
    """Whether a statement gets an answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseFault:
        connection.close()
        return FAILED
    return OK


def migrations() -> str:
    """Whether every migration of this code is applied; asked until it is, then known."""
    if not _known.get("migrated"):
        try:
            executor = MigrationExecutor(connection)
            _known["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseFault:
            connection.close()
    return OK if _known.get("migrated") else FAILED


def broker() -> str:
    """Whether the broker lets us in."""
    options: dict[str, Any] = {"socket_connect_timeout": _BROKER_SECONDS, "socket_timeout": _BROKER_SECONDS}
    link = Connection(settings.BROKER_URL, connect_timeout=_BROKER_SECONDS, transport_options=options)
    faults: tuple[type[BaseException], ...] = (KombuError, OSError, *link.connection_errors, *link.channel_errors)
    try:
        link.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        assert link.default_channel  # noqa: S101 -- opening a channel asks the server
    except faults:
        return DEGRADED
    finally:
        link.release()
    return OK
