"""An inspector draws codes and sees both systems' records side by side. The portal is the running simulator."""

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers.models import CodeCounter, Dossier, InspectedDossier, InspectionDraw, ReconciliationRun, SyncDifference
from portal.accounts.models import Role, User
from portal.core.workcalendar import local
from portal.outbox.models import Channel
from portal.site.completeness.inspection import AlreadyJudged, Wanted, draw, fingerprint, judge
from tests.factories import MONDAY, TODAY, centre, filed, staff
from tests.national.planting import fill_ours
from tests.national.test_deliver import drain
from tests.national.test_reconciliation import Theirs, received, run, stranger, theirs
from tests.sandbox.client import Services

__all__ = ["theirs"]
pytestmark = pytest.mark.django_db
LIST, DRAW = "/van-hanh/kiem-tra/", "/van-hanh/kiem-tra/boc-mau/"
SPAN = {"since": "02/11/2026", "until": "02/11/2026"}
READS = "/npsp/v2/dossiers/"
_numbers = itertools.count(60_000, 100)


@pytest.fixture
def inspector(client: Client) -> User:
    user = staff(Role.SUPERVISOR)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def dossier() -> Dossier:
    """The portal has its first step; its code is new to the simulator, which forgets nothing between tests."""
    CodeCounter.objects.create(office=centre(), day=TODAY, last=next(_numbers))
    found = filed().dossier
    drain()
    return found


def drawn(client: Client, **changes: str) -> InspectionDraw:
    answer = client.post(DRAW, SPAN | changes)
    made = InspectionDraw.objects.order_by("-pk")[0]
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}{made.pk}/")
    return made


def text(client: Client, made: InspectionDraw) -> str:
    answer = client.get(f"{LIST}{made.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def codes(made: InspectionDraw) -> list[str]:
    return list(made.dossiers.order_by("position").values_list("code", flat=True))


def test_both_records_stand_side_by_side_and_are_equal(client: Client, inspector: User, national: Services, dossier: Dossier) -> None:
    made = drawn(client)

    row = made.dossiers.get()
    assert row.code == dossier.code
    assert row.ours == row.theirs
    assert (row.ours["seq"], row.ours["status"], row.ours["procedure"]) == (1, 2, "1.004873")
    assert (made.population, made.drawn_by, len(made.seed)) == (1, inspector, 32)
    shown = text(client, made)
    assert shown.count("Được tiếp nhận (2)") == 2
    assert fingerprint(made, [row]) in shown
    assert "khác</span>" not in shown


def test_what_one_side_lacks_or_shows_otherwise_is_marked(client: Client, inspector: User, national: Services, dossier: Dossier) -> None:
    CodeCounter.objects.filter(office=centre(), day=TODAY).update(last=next(_numbers))
    untold = filed().dossier
    Dossier.objects.filter(pk=dossier.pk).update(due_at=None)
    run = ReconciliationRun.objects.create(scope="all", started_at=MONDAY, finished_at=MONDAY)
    SyncDifference.objects.create(code="H29.9-261102-0009", kind="extra", theirs_seq=1, run=run, found_at=MONDAY, seen_at=MONDAY)

    made = drawn(client)

    rows = {row.code: row for row in made.dossiers.all()}
    assert set(rows) == {dossier.code, untold.code, "H29.9-261102-0009"}
    assert rows[untold.code].theirs == {"absent": True}
    assert rows["H29.9-261102-0009"].ours == {}
    differing = {name for name, value in rows[dossier.code].ours.items() if value != rows[dossier.code].theirs[name]}
    assert differing == {"due_at"}
    shown = text(client, made)
    assert "Cổng quốc gia không có hồ sơ này" in shown
    assert "Hệ thống này không có hồ sơ này" in shown
    assert shown.count("khác</span>") == 1


@pytest.mark.usefixtures("never_committed")
def test_fifty_of_many_are_drawn_and_the_same_seed_draws_the_same(inspector: User, national: Services, dossier: Dossier) -> None:
    with connection.cursor() as cursor:
        fill_ours(cursor, code=dossier.code, count=2000)

    first, again, other = (
        draw(Wanted(since=TODAY.replace(day=1), until=TODAY, seed=seed), user=inspector, at=MONDAY) for seed in ("7f", "7f", "8a")
    )

    assert len(set(codes(first))) == 50
    assert codes(first) == codes(again)
    assert len(set(codes(first)) & set(codes(other))) < 50
    assert first.population == Dossier.objects.filter(filed_at__date__gte=TODAY.replace(day=1), filed_at__date__lte=TODAY).count()
    assert not first.dossiers.exclude(fault="").exists()


def test_only_the_chosen_province_is_drawn_from(client: Client, inspector: User, national: Services, dossier: Dossier) -> None:
    province = dossier.receiving_office.province
    assert province is not None

    assert province.name in text(client, drawn(client, province=province.code))
    refused = client.post(DRAW, SPAN | {"province": "01" if province.code != "01" else "79"})

    assert refused.status_code == 422
    assert "Không có hồ sơ nào nộp trong những ngày này" in refused.content.decode()
    assert InspectionDraw.objects.count() == 1


def test_a_dossier_that_the_portal_had_before_us_is_asked_for_under_its_code_there(
    client: Client, inspector: User, national: Services, theirs: Theirs, dossier: Dossier
) -> None:
    code = stranger(theirs, dossier)
    run()
    ours = received(code)
    drain(4)

    made = drawn(client, until=f"{local(ours.filed_at):%d/%m/%Y}")

    rows = {row.code: row for row in made.dossiers.all()}
    assert set(rows) == {dossier.code, code}
    assert (rows[code].ours["seq"], rows[code].ours["status"]) == (rows[code].theirs["seq"], rows[code].theirs["status"])
    assert rows[code].ours["seq"] > ours.remote_steps == 3
    assert text(client, made).count(code)


def test_while_the_portal_is_away_the_draw_stands_and_is_asked_again(
    client: Client, inspector: User, national: Services, dossier: Dossier
) -> None:
    CodeCounter.objects.filter(office=centre(), day=TODAY).update(last=next(_numbers))
    filed()
    national.fault("error_503", path=READS)

    made = drawn(client, seed="7f")

    before = codes(made)
    assert set(made.dossiers.values_list("fault", flat=True)) == {"HTTP 503"}
    shown = text(client, made)
    assert "Hỏi lại Cổng quốc gia" in shown
    assert "Cổng quốc gia chưa trả lời về 2 hồ sơ." in shown
    refused = client.post(f"{LIST}{made.pk}/1/", {"verdict": "equal", "note": "Đã xem"})
    assert refused.status_code == 422
    assert not made.dossiers.exclude(verdict="").exists()

    national.no_faults()
    Channel.objects.update(closed_until=None)
    assert client.post(f"{LIST}{made.pk}/hoi-lai/").status_code == 302
    assert codes(made) == before
    assert not made.dossiers.exclude(fault="").exists()
    assert "Hỏi lại Cổng quốc gia" not in text(client, made)


def test_a_record_that_came_is_not_asked_for_again(client: Client, inspector: User, national: Services, dossier: Dossier) -> None:
    made = drawn(client)
    before = made.dossiers.get()
    national.fault("error_503", path=READS)

    assert client.post(f"{LIST}{made.pk}/hoi-lai/").status_code == 302

    assert (made.dossiers.get().theirs, made.dossiers.get().asked_at) == (before.theirs, before.asked_at)


def test_a_verdict_is_given_once(client: Client, inspector: User, national: Services, dossier: Dossier) -> None:
    made = drawn(client)
    path = f"{LIST}{made.pk}/1/"

    unclear = client.post(path, {"verdict": "maybe", "note": "Chưa rõ"})
    assert unclear.status_code == 422
    assert 'value="Chưa rõ"' in unclear.content.decode()
    answer = client.post(path, {"verdict": "different", "note": "Ngày hẹn trả lệch \0"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}{made.pk}/#ho-so-1")
    assert client.post(path, {"verdict": "equal"}).status_code == 409

    row = made.dossiers.get()
    assert (row.verdict, row.note, row.judged_by) == ("different", "Ngày hẹn trả lệch", inspector)
    with pytest.raises(AlreadyJudged):
        judge(row, "equal", user=inspector, at=MONDAY)
    shown = text(client, made)
    assert "0,00 %" in shown
    assert "Ngày hẹn trả lệch" in shown


BAD: list[dict[str, Any]] = [
    {},
    {"since": "31/02/2026"},
    {"since": "03/11/2026"},
    {"province": "9" * 40},
    {"seed": "\0"},
    {"seed": "7" * 65},
    {"since": "01/01/2020", "until": "02/01/2020"},
]


@pytest.mark.parametrize("data", BAD, ids=str)
def test_bad_input_gets_an_answer(client: Client, inspector: User, data: dict[str, str]) -> None:
    answer = client.post(DRAW, SPAN | data if data else {})

    assert answer.status_code == 422
    assert "Lỗi:" in answer.content.decode()
    assert not InspectionDraw.objects.exists()


def test_what_does_not_exist_is_not_found(client: Client, inspector: User, national: Services, dossier: Dossier) -> None:
    made = drawn(client)

    for path in (f"{LIST}{made.pk + 1}/", f"{LIST}{10**30}/"):
        assert client.get(path).status_code == 404
    for path in (f"{LIST}{made.pk + 1}/hoi-lai/", f"{LIST}{made.pk}/2/", f"{LIST}{made.pk}/{10**9}/"):
        assert client.post(path, {"verdict": "equal"}).status_code == 404


def test_the_number_of_queries_does_not_grow(client: Client, inspector: User) -> None:
    def draws(count: int) -> None:
        common = {"since": TODAY, "until": TODAY, "population": 50, "drawn_by": inspector, "drawn_at": MONDAY}
        for _each in range(count):
            made = InspectionDraw.objects.create(seed="7f", **common)
            rows = (InspectedDossier(draw=made, position=number, code=f"H29-{number}") for number in range(1, count + 1))
            InspectedDossier.objects.bulk_create(rows)

    draws(1)
    made = InspectionDraw.objects.get()
    counts = []
    for path in (LIST, f"{LIST}{made.pk}/"):
        client.get(path)
        with CaptureQueriesContext(connection) as one:
            client.get(path)
        counts.append(len(one))
    draws(50)
    made = InspectionDraw.objects.order_by("-pk")[0]
    for path, before in zip((LIST, f"{LIST}{made.pk}/"), counts, strict=True):
        with CaptureQueriesContext(connection) as fifty:
            assert client.get(path).status_code == 200
        assert len(fifty) == before <= 16
