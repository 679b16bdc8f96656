"""Dossiers filed at counters over HTTP, against pgbench inserting the rows that one such filing leaves."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from psycopg import sql

from dossiers.actions.drafts import start_draft
from dossiers.codes import parse_card_text
from dossiers.filing_inputs import typed_from_card
from dossiers.models import Draft
from portal.accounts.identity import identity_of
from portal.core.clock import business_now
from portal.core.db import Scope
from portal.core.workcalendar import local
from procedures.formschema.answers import post_data
from procedures.formschema.library import sample_answers
from procedures.models import Channel
from procedures.queries import current_version
from tests.benchmarks import pgbench, rows
from tests.benchmarks.client import Client, encoded
from tests.benchmarks.people import Clerk, clerks, sign_in
from tests.benchmarks.seed import MARITAL_STATUS
from tests.benchmarks.slices import Ratio, in_turn
from tests.benchmarks.worlds import INTAKE, Connection, connect, using
from tests.counters.rendered import form_values

CARD = "048198003456|201234567|Lê Thị Hồng Vân|30061998|Nữ|21 đường Bạch Đằng, Phường Hải Châu, Thành phố Đà Nẵng|12042022"


@dataclass(slots=True)
class Desk:
    """A clerk's browser: the session, the form as the page shows it, and the drafts that wait to be filed."""

    client: Client
    clerk: Clerk
    pattern: UUID
    body: bytes = b""
    drafts: "Iterator[UUID]" = field(default_factory=lambda: iter(()))

    def file(self) -> None:
        """The next draft is a dossier."""
        self.client.post(f"/quay/tiep-nhan/{next(self.drafts)}/", self.body)


@dataclass(frozen=True, slots=True)
class Filed:
    """What one filing leaves: inserted rows and changed rows by table, and the statement that repeats the inserts."""

    inserted: dict[str, int]
    changed: dict[str, int]
    statement: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Both rates in turn, and what was filed."""

    ratio: Ratio
    filed: Filed
    filings: int
    clients: int


def open_desks(base_url: str, *, drafts: int) -> list[Desk]:
    """Every clerk has the walk-in page open, filled in and saved, with `drafts` more of the same waiting."""
    with using(INTAKE):
        desks = [_desk(base_url, clerk) for clerk in clerks()]
    for desk in desks:
        _fill(desk)
        desk.drafts = itertools.chain([desk.pattern], _copies(desk.pattern, drafts))
    return desks


def _desk(base_url: str, clerk: Clerk) -> Desk:
    at = business_now()
    version = current_version(MARITAL_STATUS, local(at).date())
    card = parse_card_text(CARD)
    assert version is not None
    assert card is not None
    case, person = version.cases.get(is_default=True), typed_from_card(card)
    draft = start_draft(version, case, owner=clerk.user, office=clerk.office, channel=Channel.DIRECT, at=at, parties=person)
    return Desk(Client(base_url, sign_in(clerk.user)), clerk, draft.pk)


def _fill(desk: Desk) -> None:
    """Type the sample's answers over what the page already shows, save, and keep the form as it is shown then."""
    address = f"/quay/tiep-nhan/{desk.pattern}/"
    with using(INTAKE):
        draft = Draft.objects.select_related("case").get(pk=desk.pattern)
        posted = post_data(draft.case.form, sample_answers(MARITAL_STATUS))
        required = draft.case.requirements.filter(kind="required", is_declaration=False)
        ticked = {f"has-{each.key}": "on" for each in required}
    typed = {name: posted.getlist(name) for name in posted} | ticked | {"p-phone": "0935112233"}
    desk.client.post(address, encoded(_form(desk.client.get(address)) | typed | {"action": "save"}))
    desk.body = encoded(_form(desk.client.get(address)) | {"action": "submit"})


def _form(page: bytes) -> dict[str, Any]:
    return form_values(HttpResponse(page), form_id="intake")


def _copies(pattern: UUID, count: int) -> Iterator[UUID]:
    """The ids of `count` copies of the draft, each with a token of its own."""
    own: dict[str, sql.Composable] = {"id": sql.SQL("gen_random_uuid()"), "submit_token": sql.SQL("gen_random_uuid()")}
    columns = [str(field.column) for field in Draft._meta.local_concrete_fields]
    insert = sql.SQL("INSERT INTO dossiers_draft ({}) SELECT {} FROM dossiers_draft, generate_series(1, {}) WHERE id = {} RETURNING id")
    query = insert.format(
        sql.SQL(", ").join([sql.Identifier(name) for name in columns]),
        sql.SQL(", ").join([own.get(name, sql.Identifier(name)) for name in columns]),
        sql.Literal(count),
        sql.Literal(pattern),
    )
    with connect(INTAKE) as connection:
        return iter([UUID(str(each)) for (each,) in connection.execute(query).fetchall()])


def observe(desk: Desk, script: Path) -> Filed:
    """File once, make the statement from what that left, run it once, and see that it leaves the same."""
    desk.file()  # the first of the day opens the office's series of codes
    with connect(INTAKE) as connection:
        connection.execute(f"CREATE SEQUENCE IF NOT EXISTS {rows.SERIAL} CACHE 100")
        connection.execute(f"GRANT USAGE ON SEQUENCE {rows.SERIAL} TO portal_web")
        before, transaction = rows.counts(connection), rows.next_transaction(connection)
        desk.file()
        tables, changed = rows.written_since(connection, transaction, before)
        filed = Filed({table.name: len(table.rows) for table in tables}, changed, rows.statement(tables))
        script.write_text(filed.statement)
        before = rows.counts(connection)
        pgbench.once(script, INTAKE, settings=scope_settings(desk.clerk))
        left = {name: count for name, count in (rows.counts(connection) - before).items() if count}
        if left != filed.inserted:
            raise AssertionError(f"the statement leaves {left}, a filing leaves {filed.inserted}")
    return filed


def scope_settings(clerk: Clerk) -> dict[str, str]:
    """What the portal tells the database about this clerk, as connection settings."""
    with using(INTAKE):
        scope: Scope = identity_of(clerk.user, local(business_now()).date()).scope
    return {name: value for name, value in scope.settings().items() if value}


def filing_rate(desks: list[Desk], seconds: float) -> float:
    """Dossiers filed in a second by all desks at once: the sum of what each reached in its own time."""
    rates: list[float] = []
    failed: list[BaseException] = []
    end = time.perf_counter() + seconds
    threads = [threading.Thread(target=_work, args=(desk, end, rates, failed)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(rates)


def _work(desk: Desk, end: float, rates: list[float], failed: list[BaseException]) -> None:
    filed, begun = 0, time.perf_counter()
    try:
        while time.perf_counter() < end:
            desk.file()
            filed += 1
        rates.append(filed / (time.perf_counter() - begun))
    except BaseException as error:  # raised again by the thread that waits
        failed.append(error)


def measure(desks: list[Desk], filed: Filed, script: Path, *, slices: int, seconds: int) -> Intake:
    """Slices of filing over HTTP and of pgbench in turn; at the end every filing is a dossier with its rows."""
    settings = scope_settings(desks[0].clerk)
    with connect(INTAKE) as connection:
        waiting = _open_drafts(connection)
        ratio = in_turn(
            lambda: filing_rate(desks, seconds), lambda: pgbench.rate(script, INTAKE, seconds=seconds, settings=settings), slices
        )
        filings = waiting - _open_drafts(connection)
    return Intake(ratio, filed, filings, len(desks))


def _open_drafts(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM dossiers_draft WHERE dossier_id IS NULL").fetchone()
    assert row is not None
    return int(str(row[0]))
