"""Who is asking, told to PostgreSQL inside each transaction; the plumbing under row-level security.

`acting_as(scope)` puts the person's offices and agencies into a ContextVar. The database backend of this package
(ENGINE = "portal.core.db") copies them into transaction-local settings when a transaction begins, so nothing can
leak to the next request on a kept connection, and a query outside a transaction sees no protected row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Scope:
    """The identity that the row-level policies read. Empty means: nobody."""

    user_id: int | None = None
    offices: tuple[int, ...] = ()
    agencies: tuple[int, ...] = ()

    def settings(self) -> dict[str, str]:
        return {
            "app.user": "" if self.user_id is None else str(self.user_id),
            "app.offices": ",".join(map(str, self.offices)),
            "app.agencies": ",".join(map(str, self.agencies)),
        }


NOBODY = Scope()
current_scope: ContextVar[Scope] = ContextVar("current_scope", default=NOBODY)


class NotInTransaction(RuntimeError):
    """A write helper was called without the transaction that its caller must open."""


def require_transaction() -> None:
    """Raise NotInTransaction unless a transaction is open on the default connection."""
    if not connection.in_atomic_block:
        raise NotInTransaction("this step belongs inside a transaction")


def tell_database(scope: Scope) -> None:
    """Set the scope for the rest of the open transaction."""
    values = scope.settings()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(["set_config(%s::text, %s::text, true)"] * len(values)),
            [part for item in values.items() for part in item],
        )


@contextmanager
def acting_as(scope: Scope) -> Iterator[None]:
    """Everything inside runs as `scope`, also when a transaction is already open."""
    token = current_scope.set(scope)
    if connection.in_atomic_block:
        tell_database(scope)
    try:
        yield
    finally:
        current_scope.reset(token)
        if connection.in_atomic_block and not connection.needs_rollback:
            tell_database(current_scope.get())
