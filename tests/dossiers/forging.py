"""Steps forged by raw SQL on the test's own connection, as the web role: what the database says to each, without trace."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import connection, transaction

from dossiers.actions.transition import By, Step, born, transition
from dossiers.lifecycle import WAITING_FOR_APPLICANT, State, Verb
from dossiers.models import Dossier
from dossiers.steptable import StepRow, step_rows
from portal.accounts.models import Role
from procedures.models import ProcedureVersion
from procedures.queries import current_version
from tests.factories import MARITAL_STATUS, MONDAY, TODAY, centre, staff

ACCEPTED = "accepted"
"""The database let it pass, until its end of transaction."""

# The step is written whole and well: version, number, hash and place to go back to are right. Only what is asked about can be wrong.
_FORGE = """
DO $$
DECLARE
    forged jsonb;
    dossier dossiers_dossier;
    digest text;
    outcome text;
    outcomes text[] := '{}';
BEGIN
    FOR forged IN SELECT jsonb_array_elements(current_setting('test.forged')::jsonb) LOOP
        BEGIN
            SELECT * INTO dossier FROM dossiers_dossier WHERE id = (forged->>'dossier')::bigint;
            IF forged->>'from_state' = '' THEN
                dossier.id := nextval(pg_get_serial_sequence('dossiers_dossier', 'id'));
                dossier.code := 'H29-991231-' || dossier.id;
                dossier.submit_token := gen_random_uuid();
                dossier.came_from := '';
                dossier.chain_head := '';
                dossier.event_seq := 0;
                dossier.state_version := 0;
            END IF;
            digest := encode(sha256(convert_to(dossier.chain_head || E'\\n' || '{}', 'UTF8')), 'hex');
            IF forged->>'from_state' = '' THEN
                dossier.state := forged->>'to_state';
                dossier.state_version := 1;
                dossier.event_seq := 1;
                dossier.chain_head := digest;
                INSERT INTO dossiers_dossier SELECT dossier.*;
                dossier.event_seq := 0;
                dossier.chain_head := '';
            ELSE
                UPDATE dossiers_dossier SET state = forged->>'to_state', state_version = state_version + 1, event_seq = event_seq + 1,
                    chain_head = digest, came_from = CASE WHEN state <> forged->>'to_state'
                        AND forged->>'to_state' IN ('supplement_requested', 'payment_required') THEN state ELSE came_from END
                WHERE id = dossier.id;
            END IF;
            IF forged->>'entry' <> '' THEN
                INSERT INTO dossiers_clockrecord (dossier_id, seq, event_seq, kind, at, policy, legal_basis)
                SELECT dossier.id, coalesce(max(seq), 0) + 1, dossier.event_seq + 1, forged->>'entry', now(), '', ''
                FROM dossiers_clockrecord WHERE dossier_id = dossier.id;
            END IF;
            INSERT INTO dossiers_event (dossier_id, seq, verb, from_state, to_state, note, at, content, previous_hash, hash)
            VALUES (dossier.id, dossier.event_seq + 1, forged->>'verb', forged->>'from_state', forged->>'to_state', '', now(), '{}',
                dossier.chain_head, digest);
            SET CONSTRAINTS ALL IMMEDIATE;
            RAISE EXCEPTION 'undo';
        EXCEPTION
            WHEN check_violation THEN GET STACKED DIAGNOSTICS outcome = CONSTRAINT_NAME;
            WHEN raise_exception THEN outcome := 'accepted';
        END;
        outcomes := outcomes || outcome;
    END LOOP;
    PERFORM set_config('test.outcomes', array_to_json(outcomes)::text, true);
END $$
"""


@dataclass(frozen=True, slots=True)
class Forged:
    """One step: of this dossier, or, from nothing, of a new one like it. `entry`: the kind of the clock entry beside it."""

    dossier: int
    verb: str
    from_state: str
    to_state: str
    entry: str = ""


def agreed() -> None:
    """What the database checks at commit has been checked. Raises IntegrityError."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def run_and_agree(statement: str) -> None:
    """The statement, as if the transaction ended with it. Raises IntegrityError."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
        agreed()


def forge(steps: Sequence[Forged]) -> list[str]:
    """For each step the constraint that refused it, or ACCEPTED; nothing of any step stays."""
    agreed()  # what was written before is looked at once, not once for each
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('test.forged', %s::text, true)", [json.dumps([asdict(step) for step in steps])])
        cursor.execute(_FORGE)
        cursor.execute("SELECT current_setting('test.outcomes')")
        outcomes: list[str] = json.loads(cursor.fetchone()[0])
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return outcomes


def dossiers_of_every_state() -> Iterator[Dossier]:
    """One dossier in each state, and one for each state that a wait can go back to; by legal steps only."""
    ways: dict[tuple[str, str], list[StepRow]] = {}
    rows = sorted(step_rows(), key=lambda row: (row.to_state == row.from_state, row.verb))
    waiting = [(row.to_state, "", [row]) for row in rows if not row.from_state]
    while waiting:
        state, came_from, way = waiting.pop(0)
        here = (state, came_from if state in WAITING_FOR_APPLICANT else "")
        if here in ways:
            continue
        ways[here] = way
        for row in rows:
            if row.from_state == state != row.to_state and row.came_from in ("", came_from):
                back = state if row.to_state in WAITING_FOR_APPLICANT else came_from
                waiting.append((row.to_state, back, [*way, row]))
    version, clerk = current_version(MARITAL_STATUS, TODAY), staff(Role.CLERK, centre())
    assert version is not None
    for number, way in enumerate(ways.values(), 1):
        yield _walked(f"H29-261102-{number:04d}", version, By(clerk, MONDAY, office=centre()), way)


def unborn(code: str, version: ProcedureVersion, by: By) -> Dossier:
    """A dossier that is not yet inserted."""
    assert by.user is not None
    return Dossier(
        code=code,
        procedure=version.procedure,
        version=version,
        case=version.cases.get(is_default=True),
        channel="direct",
        acceptance="counter",
        receiving_office=centre(),
        filed_by=by.user,
        owner_name="Nguyễn Thị Ước",
        filed_at=by.at,
        submit_token=uuid.uuid4(),
    )


def _walked(code: str, version: ProcedureVersion, by: By, way: Sequence[StepRow]) -> Dossier:
    dossier = unborn(code, version, by)
    birth, *steps = way
    if birth.verb == Verb.ACCEPT_AT_COUNTER:
        dossier.accepted_at = by.at
    if birth.to_state == State.PAYMENT_REQUIRED:
        dossier.came_from = State.SUBMITTED.value
    born(dossier, Verb(birth.verb), by)
    for row in steps:
        fields = {"accepted_at": by.at} if row.verb == Verb.ACCEPT else {}
        transition(dossier, Verb(row.verb), by, Step(fields=fields, new_due_at=by.at + timedelta(days=40)))
        assert dossier.state == row.to_state
    return dossier
