"""Which rows one filing leaves, and one statement that inserts the same rows again and again.

The statement is made from the rows themselves: what refers to a row of the same filing takes its new id from
RETURNING, what must be unique comes from a sequence or `gen_random_uuid()`, everything else is a literal.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import LiteralString, cast

from psycopg import sql

from tests.benchmarks.worlds import Connection

SERIAL = "bench_serial"
# Columns that hold the id of a row of the same filing without a foreign key.
SOFT_REFERENCES = {("outbox_outboxmessage", "subject_id"): "dossiers_dossier"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the statement needs to know it."""

    name: str
    type: str
    is_key: bool
    is_unique: bool
    refers_to: str


@dataclass(slots=True)
class Table:
    """What the filing inserted into one table; values are text as PostgreSQL writes them."""

    name: str
    columns: list[Column]
    rows: list[dict[str, str | None]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return next(column.name for column in self.columns if column.is_key)


def counts(connection: Connection) -> Counter[str]:
    """Rows in every table."""
    return Counter({name: _count(connection, name) for name in _tables(connection)})


def next_transaction(connection: Connection) -> int:
    """A number that every later transaction exceeds."""
    return _number(connection, sql.SQL("SELECT pg_current_xact_id()::text::bigint"))


def written_since(connection: Connection, transaction: int, before: Counter[str]) -> tuple[list[Table], dict[str, int]]:
    """The inserted rows by table, and how many rows of each table were only changed."""
    inserted: list[Table] = []
    changed: dict[str, int] = {}
    for name in _tables(connection):
        table = Table(name, _columns(connection, name))
        listed = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column.name)) for column in table.columns)
        later = sql.SQL("SELECT {} FROM {} WHERE xmin::text::bigint > {}")
        found = connection.execute(later.format(listed, sql.Identifier(name), sql.Literal(transaction % 2**32))).fetchall()
        added = _count(connection, name) - before[name]
        if added not in {0, len(found)}:
            raise AssertionError(f"{name}: {added} rows were added and {len(found)} written; inserts and changes cannot be told apart")
        if added:
            names = [column.name for column in table.columns]
            table.rows = [dict(zip(names, cast("tuple[str | None, ...]", row), strict=True)) for row in found]
            inserted.append(table)
        elif found:
            changed[name] = len(found)
    return inserted, changed


def statement(tables: list[Table]) -> str:
    """One CTE that inserts the rows anew, in an order in which every parent comes first."""
    new_ids = {(table.name, row[table.key]) for table in tables for row in table.rows}
    ordered = _parents_first(tables, new_ids)
    parents = {parent for table in tables for parent in _parents(table, new_ids)}
    parts = []
    for table in ordered:
        selects = [_select(table, row, new_ids) for row in table.rows]
        names = ", ".join(column.name for column in _written(table, new_ids))
        returning = f" RETURNING {table.key}" if table.name in parents else ""
        parts.append(f"{table.name}_ AS (INSERT INTO {table.name} ({names}) {' UNION ALL '.join(selects)}{returning})")
    return f"WITH {', '.join(parts)} SELECT 1;\n"


def _written(table: Table, new_ids: set[tuple[str, str | None]]) -> list[Column]:
    """All columns but a key that the database makes."""
    return [column for column in table.columns if not column.is_key or _is_reference(column, table.rows[0], new_ids)]


def _select(table: Table, row: dict[str, str | None], new_ids: set[tuple[str, str | None]]) -> str:
    sources: dict[str, None] = {}
    values = []
    for column in _written(table, new_ids):
        parent = _reference(table, column, row, new_ids)
        if parent:
            sources[f"{parent}_"] = None
            values.append(f"{parent}_.id")
        elif column.is_unique and row[column.name]:
            values.append(_unique(column, row[column.name] or ""))
        else:
            values.append(_literal(row[column.name], column.type))
    return f"SELECT {', '.join(values)}" + (f" FROM {', '.join(sources)}" if sources else "")


def _unique(column: Column, value: str) -> str:
    """A new value of the same type and length."""
    if column.type == "uuid":
        return "gen_random_uuid()"
    return f"lpad(nextval('{SERIAL}')::text, {len(value)}, '0')"


def _literal(value: str | None, kind: str) -> str:
    """The value, without a colon in it: pgbench would take what follows for a variable."""
    if value is None:
        return f"CAST(NULL AS {kind})"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace(":", "\\x3a").replace("\n", "\\n").replace("\r", "\\r")
    return f"CAST(E'{escaped}' AS {kind})"


def _is_reference(column: Column, row: dict[str, str | None], new_ids: set[tuple[str, str | None]]) -> bool:
    return (column.refers_to, row[column.name]) in new_ids


def _reference(table: Table, column: Column, row: dict[str, str | None], new_ids: set[tuple[str, str | None]]) -> str:
    """The table of the same filing whose new id this column takes; empty if none."""
    if _is_reference(column, row, new_ids):
        return column.refers_to
    soft = SOFT_REFERENCES.get((table.name, column.name), "")
    return soft if (soft, row[column.name]) in new_ids else ""


def _parents(table: Table, new_ids: set[tuple[str, str | None]]) -> set[str]:
    return {_reference(table, column, row, new_ids) for row in table.rows for column in table.columns} - {""}


def _parents_first(tables: list[Table], new_ids: set[tuple[str, str | None]]) -> list[Table]:
    waiting, done, ordered = list(tables), set[str](), list[Table]()
    while waiting:
        ready = [table for table in waiting if _parents(table, new_ids) <= done]
        assert ready, f"the rows of {[table.name for table in waiting]} refer to each other"
        for table in ready:
            ordered.append(table)
            done.add(table.name)
            waiting.remove(table)
    single = {table.name: len(table.rows) for table in tables}
    assert all(single[parent] == 1 for table in tables for parent in _parents(table, new_ids))
    return ordered


def _tables(connection: Connection) -> list[str]:
    found = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1")
    return [str(name) for (name,) in found.fetchall()]


_COLUMNS: LiteralString = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod),
        bool_or(coalesce(c.contype = 'p', false)),
        bool_or(coalesce(c.contype = 'u' AND cardinality(c.conkey) = 1, false)),
        coalesce(max(c.confrelid::regclass::text) FILTER (WHERE c.contype = 'f'), '')
    FROM pg_attribute a LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND a.attnum = ANY (c.conkey)
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    GROUP BY a.attnum, a.attname, a.atttypid, a.atttypmod ORDER BY a.attnum"""


def _columns(connection: Connection, table: str) -> list[Column]:
    rows: Iterable[tuple[object, ...]] = connection.execute(_COLUMNS, [table]).fetchall()
    return [Column(str(name), str(kind), bool(key), bool(unique), str(target)) for name, kind, key, unique, target in rows]


def _count(connection: Connection, table: str) -> int:
    return _number(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


def _number(connection: Connection, query: sql.SQL | sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0]))
