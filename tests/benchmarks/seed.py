"""Fill a clone with generated dossiers: one INSERT … SELECT per table, the same for every size but for the number.

One dossier in sixty belongs to the busiest agency, the others follow a curve over all agencies, so that some have
hundreds and most a few. Six in ten are being decided: at 10,000 dossiers the busiest agency then fills two pages of
its queue, so that both sizes show pages of 50 rows. Triggers and foreign keys are held back while it runs; pages read
neither hash chains nor those of anything else.
"""

import hashlib
from datetime import datetime
from pathlib import Path

from psycopg import sql
from psycopg.types.json import Jsonb

from portal.core.text import search_key
from portal.devtools.world import FAMILY, GIVEN, MIDDLE
from procedures.formschema.library import sample_answers
from tests.benchmarks.people import COLLEAGUE, OFFICER
from tests.benchmarks.worlds import Connection, connect

MARITAL_STATUS = "1.004873"
MATCHING_NAME = "Trịnh Ngọc Ước"
"""Searched for in the queue: forty owners of the busiest agency bear it, however many dossiers there are."""

# How often a state occurs in a hundred dossiers, and the steps that led to it.
_TAKEN = (("accept_at_counter", "accepted"),)
_SENT = (*_TAKEN, ("hand_over", "in_transfer_to_agency"))
_CLAIMED = (*_SENT, ("claim", "assigned"))
_PROPOSED = (*_CLAIMED, ("propose", "awaiting_signature"))
_SIGNED = (*_PROPOSED, ("sign", "ready_for_collection"))
_ONLINE = (("file_online", "submitted"), ("route_to_reception", "awaiting_reception"))
LIVES: tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...] = (
    ("awaiting_reception", 3, _ONLINE),
    ("accepted", 2, _TAKEN),
    ("in_transfer_to_agency", 22, _SENT),
    ("assigned", 28, _CLAIMED),
    ("awaiting_signature", 10, _PROPOSED),
    ("supplement_requested", 4, (*_CLAIMED, ("ask_supplement", "supplement_requested"))),
    ("ready_for_collection", 8, _SIGNED),
    ("closed", 19, (*_SIGNED, ("hand_back", "closed"))),
    ("refused", 2, (*_ONLINE, ("refuse", "refused"))),
    ("withdrawn", 2, (*_TAKEN, ("withdraw", "withdrawn"))),
)

FILLED = (
    *("accounts_user", "dossiers_dossier", "dossiers_answers", "dossiers_party", "dossiers_event", "dossiers_clockrecord"),
    *("dossiers_paper", "dossiers_feeline", "dossiers_routedecision", "dossiers_issueddocument", "dossiers_result"),
    *("notifications_notification", "outbox_outboxmessage", "counters_visit"),
)


def seed_version() -> str:
    """What the generated dossiers are made from, as a name."""
    sources = (Path(__file__), Path(__file__).with_name("people.py"), Path(__file__).with_suffix(".sql"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def seed(database: str, count: int, *, at: datetime) -> None:
    """`database` holds `count` dossiers with everything that hangs on them, and its statistics are current."""
    with connect(database) as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL synchronous_commit = off")
        connection.execute("SET LOCAL work_mem = '64MB'")
        _scratch(connection)
        values = {"count": sql.Literal(count), "at": sql.Literal(at), "answers": sql.Literal(Jsonb(sample_answers(MARITAL_STATUS)))}
        for part in Path(__file__).with_suffix(".sql").read_text().split(";\n\n"):
            connection.execute(sql.SQL(part).format(**values))
    with connect(database) as connection:
        for table in FILLED:
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def _scratch(connection: Connection) -> None:
    """Temporary tables to pick from: names with their search key, states with their steps, the two officers."""
    names = [f"{family} {middle} {given}" for family in FAMILY for middle in MIDDLE for given in GIVEN]
    names = [name for name in names if name != MATCHING_NAME]
    connection.execute("CREATE TEMP TABLE bench_name (n int PRIMARY KEY, name text, key text) ON COMMIT DROP")
    with connection.cursor().copy("COPY bench_name FROM STDIN") as copy:
        for number, name in enumerate([MATCHING_NAME, *names]):
            copy.write_row((number, name, search_key(name)))
    connection.execute("CREATE TEMP TABLE bench_life (n int PRIMARY KEY, state text, steps int) ON COMMIT DROP")
    connection.execute("CREATE TEMP TABLE bench_step (state text, seq int, verb text, before text, after text) ON COMMIT DROP")
    lives = [(state, steps) for state, times, steps in LIVES for _each in range(times)]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bench_life VALUES (%s, %s, %s)", [(n, state, len(steps)) for n, (state, steps) in enumerate(lives)])
        cursor.executemany(
            "INSERT INTO bench_step VALUES (%s, %s, %s, %s, %s)",
            [
                (state, seq, verb, steps[seq - 2][1] if seq > 1 else "", after)
                for state, _times, steps in LIVES
                for seq, (verb, after) in enumerate(steps, 1)
            ],
        )
    connection.execute(
        """CREATE TEMP TABLE bench_officer ON COMMIT DROP AS
           SELECT max(id) FILTER (WHERE username = %s::text) AS first, max(id) FILTER (WHERE username = %s::text) AS second
           FROM accounts_user""",
        [OFFICER, COLLEAGUE],
    )
