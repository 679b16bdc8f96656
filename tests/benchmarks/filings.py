"""Thousands of filed dossiers that wait for their agency: copies of one real walk-in, each with its own code, event and residence."""

from datetime import date
from uuid import uuid4

from psycopg import sql

from dossiers.actions.file import Filing, PaperInput, PartyInput, file
from portal.accounts.identity import identity_of
from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency, Office
from portal.core.clock import business_now
from portal.core.db import acting_as
from portal.core.workcalendar import local
from procedures.formschema.library import sample_answers
from procedures.models import Channel
from procedures.queries import current_version
from tests.benchmarks.people import clerks
from tests.benchmarks.seed import MARITAL_STATUS
from tests.benchmarks.worlds import SINCE, Connection, connect, using

COPIED = ("dossiers_answers", "dossiers_party", "dossiers_paper", "dossiers_clockrecord", "dossiers_event")


def prepare(database: str, count: int) -> list[int]:
    """`database` has so many accepted dossiers, of every commune in turn, each with an open message to the router; their ids in order."""
    with using(database):
        pattern = _pattern()
        _staff_everywhere()
    with connect(database) as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM outbox_outboxmessage")
        keys = _copies(connection, pattern, count)
    with connect(database) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return keys


def _pattern() -> int:
    """One walk-in, filed as a clerk files it."""
    clerk, at = clerks()[0], business_now()
    version = current_version(MARITAL_STATUS, local(at).date())
    assert version is not None
    person = {"name": "Lê Thị Hồng Vân", "personal_id": "048198003456", "phone": "0935112233"}
    filing = Filing(
        version=version,
        case=version.cases.get(is_default=True),
        channel=Channel.DIRECT,
        office=clerk.office,
        actor=clerk.user,
        submit_token=uuid4(),
        at=at,
        answers=sample_answers(MARITAL_STATUS),
        parties=[PartyInput(role=role, **person) for role in ("owner", "submitter")],
        papers=[PaperInput(requirement_key="to-khai", name="Tờ khai", originals=1)],
        phone="0935112233",
    )
    with acting_as(identity_of(clerk.user, local(at).date()).scope):
        return int(file(filing).dossier.pk)


def _staff_everywhere() -> None:
    """Every agency has an officer and a leader, every counter a clerk, the same three persons."""
    for role in (Role.OFFICER, Role.LEADER):
        user = User.objects.create_user(f"bench.everywhere.{role}", full_name="Nguyễn Văn Khắp", kind=User.Kind.STAFF)
        agencies = Agency.objects.order_by("pk")
        Membership.objects.bulk_create([Membership(user=user, role=role, agency=agency, valid_from=SINCE) for agency in agencies])
    clerk = User.objects.create_user("bench.everywhere.clerk", full_name="Nguyễn Văn Khắp", kind=User.Kind.STAFF)
    offices = Office.objects.order_by("pk")
    Membership.objects.bulk_create([Membership(user=clerk, role=Role.CLERK, office=office, valid_from=SINCE) for office in offices])


def _copies(connection: Connection, pattern: int, count: int) -> list[int]:
    values = {"pattern": sql.Literal(pattern), "count": sql.Literal(count), "today": sql.Literal(date.today())}  # noqa: DTZ011 -- which communes exist
    connection.execute(sql.SQL(_CHOSEN).format(**values))
    _copy(connection, "dossiers_dossier", _DOSSIER)
    for table in COPIED:
        _copy(connection, table, _CHILDREN.get(table, {}))
    connection.execute(_MESSAGES)
    rows = connection.execute("SELECT id FROM bench_new ORDER BY id").fetchall()
    return [int(str(key)) for (key,) in rows]


_CHOSEN = """
    CREATE TEMP TABLE bench_new ON COMMIT DROP AS
    SELECT nextval(pg_get_serial_sequence('dossiers_dossier', 'id')) AS id, d.id AS pattern, d.code AS old_code,
        split_part(d.code, '-', 1) || '-' || to_char(d.filed_at, 'YYMMDD') || '-' || lpad((n + 100000)::text, 6, '0') AS code,
        c.code AS commune, c.name AS commune_name
    FROM dossiers_dossier d CROSS JOIN generate_series(1, {count}) n
    JOIN (SELECT code, name, row_number() OVER (ORDER BY md5(code)) - 1 AS place, count(*) OVER () AS places
          FROM agencies_administrativeunit WHERE level = 'commune' AND valid_to IS NULL AND valid_from <= {today}) c
        ON c.place = n % c.places
    WHERE d.id = {pattern}"""

_DOSSIER = {"id": "b.id", "code": "b.code", "submit_token": "gen_random_uuid()", "chain_head": "''"}
_CONTENT = "replace(t.content, b.old_code, b.code)"
_CHILDREN = {
    "dossiers_event": {"content": _CONTENT, "hash": f"encode(sha256(convert_to(E'\\n' || {_CONTENT}, 'UTF8')), 'hex')"},
    "dossiers_answers": {
        "content": "jsonb_set(t.content, '{subject_residence}', t.content->'subject_residence' || jsonb_build_object("
        "'unit_code', b.commune, 'valid_from', '2025-07-01', 'successor_code', NULL, 'label', b.commune_name))"
    },
}


def _copy(connection: Connection, table: str, own: dict[str, str]) -> None:
    """Rows of the pattern again for each new dossier, with these expressions instead of its columns."""
    listed = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''", [table]
    ).fetchall()
    columns = [str(name) for (name,) in listed if name != "id" or "id" in own]
    taken = {"dossier_id": "b.id"} | own
    joined = "t.id = b.pattern" if table == "dossiers_dossier" else "t.dossier_id = b.pattern"
    values = ", ".join(taken.get(name, f't."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t JOIN bench_new b ON {joined}"
    connection.execute(statement)


_MESSAGES = """
    UPDATE dossiers_dossier d SET chain_head = e.hash FROM dossiers_event e, bench_new b WHERE d.id = b.id AND e.dossier_id = b.id;
    INSERT INTO outbox_outboxmessage (stream, subject_id, sequence, kind, payload, key, created_at, not_before, attempt,
        last_error, parked_reason)
    SELECT 'route', id, 1, 'route', '{}', 'route:' || code || ':1', now(), '2999-01-01', 0, '', '' FROM bench_new"""
