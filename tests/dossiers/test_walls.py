"""The database refuses what the code would never do."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dossiers.models import Absence, Answers, Dossier, Paper, Reassignment, Reminder, SupplementItem, SupplementRequest
from portal.accounts.models import Role
from portal.core.db import NOBODY, Scope, acting_as
from tests.factories import MONDAY, TODAY, centre, committee, fee, filed, routed, staff, staffed, who, working

pytestmark = pytest.mark.django_db
KEPT = (
    *("dossiers_paper", "dossiers_answers", "dossiers_supplementrequest", "dossiers_supplementitem", "dossiers_feeline"),
    *("dossiers_reminder", "dossiers_absence", "dossiers_reassignment"),
)
"""What was handed in, asked, owed, urged or given is never deleted, not even by a worker, who sees every row."""


def _one_of_each() -> None:
    """A dossier with a row in each table that is kept."""
    dossier = filed(fees=[fee()]).dossier
    agency = committee()
    officer, leader = staffed(agency)
    request = SupplementRequest.objects.create(dossier=dossier, asked_by=officer, asked_at=MONDAY, answer_by=TODAY)
    SupplementItem.objects.create(request=request, seq=1, title="Bản sao", reason="Mờ")
    Reminder.objects.create(dossier=dossier, agency=agency, sent_by=officer, sent_at=MONDAY, text="Đề nghị trả lời.")
    Absence.objects.create(user=officer, agency=agency, starts_on=TODAY, ends_on=TODAY, entered_by=leader, entered_at=MONDAY)
    Reassignment.objects.create(dossier=dossier, agency=agency, given_to=officer, given_by=leader, at=MONDAY)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (
            "UPDATE dossiers_dossier SET state = 'closed', state_version = state_version + 1, event_seq = event_seq + 1",
            "dossier_step_allowed",
        ),
        ("UPDATE dossiers_dossier SET state = 'in_transfer_to_agency'", "dossier_version_step"),
        ("UPDATE dossiers_dossier SET state = 'in_transfer_to_agency', state_version = state_version + 1", "dossier_step_has_event"),
        ("UPDATE dossiers_dossier SET code = 'H29-261102-9999'", "dossier_identity_fixed"),
        ("DELETE FROM dossiers_dossier", "append_only"),
        ("UPDATE dossiers_event SET note = 'x'", None),
        ("DELETE FROM dossiers_event", None),
        ("UPDATE dossiers_party SET name = 'x'", None),
        *((f"DELETE FROM {table}", "append_only") for table in KEPT),
    ],
    ids=["jump", "no_version", "no_event", "code", "delete", "event_edited", "event_deleted", "party_edited", *KEPT],
)
def test_raw_sql_cannot_break_a_dossier(statement: str, constraint: str | None) -> None:
    _one_of_each()

    with working(), pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    if constraint:
        assert refusal.value.__cause__ is not None
        assert refusal.value.__cause__.diag.constraint_name == constraint  # type: ignore[attr-defined]


def test_an_event_with_a_wrong_hash_is_refused() -> None:
    dossier = filed().dossier

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_event (dossier_id, seq, verb, from_state, to_state, note, at, content, previous_hash, hash)"
            " VALUES (%s::bigint, 2, 'x', '', 'accepted', '', now(), '{}', %s::text, repeat('0', 64))",
            [dossier.pk, dossier.chain_head],
        )


def readable(scope: Scope) -> int:
    """How many answers the web role sees without any scoping of ours."""
    with acting_as(scope):
        return Answers.objects.count()


def test_answers_are_hidden_by_the_database_itself() -> None:
    agency, foreign = committee(), committee("00008")
    officer, _leader = staffed(agency)
    stranger = staff(Role.OFFICER, foreign)
    receiving = centre()
    clerk = staff(Role.CLERK, receiving)
    filed_dossier = filed(clerk, receiving).dossier

    assert readable(who(clerk).scope) == 1, "the receiving office sees them until hand-over"
    dossier = routed(filed_dossier)

    assert dossier.agency == agency
    assert readable(who(officer).scope) == 1
    assert readable(who(clerk).scope) == 0
    assert readable(who(stranger).scope) == 0
    assert readable(NOBODY) == 0


def test_no_role_of_the_portal_passes_row_security(acting_role: Callable[[str], AbstractContextManager[None]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'portal%' AND (rolsuper OR rolbypassrls OR rolcreaterole)")
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            " AND relname IN ('dossiers_answers', 'dossiers_paper')"
        )
        assert {name for (name,) in cursor.fetchall()} == {"dossiers_answers", "dossiers_paper"}


def test_a_dossier_is_kept_even_when_the_orm_deletes() -> None:
    dossier = filed().dossier

    with pytest.raises((DatabaseError, Exception)), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk)._raw_delete("default")

    assert Dossier.objects.filter(pk=dossier.pk).exists()


def test_who_scanned_a_paper_stops_seeing_it_when_the_dossier_leaves() -> None:
    agency = committee()
    officer, _leader = staffed(agency)
    receiving = centre()
    clerk = staff(Role.CLERK, receiving)
    dossier = filed(clerk, receiving).dossier
    papers = Paper.objects.filter(dossier=dossier)
    with acting_as(who(clerk).scope):
        before = papers.count()
    routed(dossier)

    with acting_as(who(clerk).scope):
        after = papers.count()
    with acting_as(who(officer).scope):
        at_the_agency = papers.count()
    assert (before, after, at_the_agency) == (1, 0, 1)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE dossiers_reassignment SET given_to_id = given_by_id", "reassignment_kept"),
        ("UPDATE dossiers_reassignment SET seen_at = now()", None),
        ("UPDATE dossiers_absence SET ends_on = ends_on + 30", "absence_kept"),
        ("UPDATE dossiers_absence SET cancelled_at = now()", "absence_cancelled_by_somebody"),
        ("UPDATE dossiers_absence SET cancelled_at = now(), cancelled_by_id = entered_by_id", None),
    ],
    ids=["given_again", "seen", "longer", "cancelled_by_nobody", "called_off"],
)
def test_who_was_given_what_and_who_was_away_is_not_rewritten(statement: str, constraint: str | None) -> None:
    _one_of_each()

    with transaction.atomic(), connection.cursor() as cursor:
        if constraint is None:
            cursor.execute(statement)
            assert cursor.rowcount == 1
            return
        with pytest.raises(IntegrityError) as refusal:
            cursor.execute(statement)
        transaction.set_rollback(True)
    assert refusal.value.__cause__ is not None
    assert refusal.value.__cause__.diag.constraint_name == constraint  # type: ignore[attr-defined]
