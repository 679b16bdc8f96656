"""`manage.py deadline`, as a person at the shell uses it. Vectors: working calendar of 2026."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def asked(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("deadline", *arguments, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


PAUSE = ("--suspend", "2026-11-04T10:00/2026-11-10T10:00")


@pytest.mark.parametrize(
    ("received", "rule", "more", "due"),
    [
        ("2026-11-20T10:00", "3 working_day", (), "2026-11-26T17:00:00+07:00"),
        ("2026-11-20T16:00", "24 hour", (), "2026-11-26T16:00:00+07:00"),
        ("2026-11-23T15:00:00", "in_day", (), "2026-11-23T17:00:00+07:00"),
        ("2026-11-23T15:00:01", "in_day", (), "2026-11-25T17:00:00+07:00"),
        ("2026-08-20T09:00", "5 working_day", (), "2026-08-26T17:00:00+07:00"),
        ("2026-08-26T09:00", "5 working_day", (), "2026-09-07T17:00:00+07:00"),
        ("2026-02-12", "10 working_day", (), "2026-03-05T17:00:00+07:00"),
        ("2026-04-12T09:00", "15 day", (), "2026-04-28T17:00:00+07:00"),
        ("2026-11-21T20:00", "8 hour", (), "2026-11-23T17:00:00+07:00"),
        ("2026-11-23T16:00", "8 hour", (), "2026-11-25T16:00:00+07:00"),
        ("2026-11-02T10:00", "5 working_day", ("--policy", "pause_resume", *PAUSE), "2026-11-16T17:00:00+07:00"),
        ("2026-11-02T10:00", "5 working_day", ("--policy", "restart", *PAUSE), "2026-11-17T17:00:00+07:00"),
        ("2026-11-02T10:00", "5 working_day", ("--policy", "add_fixed:5", *PAUSE), "2026-11-23T17:00:00+07:00"),
        ("2026-11-21T09:00", "2 working_day", (), "2026-11-25T17:00:00+07:00"),
        ("2026-01-08T09:00", "2 working_day", (), "2026-01-10T17:00:00+07:00"),
        ("2026-11-20T03:00Z", "3 working_day", (), "2026-11-26T17:00:00+07:00"),
    ],
    ids=["A", "A'", "B", "B'", "C", "D", "E", "F", "G", "G'", "H", "H'", "H''", "J", "I", "utc"],
)
def test_the_vectors_of_the_law_come_out(received: str, rule: str, more: tuple[str, ...], due: str) -> None:
    assert asked("--rule", rule, "--received", received, *more)["due_at"] == due


def test_each_day_is_explained() -> None:
    answer = asked("--rule", "3 working_day", "--received", "2026-11-20T10:00")

    assert answer["days"] == [
        {"date": "2026-11-20", "counted": False, "why": "received"},
        {"date": "2026-11-21", "counted": False, "why": "weekend"},
        {"date": "2026-11-22", "counted": False, "why": "weekend"},
        {"date": "2026-11-23", "counted": True, "why": "working_day"},
        {"date": "2026-11-24", "counted": False, "why": "holiday"},
        {"date": "2026-11-25", "counted": True, "why": "working_day"},
        {"date": "2026-11-26", "counted": True, "why": "working_day"},
    ]


def test_a_procedure_brings_its_own_rule_and_policy() -> None:
    answer = asked("1.004873", "--received", "2026-11-02T09:00")

    assert (answer["rule"], answer["due_at"]) == ("3 working_day", "2026-11-05T17:00:00+07:00")
    assert answer["policy"] in {"restart", "pause_resume"} or answer["policy"].startswith("add_fixed:")


def test_an_open_supplement_has_no_due_time() -> None:
    assert asked("--rule", "5 working_day", "--received", "2026-11-02T10:00", "--suspend", "2026-11-04T10:00/")["due_at"] is None


def test_the_table_says_why_in_vietnamese() -> None:
    out = StringIO()
    call_command("deadline", "--rule", "3 working_day", "--received", "2026-11-20T10:00", stdout=out)

    assert "due       2026-11-26T17:00:00+07:00" in out.getvalue()
    assert "2026-11-24 Tue  -" in out.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--received", "2026-11-20"),
        ("1.004873", "--rule", "in_day", "--received", "2026-11-20"),
        ("9.999999", "--received", "2026-11-20"),
        ("1.004873", "--case", "no-such", "--received", "2026-11-20"),
        ("--rule", "three days", "--received", "2026-11-20"),
        ("--rule", "in_day", "--received", "yesterday"),
        ("--rule", "in_day", "--received", "2026-11-20", "--policy", "later"),
        ("--rule", "in_day", "--received", "2026-11-20", "--suspend", "2026-11-21"),
        ("--rule", "5 day", "--received", "2026-11-20", "--suspend", "2026-11-23/2026-11-22"),
        ("--rule", "5 day", "--received", "2031-11-20"),
    ],
)
def test_what_cannot_be_computed_is_said_in_words(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refusal:
        asked(*arguments)

    assert len(str(refusal.value)) > 20
