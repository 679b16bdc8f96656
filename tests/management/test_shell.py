"""The commands that explain a decision, on a sample of codes, as a stranger would type them."""

import json
import os
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands

PROMISED = [
    "deadline", "dispatch", "import_procedures", "load_reference_data", "resolve_unit", "route", "search_procedures", "services",
    "settings_explain", "sync_status", "verify_events", "verify_ledger",
]  # fmt: skip


def answered(*arguments: str) -> Any:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_command_explains_itself(name: str) -> None:
    assert name in get_commands()
    shown = subprocess.run(
        [sys.executable, "manage.py", name, "--help"],
        cwd=settings.BASE_DIR,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (shown.returncode, len(shown.stdout.split("options:")[0]) > 150) == (0, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("procedure", "place", "outcome"),
    [
        ("1.004873", "00004", "agency"),
        ("1.001193", "26740", "agency"),
        ("3.000333", "79", "agency"),
        ("1.013978", "00004", "agency"),
        ("1.001612", "00004", "agency"),
        ("1.000894", "00070", "agency"),
    ],
)
def test_route_says_who_decides_and_why(procedure: str, place: str, outcome: str) -> None:
    answer = answered("route", procedure, "--place", place, "--on", "2026-11-22")

    assert set(answer) >= {"outcome", "agency", "rule", "reasons", "candidates"}
    assert answer["outcome"] == outcome
    assert (answer["agency"] is not None) == (outcome == "agency")
    assert all(reason["text"] for reason in answer["reasons"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "outcome"),
    [("26740", "one"), ("760", "none"), ("01651", "none"), ("00001", "one"), ("80", "one")],
    ids=str,
)
def test_resolve_unit_answers_one_several_or_none(code: str, outcome: str) -> None:
    answer = answered("resolve_unit", code, "--from", "2025-06-30", "--to", "2026-11-22")

    assert answer["outcome"] == outcome
    assert {"one": 1, "none": 0}[outcome] == len(answer["units"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "code"), [("khai sinh", "1.001193"), ("xác nhận tình trạng hôn nhân", "1.004873"), ("ly lich tu phap", "3.000333")]
)
def test_search_finds_it_with_or_without_diacritics(text: str, code: str) -> None:
    found = answered("search_procedures", text, "--limit", "5")

    assert set(found[0]) >= {"code", "name", "score"}
    assert code in [each["code"] for each in found]
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("route", "9.999999", "--place", "00004"), ("route", "1.004873", "--place", "99999")])
def test_an_unknown_code_is_an_error_in_words(arguments: tuple[str, ...]) -> None:
    with pytest.raises((CommandError, SystemExit)):
        answered(*arguments)
