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
from django.test.utils import override_settings

from portal.core.clock import technical_now
from portal.outbox.models import OutboxMessage
from tests.factories import filed

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
    [("26740", "one"), ("00007", "several"), ("760", "none"), ("01651", "none"), ("00001", "one"), ("80", "one")],
    ids=str,
)
def test_resolve_unit_answers_one_several_or_none(code: str, outcome: str) -> None:
    answer = answered("resolve_unit", code, "--from", "2025-06-30", "--to", "2026-11-22")

    assert answer["outcome"] == outcome
    assert min(len(answer["units"]), 2) == {"one": 1, "none": 0, "several": 2}[outcome]
    assert all(unit["name"] and unit["province"] for unit in answer["units"])


@pytest.mark.django_db
def test_route_names_every_candidate_and_takes_the_choice() -> None:
    asked = ("route", "1.001193", "--place", "00004", "--fact", "residence_mother=00070", "--on", "2026-11-22")

    several = answered(*asked)
    chosen = answered(*asked, "--chosen", "residence_mother")

    assert (several["outcome"], several["agency"], several["is_choice"]) == ("several", None, True)
    assert len({each["code"] for each in several["candidates"]}) == 2
    assert chosen["outcome"] == "agency"
    assert chosen["agency"] in several["candidates"]
    shown = StringIO()
    call_command(*asked, stdout=shown)
    assert shown.getvalue().count("candidate   ") == 2


@pytest.mark.django_db
def test_route_says_into_which_parts_an_old_place_was_divided() -> None:
    answer = answered("route", "1.004873", "--place", "00007", "--place-valid-on", "2025-06-30", "--on", "2026-11-22")

    assert (answer["outcome"], answer["agency"]) != ("agency", None)
    assert len({place["code"] for place in answer["places"]}) >= 2
    assert all(reason["text"] for reason in answer["reasons"])


def test_services_reports_the_embedded_servers_as_json() -> None:
    answer = answered("services", "status")

    assert answer["embedded"] is True
    assert {service["name"] for service in answer["services"]} == {"postgres", "valkey"}
    assert all(service["running"] and service["pid"] and service["socket"] for service in answer["services"])


@override_settings(EMBEDDED=False)
def test_services_leaves_servers_of_others_alone() -> None:
    answer = answered("services", "stop")

    assert (answer["embedded"], "DATABASE_URL is set" in answer["message"]) == (False, True)


@pytest.mark.django_db
def test_sync_status_tells_streams_parked_steps_and_both_sides_as_json() -> None:
    dossier = filed().dossier
    OutboxMessage.objects.filter(subject_id=dossier.pk, stream="national").update(parked_at=technical_now(), parked_reason="400: MaTTHC")
    out = StringIO()
    with pytest.raises(CommandError, match="1 parked"):
        call_command("sync_status", "--json", "--no-compare", stdout=out)

    answer = json.loads(out.getvalue())
    national = next(row for row in answer["streams"] if row["stream"] == "national")
    assert (answer["ok"], answer["national"], national["parked"]) == (False, None, 1)
    (parked,) = answer["parked"]
    assert (parked["dossier"], parked["sequence"], parked["reason"]) == (dossier.code, 1, "400: MaTTHC")

    out = StringIO()
    with override_settings(NATIONAL_URL="http://127.0.0.1:9"), pytest.raises(CommandError, match="national portal: no usable answer"):
        call_command("sync_status", "--json", stdout=out)
    assert json.loads(out.getvalue())["national"]["fault"].startswith("no usable answer")


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
