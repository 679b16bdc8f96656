"""Two databases that agree on many dossiers, made by SQL, and differences planted in the other one."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

import psycopg
from psycopg.types.json import Jsonb

from portal.devtools import postgres

KINDS = ("missing", "altered", "stale", "extra")
DAYS = 30
Row = tuple[str, date, str, str]

COPIES = """
    WITH places AS (
        SELECT array_agg(id ORDER BY id) AS ids FROM agencies_office WHERE kind = 'provincial_centre' AND province_id IS NOT NULL)
    INSERT INTO dossiers_dossier SELECT (jsonb_populate_record(d, jsonb_build_object(
        'id', 1000000 + i, 'submit_token', gen_random_uuid(), 'receiving_office_id', ids[1 + i %% array_length(ids, 1)],
        'filed_at', d.filed_at - make_interval(days => i %% {days}, mins => i %% 400),
        'code', split_part(d.code, '-', 1) || '-261001-' || lpad(i::text, 6, '0')))).*
    FROM dossiers_dossier d, places, generate_series(1, %(count)s) i WHERE d.code = %(code)s""".replace("{days}", str(DAYS))
STEPS = """
    INSERT INTO outbox_outboxmessage
        (stream, subject_id, sequence, kind, payload, key, created_at, not_before, done_at, attempt, last_error, parked_reason)
    SELECT 'national', d.id, s.seq, s.kind, jsonb_build_object('schema', 2, 'code', d.code, 'seq', s.seq, 'portal_state', s.status),
           'national:' || d.code || ':' || s.seq, d.filed_at, d.filed_at, d.filed_at, 1, '', ''
    FROM dossiers_dossier d, (VALUES (1, 'create', 2), (2, 'status', 4), (3, 'status', 9)) s (seq, kind, status) WHERE d.id > 1000000"""
LINES = """
    SELECT d.code, (d.filed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
           to_char(d.filed_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMMDDHH24MISS'), p.code
    FROM dossiers_dossier d JOIN agencies_office o ON o.id = d.receiving_office_id
    JOIN agencies_administrativeunit p ON p.id = o.province_id
    WHERE d.id > 1000000 ORDER BY d.id"""


class Cursor(Protocol):
    def execute(self, statement: Any, values: Any = None) -> Any: ...
    def fetchall(self) -> Any: ...


def fill_ours(cursor: Cursor, *, code: str, count: int) -> list[Row]:
    """Copies of the dossier `code` over all provinces and thirty days, each told and acknowledged in three steps."""
    cursor.execute("SET LOCAL statement_timeout = 0")
    cursor.execute(COPIES, {"count": count, "code": code})
    cursor.execute(STEPS)
    cursor.execute("SET LOCAL statement_timeout = '60s'")  # what the worker has, whose work the comparison is
    cursor.execute("ANALYZE dossiers_dossier, outbox_outboxmessage")
    cursor.execute(LINES)
    return list(cursor.fetchall())


def simulator_database(flavour: str, name: str) -> psycopg.Connection[tuple[object, ...]]:
    """The simulator's database."""
    return postgres.connect(flavour, database=name)


def fill_theirs(connection: psycopg.Connection[Any], rows: Sequence[Row]) -> None:
    """The portal shows all of them as they were told."""
    columns = "code, procedure_code, procedure_name, owner_name, agency, province, filed_on, status, head, snapshot, updated_at"
    with connection.cursor() as cursor, cursor.copy(f"COPY sandbox_npsp_dossier ({columns}) FROM STDIN") as copy:
        for code, day, stamp, province in rows:
            copy.write_row((code, "", "", "", "", province, day, 9, 3, Jsonb({"NgayNopHoSo": stamp}), "2026-11-02 09:00+07"))
    connection.execute("ANALYZE sandbox_npsp_dossier")


def plant(connection: psycopg.Connection[Any], rows: Sequence[Row], *, each: int, seed: int = 7) -> dict[str, set[str]]:
    """So many differences of each kind; the codes by kind."""
    picked = random.Random(seed).sample(list(rows), 4 * each)
    parts = {kind: picked[number * each : (number + 1) * each] for number, kind in enumerate(KINDS)}
    codes = {kind: {row[0] for row in part} for kind, part in parts.items()}
    connection.execute("DELETE FROM sandbox_npsp_dossier WHERE code = ANY(%s)", [list(codes["missing"])])
    connection.execute("UPDATE sandbox_npsp_dossier SET status = 7 WHERE code = ANY(%s)", [list(codes["altered"])])
    connection.execute("UPDATE sandbox_npsp_dossier SET head = 2, status = 4 WHERE code = ANY(%s)", [list(codes["stale"])])
    strangers = [(code.replace("-261001-", "-261002-"), day, stamp, province) for code, day, stamp, province in parts["extra"]]
    fill_theirs(connection, strangers)
    return codes | {"extra": {row[0] for row in strangers}}
