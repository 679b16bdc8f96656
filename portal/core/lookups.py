"""Conditions whose values are written into the statement, so that a prepared plan can use a partial index on them."""

import re
from typing import Any

from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler

_KEY = re.compile(r"[a-z][a-z0-9_]*")


@CharField.register_lookup
class OneOf(Lookup[Any]):
    """`state__one_of=(…)`: like `__in`, for constant keys of our own.

    A server-side prepared statement is planned once for all its parameters; with `state IN ($2, $3)` the server cannot
    know that a partial index on those states covers it, and reads everything that an agency ever had.
    """

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The condition, with the left side's parameters only. Raises ValueError for anything but lower-case keys."""
        keys = [str(getattr(key, "value", key)) for key in self.rhs]
        if not keys or not all(_KEY.fullmatch(key) for key in keys):
            raise ValueError("one_of takes constant keys of lower-case letters, digits and underscores")
        left, parameters = self.process_lhs(compiler, connection)
        listed = ", ".join(f"'{key}'" for key in keys)
        return f"{left} IN ({listed})", tuple(parameters)
