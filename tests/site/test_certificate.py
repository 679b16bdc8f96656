"""The certificate of completeness: what it counts, that it is signed and chained, and that a change does not stay hidden."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.test import override_settings

from counters.models import BookReceipt, ServedTickets, Visit
from dossiers.models import CodeCounter, CompletenessCertificate, Dossier, InboundFiling, ReconciliationRun, Result, SyncDifference
from portal.accounts.models import User
from portal.core import statements
from portal.core.clock import technical_now
from portal.core.workcalendar import local
from portal.outbox.models import OperatorAlert, OutboxMessage
from portal.site.completeness import gather
from portal.site.completeness.certify import OutOfOrder, certify, flaws
from portal.site.completeness.share import per_cent, share_of
from portal.site.tasks import certify_days
from tests.factories import MONDAY, TODAY, centre, committee, decided, filed, routed, staff, staffed
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
NOW = MONDAY + timedelta(hours=20)


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> Any:
    with override_settings(SEALS_DIR=str(tmp_path / "seals"), SEALS_ARE_DEMO=True, SEAL_PASSWORD=""):
        yield tmp_path / "seals"


def acknowledged(count: int) -> list[int]:
    ids = [filed().dossier.pk for _each in range(count)]
    OutboxMessage.objects.filter(stream="national", subject_id__in=ids).update(done_at=F("created_at") + timedelta(seconds=5))
    return ids


def content(day: date = TODAY, today: date = TOMORROW) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(certify(day, today=today, at=NOW).content)
    return found


def test_it_counts_what_was_received_accepted_open_and_late() -> None:
    missing, *_others = acknowledged(3)
    filed()
    run = ReconciliationRun.objects.create(scope="all", started_at=NOW, finished_at=NOW)
    SyncDifference.objects.create(code="H29-1", dossier_id=missing, kind="missing", run=run, found_at=NOW, seen_at=NOW, ours_seq=1)

    said = content()

    assert said["received"] == {"day": 4, "total": 4}
    assert said["synchronised"] == {"accepted_day": 2, "accepted_total": 2, "whole_day": 2, "whole_total": 2}
    assert (said["open"]["differences"], said["open"]["by_kind"]["missing"], said["open"]["codes"]) == (1, 1, ["H29-1"])
    assert said["lag"]["steps_waiting"] == 1
    assert gather.lag(local(technical_now()).date(), at=technical_now())["half_within_seconds"] == 5
    assert said["share"] == {"accepted": 2, "of": 4, "per_cent": "50.00"}


def test_what_may_be_outside_lowers_the_share() -> None:
    acknowledged(3)
    assert share_of(3, 3, {}) == (3, 3)
    InboundFiling.objects.create(remote_id="5b0f5c1e-0000-4000-8000-000000000001", body={}, received_at=NOW)
    CodeCounter.objects.filter(office=centre(), day=TODAY).update(last=5)

    said = content()

    assert said["outside"]["theirs_only"] == 1
    assert said["outside"]["code_gaps"] == 2
    assert said["outside"]["tickets_without_dossier"] is None, "nothing told is not zero"
    assert said["share"] == {"accepted": 3, "of": 6, "per_cent": "50.00"}


def test_an_entry_made_days_after_its_filing_is_seen() -> None:
    now = technical_now()
    for at in (now - timedelta(days=3), now - timedelta(hours=2)):
        filed(at=at)

    assert gather.outside(local(now).date())["late_entries"] == 1


def test_numbers_between_the_results_of_a_series_are_gaps() -> None:
    people = staffed(committee())
    results = [decided(routed(filed().dossier), *people) for _each in range(2)]
    series = results[0].number.partition("/")[2]
    assert gather.outside(TODAY)["result_number_gaps"] == 0

    later = Result.objects.get(pk=results[1].pk)
    later.pk, later.dossier, later.document, later.number = None, filed().dossier, None, f"0006/{series}"
    later.save(force_insert=True)

    assert gather.outside(TODAY)["result_number_gaps"] == 3


def test_counters_without_any_event_for_three_working_days_are_named() -> None:
    staff("clerk", centre("01"))
    acknowledged(1)

    silent = content()["outside"]["silent"]

    assert silent["since"] == "2026-10-29"
    assert silent["counters"]["codes"] == [centre("01").code]


@pytest.mark.parametrize(
    ("accepted", "whole", "shown"), [(0, 0, "100.00"), (1, 3, "33.33"), (99_999, 100_000, "99.99"), (999_999, 1_000_000, "99.99")]
)
def test_a_hundred_stands_only_where_nothing_is_lacking(accepted: int, whole: int, shown: str) -> None:
    assert per_cent(accepted, whole) == shown


def test_each_follows_the_one_before_and_is_made_once() -> None:
    acknowledged(1)
    first = certify(TODAY, today=TOMORROW, at=NOW)
    assert certify(TODAY, today=TOMORROW, at=NOW).pk == first.pk
    second = certify(TOMORROW, today=TOMORROW + timedelta(days=1), at=NOW)

    assert (second.number, second.previous_hash) == (2, first.hash)
    assert list(flaws()) == []
    for day in (TODAY - timedelta(days=1), TOMORROW + timedelta(days=1)):
        with pytest.raises(OutOfOrder):
            certify(day, today=TOMORROW + timedelta(days=1), at=NOW)


def test_nobody_changes_or_removes_one() -> None:
    made = certify(TODAY, today=TOMORROW, at=NOW)
    for change in (lambda: CompletenessCertificate.objects.update(number=2), made.delete):
        with pytest.raises(DatabaseError, match=r"permission denied|kept for ever"), transaction.atomic():
            change()


def test_one_that_does_not_follow_is_refused_by_the_database() -> None:
    made = certify(TODAY, today=TOMORROW, at=NOW)
    made.pk, made.number, made.day = None, 2, TOMORROW
    made.hash = "0" * 64
    with pytest.raises(IntegrityError, match=r"certificate_chained|does not follow"), transaction.atomic():
        made.save(force_insert=True)


def test_a_forged_one_and_a_dossier_that_vanished_are_found(keys: Path) -> None:
    acknowledged(2)
    made = certify(TODAY, today=TOMORROW, at=NOW)
    assert statements.holds(made.content.encode(), made.signature, made.key_id)
    assert not statements.holds(made.content.replace('"total":2', '"total":3').encode(), made.signature, made.key_id)

    filed()

    [flaw] = flaws()
    assert "3 (3) are here now" in flaw.what
    with pytest.raises(CommandError, match=r"[12] flaws"):
        call_command("verify_certificates", stdout=StringIO())
    for public in keys.glob("*.pub.pem"):
        public.unlink()
    assert any("public key" in each.what for each in flaws())


def test_without_a_key_nothing_is_certified_outside_the_demo() -> None:
    with override_settings(SEALS_ARE_DEMO=False), pytest.raises(statements.KeyMissing):
        certify(TODAY, today=TOMORROW, at=NOW)
    assert not CompletenessCertificate.objects.exists()


def test_the_key_is_not_in_the_database_and_old_ones_still_hold(keys: Path) -> None:
    certify(TODAY, today=TOMORROW, at=NOW)
    assert (keys / "completeness.pem").stat().st_mode & 0o077 == 0
    (keys / "completeness.pem").unlink()
    certify(TOMORROW, today=TOMORROW + timedelta(days=1), at=NOW)

    assert CompletenessCertificate.objects.values("key_id").distinct().count() == 2
    assert list(flaws()) == []


def test_the_command_prints_it_and_the_check_is_content() -> None:
    out = StringIO()
    call_command("certify_day", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said["seal"]["hash"] == CompletenessCertificate.objects.get().hash
    call_command("verify_certificates", "--json", stdout=StringIO())
    shown = StringIO()
    call_command("certify_day", "--day", said["day"], stdout=shown)
    assert "tickets without dossier: not counted yet" in shown.getvalue()


def test_days_that_nobody_certified_are_made_up_for(set_legal_time: SetTime) -> None:
    certify(TODAY, today=TOMORROW, at=NOW)
    set_legal_time(MONDAY + timedelta(days=4))

    assert certify_days() == [(TODAY + timedelta(days=number)).isoformat() for number in (1, 2, 3)]
    assert certify_days() == []
    assert list(flaws(today=TODAY + timedelta(days=4))) == []


def test_without_a_key_the_operators_are_told_once(set_legal_time: SetTime, tmp_path: Path) -> None:
    set_legal_time(MONDAY + timedelta(days=1))
    with override_settings(SEALS_DIR=str(tmp_path / "nothing"), SEALS_ARE_DEMO=False):
        assert (certify_days(), certify_days()) == ([], [])
    alert = OperatorAlert.objects.get(about="certificate")
    assert "Không ký được" in alert.text

    assert len(certify_days()) == 1
    alert.refresh_from_db()
    assert alert.ended_at is not None


def test_a_day_that_was_left_out_or_is_overdue_is_a_flaw() -> None:
    certify(TODAY, today=TOMORROW, at=NOW)
    later = TODAY + timedelta(days=2)
    certify(later, today=later + timedelta(days=1), at=NOW)

    assert [flaw.what for flaw in flaws()] == [f"no certificate between {TODAY} and this day"]
    assert [flaw.day for flaw in flaws(today=later + timedelta(days=3))] == [later, later + timedelta(days=1)]


def test_tickets_that_no_visit_answers_for_lower_the_share(tmp_path: Path) -> None:
    acknowledged(2)
    office, clerk = centre(), User.objects.order_by("pk")[:1].get()
    Visit.objects.create(office=office, clerk=clerk, dossier=Dossier.objects.order_by("pk")[:1].get(), purpose="filing", at=MONDAY)
    file = tmp_path / "tickets.csv"
    file.write_text(f"office,day,served\n{office.code},{TODAY},9\n{office.code},{TODAY},4\n{centre('01').code},{TODAY},0\n")
    known = Visit.objects.filter(office=office).count()
    call_command("import_tickets", str(file), stdout=StringIO())

    said = content()

    assert said["outside"]["tickets_without_dossier"] == 4 - known
    assert said["outside"]["offices_telling_tickets"] == 2
    assert said["share"]["of"] == 2 + 4 - known


def receipts(file: Path, *lines: str) -> Path:
    file.write_text("office,serial,first,last,number,day,dossier,void\n" + "".join(f"{centre().code},{line}\n" for line in lines))
    return file


def test_a_book_of_receipts_accounts_for_every_number(tmp_path: Path) -> None:
    """Of 101 to 150 the highest used one is 108: 101 is a dossier's, 102 spoilt, 103 nobody's, 108 of an unknown code, 4 missing."""
    known = Dossier.objects.get(pk=acknowledged(2)[0])
    assert gather.outside(TODAY)["receipt_gaps"] is None, "nothing told is not zero"
    book = "01BLP-26T,101,150"
    lines = [f"{book},{number},{TODAY},{code},{void}" for number, code, void in
             ((101, known.code, ""), (102, "", "1"), (103, "", ""), (108, "H00-000101-0001", "0"))]  # fmt: skip
    call_command("import_receipts", str(receipts(tmp_path / "books.csv", *lines)), stdout=StringIO())

    said = content()

    assert said["outside"]["receipts_without_dossier"] == 2
    assert said["outside"]["receipt_gaps"] == 4
    assert said["outside"]["offices_telling_receipts"] == 1
    assert said["share"] == {"accepted": 2, "of": 8, "per_cent": "25.00"}
    assert list(flaws()) == []
    call_command("import_receipts", str(receipts(tmp_path / "more.csv", f"{book},103,{TODAY},{known.code},")), stdout=StringIO())
    assert gather.outside(TODAY)["receipts_without_dossier"] == 1, "what is told again replaces the former line"


@pytest.mark.parametrize(
    "line",
    ["A,1,50,51,{day},,", "A,50,1,10,{day},,", "A,1,50,5,2027-01-01,,", "A,1,50,5,{day},,yes", ",1,50,5,{day},,", "A,1,x,5,{day},,", "A,1",
     "A,5,60,7,{day},,"],
)  # fmt: skip
def test_a_file_of_receipts_with_a_wrong_line_is_refused_whole(tmp_path: Path, line: str) -> None:
    """The last one is a book that shares numbers with the other."""
    file = receipts(tmp_path / "books.csv", f"A,1,50,3,{TODAY},,", line.format(day=TODAY))

    with pytest.raises(CommandError, match="nothing was taken"):
        call_command("import_receipts", str(file), stdout=StringIO(), stderr=StringIO())
    assert not BookReceipt.objects.exists()


def test_a_certificate_made_before_books_were_counted_still_holds() -> None:
    """The share of an older one follows from what it names."""
    assert share_of(4, 2, {"code_gaps": 1}) == (2, 5)


@pytest.mark.parametrize(
    "line", ["H00.0,2026-11-02,3", "{office},2026-13-02,3", "{office},2026-11-02,-1", "{office},2027-11-02,1", "{office}"]
)
def test_a_file_with_a_wrong_line_is_refused_whole(tmp_path: Path, line: str) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text(f"office,day,served\n{centre().code},{TODAY},3\n{line.format(office=centre().code)}\n")
    errors = StringIO()

    with pytest.raises(CommandError, match="1 wrong lines; nothing was taken"):
        call_command("import_tickets", str(file), stderr=errors)
    assert errors.getvalue().startswith("line 3: ")
    assert not ServedTickets.objects.exists()
