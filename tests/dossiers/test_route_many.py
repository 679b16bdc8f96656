"""A batch of dossiers is routed to the same rows as one by one, with few statements, and one bad dossier spoils no other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from dossiers import work
from dossiers.actions import route_many as module
from dossiers.actions.route import preview, route
from dossiers.actions.route_many import route_many
from dossiers.models import ClockRecord, Dossier, Event, IssuedDocument, RouteDecision
from portal.accounts.models import Membership, Role
from portal.agencies.models import Agency, Office
from portal.core.clock import LOCAL, technical_now
from portal.outbox.actions import claim
from portal.outbox.models import OutboxMessage
from procedures.formschema.library import sample_answers
from procedures.models import Channel
from procedures.queries.held import held
from tests.factories import MONDAY, TODAY, address, centre, committee, filed, marital_answers, staff, staffed, working
from tests.procedures.registry import SOON, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
COUNT = 110
PLACES = (
    *(address(), address("00008"), address("26740")),
    address("00001", since="1900-01-01"),  # one successor
    address("00007", since="1900-01-01"),  # several, nobody has said which
    address("99999"),  # nowhere
    address("00025"),  # its committee has no people
)
PROCEDURES = ("1.004873", "1.001193", "1.004222", "2.000635", "1.000656", "1.000894", "1.004873")
CODE = re.compile(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}|/xac-minh/[2-9A-Z]{16}/")
Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def some_filed() -> list[int]:
    """Walk-ins, online filings and postal ones of several procedures, for places that are settled, open, unknown or without people."""
    everywhere = Agency.objects.exclude(pk=committee("00025").pk).order_by("pk")
    for role, user in zip((Role.OFFICER, Role.LEADER), staffed(committee()), strict=True):
        Membership.objects.bulk_create(Membership(user=user, role=role, agency=agency, valid_from=TODAY) for agency in everywhere)
    offices = centre(), centre("48")
    clerks = [staff(Role.CLERK, office) for office in offices]
    counters = Office.objects.exclude(served_agencies=committee("00025"))
    Membership.objects.bulk_create(Membership(user=clerks[0], role=Role.CLERK, office=each, valid_from=TODAY) for each in counters)
    keys = []
    for number in range(COUNT):
        code = PROCEDURES[number % len(PROCEDURES)]
        place = PLACES[number // len(PROCEDURES) % len(PLACES)]
        answers = marital_answers(place) if code == "1.004873" else sample_answers(code)
        channel = (Channel.DIRECT, Channel.DIRECT, Channel.ONLINE, Channel.POSTAL)[number % 4]
        side = number % 2
        at = MONDAY + timedelta(minutes=7 * number)
        found = filed(clerks[side], offices[side], procedure=code, answers=answers, channel=channel, at=at)
        keys.append(found.dossier.pk)
    return keys


def written(keys: list[int]) -> Rows:
    """Every row that routing may touch, without ids, chance and the moment of writing."""
    found = {
        "dossiers": Dossier.objects.filter(pk__in=keys).order_by("pk"),
        "events": Event.objects.filter(dossier__in=keys).order_by("dossier", "seq"),
        "clock": ClockRecord.objects.filter(dossier__in=keys).order_by("dossier", "seq"),
        "decisions": RouteDecision.objects.filter(dossier__in=keys).order_by("dossier", "pk"),
        "documents": IssuedDocument.objects.filter(dossier__in=keys).order_by("dossier", "pk"),
        "outbox": OutboxMessage.objects.filter(subject_id__in=keys).order_by("stream", "subject_id", "sequence"),
    }
    return {name: [_plain(name, row) for row in rows.values()] for name, rows in found.items()}


def _plain(name: str, row: dict[str, Any]) -> dict[str, Any]:
    left_out = {"created_at", "not_before"} | (set() if name == "dossiers" else {"id"})
    if name == "documents":
        left_out |= {"verification_code", "sha256"}
        row["html"] = CODE.sub("…", row["html"])
    if name == "outbox" and row["stream"] in ("document", "notify"):  # numbered like the row that they announce
        left_out |= {"sequence", "payload"} | ({"key"} if row["stream"] == "document" else set())
    return {key: value for key, value in row.items() if key not in left_out}


def one_by_one(keys: list[int]) -> None:
    for key in keys:
        route(key, at=MONDAY)


def test_a_batch_leaves_the_rows_that_one_by_one_leaves() -> None:
    keys = some_filed()
    with working():
        with rolled_back():
            one_by_one(keys)
            expected = written(keys)

        settled = route_many(keys, at=MONDAY)
        one_by_one([key for key in keys if key not in settled])

    found = written(keys)
    for name, rows in expected.items():
        assert found[name] == rows, name
    routing = list(Dossier.objects.filter(pk__in=settled).values_list("routing", "state").distinct())
    assert {state for _routing, state in routing} >= {"in_transfer_to_agency", "awaiting_reception"}
    assert len(settled) > COUNT / 2
    assert len(Dossier.objects.filter(pk__in=keys).values_list("routing", flat=True).distinct()) >= 4
    documents = IssuedDocument.objects.filter(dossier__in=keys, kind="control_sheet")
    assert documents.count() > COUNT / 3
    for document in documents:
        assert OutboxMessage.objects.get(key=f"document:{document.pk}").payload == {"document": document.pk}


@pytest.mark.parametrize("count", [2, 12])
def test_the_number_of_statements_does_not_grow_with_the_batch(count: int, django_assert_max_num_queries: Any) -> None:
    staffed(committee())
    office = centre()
    clerk = staff(Role.CLERK, office)
    keys = [filed(clerk, office).dossier.pk for _each in range(count + 1)]
    with working():
        route_many(keys[:1], at=MONDAY)

        with django_assert_max_num_queries(14):
            assert route_many(keys[1:], at=MONDAY) == set(keys[1:])


def test_what_was_routed_before_is_settled_and_not_touched() -> None:
    staffed(committee())
    key = filed().dossier.pk
    with working():
        assert route_many([key], at=MONDAY) == {key}
        before = written([key])

        assert route_many([key, key], at=MONDAY + timedelta(days=1)) == {key}

    assert written([key]) == before


def test_a_change_of_people_agencies_or_names_is_seen_by_the_next_batch() -> None:
    agency = committee()
    staffed(agency)
    first, second, third = (filed().dossier.pk for _each in range(3))
    with working():
        assert route_many([first], at=MONDAY) == {first}
    mark = held().mark
    Agency.objects.filter(pk=agency.pk).update(name="Ủy ban nhân dân phường Mới", valid_to=None)

    with working():
        assert route_many([second], at=MONDAY) == {second}

    assert held().mark != mark
    record = RouteDecision.objects.get(dossier=second).record
    assert record["agency"]["name"] == "Ủy ban nhân dân phường Mới"
    Agency.objects.filter(pk=agency.pk).update(valid_to=MONDAY.date() - timedelta(days=1))
    with working():
        assert route_many([third], at=MONDAY) == set()
    Membership.objects.filter(agency=agency).update(valid_to=MONDAY.date() - timedelta(days=1))
    Agency.objects.filter(pk=agency.pk).update(valid_to=None)
    with working():
        assert route_many([third], at=MONDAY) == set()


def test_a_published_rule_decides_the_next_dossier_of_its_first_day() -> None:
    """The same process, with the former rules in memory, decides by the new one; for days before it by the old one."""
    staffed(committee())
    other = committee("00008")
    staffed(other)
    later = datetime.combine(SOON, time(9), LOCAL)
    before, of_the_day, old_again = (filed(at=at).dossier.pk for at in (MONDAY, later, MONDAY))
    with working():
        assert route_many([before], at=MONDAY) == {before}
        held().day(SOON)

    new = rule_input("fixed_agency", procedure=procedure("1.004873"), agency_kind="", place_fact="", agency=other)
    published({"action": "replace", "target": rule_of("1.004873"), "rule": new})

    with working():
        assert route_many([of_the_day, old_again], at=later) == {of_the_day, old_again}
    agencies = dict(Dossier.objects.values_list("pk", "agency"))
    assert (agencies[before], agencies[of_the_day], agencies[old_again]) == (committee().pk, other.pk, committee().pk)


def test_poison_in_one_dossier_leaves_the_others_routed_and_is_parked() -> None:
    staffed(committee())
    poison = marital_answers(address() | {"valid_from": "no day"})
    good = filed().dossier
    decision, _facts = preview(good.version, good.case, marital_answers(), office=good.receiving_office, on=TODAY)
    keys = [good.pk, filed(answers=poison, decision=decision).dossier.pk, filed().dossier.pk]

    with working():
        outcomes = work.route_batch(claim("route", now=technical_now()))

    told = {message.subject_id: type(outcome).__name__ for message, outcome in outcomes}
    assert told == {keys[0]: "Done", keys[1]: "Park", keys[2]: "Done"}
    assert list(Dossier.objects.filter(pk__in=keys).order_by("pk").values_list("routing", flat=True)) == ["routed", "pending", "routed"]


def test_a_batch_that_fails_as_a_whole_is_routed_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    staffed(committee())
    keys = {filed().dossier.pk for _each in range(2)}

    def breaks(*_given: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(module, "_record", breaks)
    with working():
        outcomes = work.route_batch(claim("route", now=technical_now()))

    assert {type(outcome).__name__ for _message, outcome in outcomes} == {"Done"}
    assert set(Dossier.objects.filter(pk__in=keys).values_list("routing", flat=True)) == {"routed"}
    assert RouteDecision.objects.filter(dossier__in=keys).count() == 2
