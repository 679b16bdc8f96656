"""The batch door of the writer of state does what the door for one does, row by row; what is illegal is refused alone."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dossiers.actions.transition import By, StaleVersion, Step, StepNotPossible, born, locked, transition
from dossiers.actions.transition_many import Move, locked_many, transition_many
from dossiers.lifecycle import TRANSITIONS, State, Verb, find
from dossiers.models import ClockRecord, Dossier, Event
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.core.db.bulk import columns, insertion
from portal.outbox.models import OutboxMessage
from procedures.models import ProcedureVersion
from procedures.queries import current_version
from tests.factories import MONDAY, TODAY, centre, committee, staff

pytestmark = pytest.mark.django_db
COUNT = 200
PROCEDURES = ("1.004873", "1.004222", "1.001193", "2.000635")
ENDS = {Verb.WITHDRAW, Verb.REFUSE, Verb.STOP, Verb.HAND_BACK}
MADE_WHEN_WRITTEN = {"id", "created_at", "not_before"}
Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Inside, writes are real; afterwards they never were."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written(keys: list[int]) -> Rows:
    """Every row that a step may touch, without what depends on the moment of writing."""
    found = {
        "dossiers": Dossier.objects.filter(pk__in=keys).order_by("pk"),
        "events": Event.objects.filter(dossier__in=keys).order_by("dossier", "seq"),
        "clock": ClockRecord.objects.filter(dossier__in=keys).order_by("dossier", "seq"),
        "outbox": OutboxMessage.objects.filter(subject_id__in=keys).order_by("stream", "subject_id", "sequence"),
    }
    return {
        name: [{key: value for key, value in row.items() if name == "dossiers" or key not in MADE_WHEN_WRITTEN} for row in rows.values()]
        for name, rows in found.items()
    }


class World:
    """Somebody to act, agencies to act for, and dossiers anywhere in their life."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.clerk: User = staff(Role.CLERK, centre())
        self.agencies: list[Agency] = [committee(), committee("00008")]
        self.versions: list[ProcedureVersion] = [version for code in PROCEDURES if (version := current_version(code, TODAY))]
        self.number = 0

    def by(self) -> By:
        agency = self.dice.choice([None, *self.agencies])
        office = self.dice.choice([None, centre()])
        at = MONDAY + timedelta(minutes=self.dice.randrange(60 * 24 * 20))
        return By(self.dice.choice([None, self.clerk]), at, office=office, agency=agency)

    def step(self, verb: Verb) -> Step:
        fields: dict[str, Any] = {}
        if self.dice.random() < 0.5:
            fields["agency"] = self.dice.choice(self.agencies)
        if verb is Verb.CLAIM:
            fields["assigned_to"] = self.clerk
        if verb is Verb.ACCEPT:
            fields["accepted_at"] = MONDAY
        note = self.dice.choice(["", "Đề nghị “bổ sung”:\n\\ 'một' giấy tờ, {…}"])
        until = MONDAY + timedelta(days=40) if verb is Verb.EXTEND else None
        facts = {"items": 2, "why": "thiếu"} if self.dice.random() < 0.3 else {}
        return Step(note=note, legal_basis=note and "Điều 5", new_due_at=until, fields=fields, facts=facts)

    def dossier(self) -> Dossier:
        """Born at a counter or online, then some legal steps further."""
        self.number += 1
        version = self.dice.choice(self.versions)
        is_accepted = self.dice.random() < 0.6
        dossier = Dossier(
            code=f"H29-261102-{self.number:04d}",
            procedure=version.procedure,
            version=version,
            case=version.cases.get(is_default=True),
            channel="direct" if is_accepted else "online",
            acceptance="counter" if is_accepted else "agency",
            receiving_office=centre(),
            agency=self.agencies[0],
            filed_by=self.clerk,
            owner_name="Nguyễn Thị Ước",
            filed_at=MONDAY,
            accepted_at=MONDAY if is_accepted else None,
            submit_token=uuid.uuid4(),
        )
        born(dossier, Verb.ACCEPT_AT_COUNTER if is_accepted else Verb.FILE_ONLINE, By(self.clerk, MONDAY, office=centre()))
        for _each in range(self.dice.randrange(5)):
            steps = [verb for verb in self.legal(dossier) if verb not in ENDS or self.dice.random() < 0.1]
            if not steps:
                break
            verb = self.dice.choice(steps)
            transition(dossier, verb, By(self.clerk, MONDAY), self.step(verb))
        return dossier

    def legal(self, dossier: Dossier) -> list[Verb]:
        came_from = State(dossier.came_from) if dossier.came_from else None
        verbs = {row.verb for row in TRANSITIONS if find(State(dossier.state), row.verb, came_from)}
        return sorted(verb for verb in verbs if verb is not Verb.EXTEND or dossier.due_at)

    def moves(self, keys: list[int]) -> list[tuple[int, Verb, By, Step, int | None]]:
        """For four in five a legal step, for the others any step; some from a page that is out of date."""
        planned = []
        for dossier in Dossier.objects.filter(pk__in=keys).order_by("pk"):
            everything = [verb for verb in Verb if verb is not Verb.EXTEND]
            choices = self.legal(dossier) if self.dice.random() < 0.8 else everything
            verb = self.dice.choice(choices or everything)
            seen = self.dice.choice([None, None, None, dossier.state_version, dossier.state_version, dossier.state_version - 1])
            planned.append((dossier.pk, verb, self.by(), self.step(verb), seen))
        return planned


def test_two_hundred_dossiers_of_every_state_move_as_they_would_one_by_one(django_assert_max_num_queries: Any) -> None:
    world = World(seed=2026)
    keys = [world.dossier().pk for _each in range(COUNT)]
    planned = world.moves(keys)
    before = written(keys)

    one_by_one: list[type[Exception] | None] = []
    with rolled_back():
        for key, verb, by, step, seen in planned:
            try:
                with transaction.atomic():
                    transition(locked(key, expected_version=seen), verb, by, step)
                one_by_one.append(None)
            except (StepNotPossible, StaleVersion) as refused:
                one_by_one.append(type(refused))
        expected = written(keys)
    assert written(keys) == before

    with transaction.atomic(), django_assert_max_num_queries(8):
        dossiers = locked_many(keys)
        outcomes = transition_many([Move(dossiers[key], verb, by, step, seen) for key, verb, by, step, seen in planned])

    assert [None if isinstance(each, Event) else type(each) for each in outcomes] == one_by_one
    assert {StepNotPossible, StaleVersion, None} == set(one_by_one)
    assert one_by_one.count(None) > COUNT / 3
    assert len(Dossier.objects.filter(pk__in=keys).values_list("state", flat=True).distinct()) > 8
    assert len(expected["clock"]) > len(before["clock"])
    found = written(keys)
    for name, rows in expected.items():
        assert found[name] == rows, name


def test_a_refused_dossier_is_as_it_was_in_memory_too() -> None:
    world = World(seed=1)
    good, bad = world.dossier(), world.dossier()
    Dossier.objects.filter(pk=bad.pk).update(owner_name="Trần Văn Được")

    with transaction.atomic():
        dossiers = locked_many([good.pk, bad.pk])
        same = [Move(dossiers[bad.pk], Verb.HAND_BACK, By(None, MONDAY), Step(fields={"agency": world.agencies[1]}))]
        [outcome] = transition_many(same)

    assert isinstance(outcome, StepNotPossible)
    stored = Dossier.objects.get(pk=bad.pk)
    assert {f.attname: getattr(dossiers[bad.pk], f.attname) for f in Dossier._meta.concrete_fields} == {
        f.attname: getattr(stored, f.attname) for f in Dossier._meta.concrete_fields
    }


def test_a_dossier_moves_once_in_a_batch() -> None:
    world = World(seed=3)
    dossier = world.dossier()

    with transaction.atomic():
        [held] = locked_many([dossier.pk]).values()
        first, second = transition_many([Move(held, verb, By(None, MONDAY)) for verb in (Verb.WITHDRAW, Verb.WITHDRAW)])

    assert isinstance(first, Event)
    assert isinstance(second, StaleVersion)


def test_the_database_refuses_a_batch_that_skips_the_table_or_breaks_a_chain() -> None:
    dossier = World(seed=4).dossier()
    with pytest.raises(DatabaseError, match="version"), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk).update(state="closed", state_version=99)
    event = Event(dossier=dossier, seq=dossier.event_seq + 1, verb="claim", to_state="assigned", at=MONDAY, content="{}", hash="0" * 64)
    broken = insertion(Event, [event])
    with pytest.raises(DatabaseError, match="hash chain"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(broken.text, broken.parameters)


def test_columns_keep_their_types_and_lengths_are_refused_and_not_cut() -> None:
    kinds = {each.name: (each.travels_as, each.casts_to) for each in columns(OutboxMessage)}

    assert (kinds["payload"], kinds["kind"], kinds["subject_id"]) == (("text", "jsonb"), ("varchar", "varchar"), ("bigint", "bigint"))
    assert "id" not in kinds
    long = OutboxMessage(stream="route", subject_id=1, sequence=1, kind="x" * 41, key="k", created_at=MONDAY, not_before=MONDAY)
    source = insertion(OutboxMessage, [long])
    with pytest.raises(DatabaseError, match="too long"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(source.text, source.parameters)
