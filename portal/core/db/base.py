"""Django's PostgreSQL backend, which tells the server who is asking when a transaction begins."""

from typing import Any

from django.db.backends.postgresql import base

from portal.core.db import NOBODY, current_scope


class DatabaseWrapper(base.DatabaseWrapper):
    """Sets the caller's scope transaction-locally; see `portal.core.db`."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's signature
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        scope = current_scope.get()
        if autocommit or scope is NOBODY:
            return
        values = scope.settings()
        parameters: list[Any] = [part for item in values.items() for part in item]
        with self.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(["set_config(%s::text, %s::text, true)"] * len(values)), parameters)
