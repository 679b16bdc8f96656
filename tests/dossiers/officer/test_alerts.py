"""People are told what is due soon, overdue, stuck, waiting or not taken: each occasion once, whoever asks and however often."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers.actions.absences import Leave, enter_absence
from dossiers.actions.alerts import raise_alerts
from dossiers.actions.decide import claim
from dossiers.actions.deputies import NoOfficer, choose_deputy
from dossiers.actions.digest import send_digests
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By
from dossiers.models import Alert, AlertCopy, AlertDigest, Dossier
from dossiers.tasks import alert as task
from portal.accounts.models import Role, User
from portal.core.clock import LOCAL
from portal.core.errors import NotAllowed
from portal.notifications.models import Notification
from portal.outbox.models import OutboxMessage
from tests.dossiers.officer.desk import Desk, desk_of, of_the_day, queries_of, text_of, waiting_dossier
from tests.factories import MONDAY, TODAY, centre, committee, staff, working
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
Connect = Callable[[str], AbstractContextManager["psycopg.Connection[tuple[object, ...]]"]]


def by(user: User, at: datetime = MONDAY) -> By:
    return By(user, at, agency=committee())


def held(officer: Desk) -> Dossier:
    found = waiting_dossier()
    claim(found, by=by(officer.user))
    found.refresh_from_db()
    return found


def told(kind: str) -> dict[str, set[User]]:
    """Who was told of which dossier, by this kind of alert."""
    found: dict[str, set[User]] = {}
    for copy in AlertCopy.objects.filter(alert__kind=kind).select_related("user", "alert__dossier"):
        found.setdefault(copy.alert.dossier.code, set()).add(copy.user)
    return found


def raised(at: datetime) -> int:
    with working():
        return raise_alerts(at=at)


def test_the_holder_is_told_when_it_is_due_soon_and_the_leader_too_when_it_is_overdue(
    desks: tuple[Desk, Desk], set_legal_time: SetTime
) -> None:
    officer, leader = desks
    User.objects.filter(pk=officer.user.pk).update(email="can-bo@example.vn")
    dossier = held(officer)
    assert dossier.due_at is not None
    assert dossier.due_soon_at is not None
    raised(dossier.due_soon_at - timedelta(seconds=1))
    assert told("due_soon") == {}

    soon = [raised(dossier.due_soon_at + timedelta(minutes=minute)) for minute in (0, 1)]
    late = [raised(dossier.due_at + timedelta(minutes=minute)) for minute in (1, 2)]

    assert told("due_soon") == {dossier.code: {officer.user}}
    assert told("overdue") == {dossier.code: {officer.user, leader.user}}
    assert (soon[1], late[1], Alert.objects.filter(dossier=dossier, kind__in=["due_soon", "overdue"]).count()) == (0, 0, 2)
    mails = Notification.objects.filter(dossier_code=dossier.code, template__startswith="alert_", recipient="can-bo@example.vn")
    assert {mail.template for mail in mails} >= {"alert_due_soon", "alert_overdue"}
    assert all("Nguyễn" not in mail.text and dossier.code in mail.text for mail in mails), "a code and a link, no personal data"
    assert OutboxMessage.objects.filter(stream="notify", key__in=[mail.key for mail in mails]).count() == mails.count()

    set_legal_time(dossier.due_at + timedelta(hours=1))
    shown = leader.get("/xu-ly/?muc=qua-han")
    assert [one.code for one in shown.context["alerts"]] == [dossier.code]
    leader.post("/xu-ly/canh-bao/da-xem/", {"nhac": [one.key for one in shown.context["alerts"]]})
    assert leader.get("/xu-ly/?muc=qua-han").context["alerts"] == []
    assert dossier.code in [one.code for one in officer.get("/xu-ly/?muc=cua-toi").context["alerts"]], "each for oneself"


def test_a_new_date_is_a_new_occasion_and_nothing_is_told_twice(desks: tuple[Desk, Desk]) -> None:
    dossier = held(desks[0])
    assert dossier.due_at is not None
    raised(dossier.due_at + timedelta(minutes=1))
    Dossier.objects.filter(pk=dossier.pk).update(due_at=dossier.due_at + timedelta(days=7))

    assert raised(dossier.due_at + timedelta(days=7, minutes=1)) == 1
    assert Alert.objects.filter(dossier=dossier, kind="overdue").count() == 2
    first = Alert.objects.filter(dossier=dossier, kind="overdue").earliest("pk")
    with pytest.raises(IntegrityError, match="alert_once_per_occasion"), transaction.atomic():
        Alert.objects.create(dossier=dossier, agency=committee(), kind="overdue", occasion_at=first.occasion_at, at=MONDAY)


def test_stuck_in_a_step_and_waiting_for_the_citizen(desks: tuple[Desk, Desk], set_legal_time: SetTime) -> None:
    officer, leader = desks
    lies, asked = waiting_dossier(), held(officer)
    item = Asked(title="Tờ khai", reason="Chưa ghi nơi cư trú.")
    ask_supplement(asked, by=by(officer.user), items=[item], answer_by=TODAY + timedelta(days=30), expected_version=asked.state_version)
    asked.refresh_from_db()
    assert lies.stage_due_at is not None
    assert asked.stage_due_at == datetime(2026, 11, 9, 9, 0, tzinfo=LOCAL), "five working days from Monday nine o'clock"

    raised(lies.stage_due_at + timedelta(minutes=1))
    assert (told("stuck"), told("waiting")) == ({lies.code: {leader.user}}, {}), "nobody holds it: the leader assigns it"
    raised(asked.stage_due_at + timedelta(minutes=1))
    assert told("waiting") == {asked.code: {officer.user}}

    set_legal_time(asked.stage_due_at + timedelta(minutes=1))
    rows = {row.code: row.lingers for row in officer.get("/xu-ly/?muc=cho-bo-sung&lau=1").context["rows"]}
    assert rows == {asked.code: "Chờ người dân đã lâu"}
    assert [row.code for row in officer.get("/xu-ly/?muc=tat-ca&lau=1").context["rows"]] == [lies.code]
    claim(lies, by=by(officer.user, asked.stage_due_at + timedelta(minutes=2)))
    lies.refresh_from_db()
    assert [row.code for row in officer.get("/xu-ly/?muc=tat-ca&lau=1").context["rows"]] == [], "the next step has its own target"


def test_who_is_away_is_told_and_so_is_the_deputy(desks: tuple[Desk, Desk]) -> None:
    deputy = staff(Role.OFFICER, committee())
    dossier = held(desks[0])
    assert dossier.due_soon_at is not None
    leave = Leave(desks[0].user, committee(), TODAY, TODAY + timedelta(days=30), deputy)
    enter_absence(leave, by=by(desks[0].user))

    raised(dossier.due_soon_at)

    assert told("due_soon") == {dossier.code: {desks[0].user, deputy}}


# --- dossiers of the day ------------------------------------------------------------------------------------------------


def test_a_dossier_of_the_day_is_told_on_arrival_stands_on_top_and_names_a_deputy_after_half_an_hour(
    desks: tuple[Desk, Desk], set_legal_time: SetTime
) -> None:
    officer, leader = desks
    dossier = of_the_day()
    assert (dossier.is_in_day, dossier.state) == (True, "in_transfer_to_agency")
    assert dossier.stage_due_at == MONDAY + timedelta(minutes=30)

    raised(MONDAY + timedelta(minutes=1))
    assert told("arrived") == {dossier.code: {officer.user}}
    set_legal_time(MONDAY + timedelta(minutes=1))
    page = officer.get("/xu-ly/?muc=chua-nhan")
    assert [row.code for row, _deputy in page.context["lane"].rows] == [dossier.code]
    content = page.content.decode()
    assert content.index("lane-title") < content.index('id="list"'), "on top of the list"

    assert raised(MONDAY + timedelta(minutes=30)) == 0
    assert [raised(MONDAY + timedelta(minutes=minute)) for minute in (31, 32)] == [1, 0]
    alert = Alert.objects.get(dossier=dossier, kind="unclaimed")
    assert (alert.deputy, alert.deputy_why, told("unclaimed")) == (leader.user, "leader", {dossier.code: {leader.user}})
    set_legal_time(MONDAY + timedelta(minutes=32))
    assert f"{leader.user.full_name} (lãnh đạo cơ quan)" in text_of(officer.get(f"/xu-ly/{dossier.code}/"))
    assert leader.user.full_name in text_of(officer.get("/xu-ly/?muc=trong-ngay"))
    assert "stuck" not in {alert.kind for alert in Alert.objects.filter(dossier=dossier)}

    claim(dossier, by=by(officer.user, MONDAY + timedelta(minutes=33)))
    assert "(lãnh đạo cơ quan)" not in text_of(officer.get(f"/xu-ly/{dossier.code}/")), "somebody has it"


def test_the_deputy_is_who_stands_in_else_whom_the_leader_chose(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    chosen, stands_in = staff(Role.OFFICER, committee()), staff(Role.OFFICER, committee())
    stranger = staff(Role.OFFICER, committee("00008"))
    assert leader.post("/xu-ly/to/lam-thay/", {"co-quan": committee().pk, "nguoi": chosen.pk}).status_code == 302
    with pytest.raises(NoOfficer):
        choose_deputy(committee(), stranger, by=by(leader.user))
    with pytest.raises(NotAllowed):
        choose_deputy(committee(), officer.user, by=by(officer.user))
    first = of_the_day()
    raised(MONDAY + timedelta(minutes=31))
    enter_absence(Leave(officer.user, committee(), TODAY, TODAY, stands_in), by=by(officer.user))
    second = of_the_day()

    raised(MONDAY + timedelta(minutes=32))

    named = dict(Alert.objects.filter(kind="unclaimed").values_list("dossier__code", "deputy"))
    assert named == {first.code: chosen.pk, second.code: stands_in.pk}
    why = dict(Alert.objects.filter(kind="unclaimed").values_list("dossier__code", "deputy_why"))
    assert why == {first.code: "chosen", second.code: "absence"}


def test_half_an_hour_is_working_time(desks: tuple[Desk, Desk]) -> None:
    noon = MONDAY.replace(hour=11, minute=15)
    dossier = of_the_day(noon)

    assert dossier.stage_due_at == MONDAY.replace(hour=13, minute=45)
    raised(MONDAY.replace(hour=13, minute=44))
    assert not Alert.objects.filter(kind="unclaimed").exists()


# --- never twice --------------------------------------------------------------------------------------------------------


def test_a_second_scheduler_at_the_same_moment_does_nothing(committed_db: None, as_role: Connect) -> None:
    from tests.dossiers.officer.desk import agency_desks

    agency_desks()
    dossier = waiting_dossier()
    assert dossier.stage_due_at is not None
    at = dossier.stage_due_at + timedelta(minutes=1)

    with as_role("portal_worker") as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('dossiers.alerts', 0))")
        assert raise_alerts(at=at) == 0
    assert raise_alerts(at=at) == 1
    assert raise_alerts(at=at) == 0


def test_as_many_queries_for_many_alerts_as_for_one(desks: tuple[Desk, Desk]) -> None:
    counts = []
    for number in (1, 6):
        dossiers = [held(desks[0]) for _each in range(number)]
        assert dossiers[0].due_soon_at is not None
        with working(), CaptureQueriesContext(connection) as captured:
            raise_alerts(at=dossiers[0].due_soon_at)
        counts.append(len(captured))

    assert counts[0] == counts[1]
    of_the_day()
    raised(MONDAY + timedelta(minutes=31))
    one = queries_of(desks[0], "/xu-ly/?muc=cua-toi")
    for _each in range(3):
        of_the_day()
    raised(MONDAY + timedelta(minutes=31))
    assert queries_of(desks[0], "/xu-ly/?muc=cua-toi") == one, "the lane costs the same however long it is"


def test_alerts_are_never_rewritten(desks: tuple[Desk, Desk]) -> None:
    dossier = held(desks[0])
    assert dossier.due_soon_at is not None
    raised(dossier.due_soon_at)
    alert = Alert.objects.get(kind="due_soon")
    for change in (
        lambda: Alert.objects.filter(pk=alert.pk).update(kind="stuck"),
        lambda: Alert.objects.filter(pk=alert.pk)._raw_delete("default"),
        lambda: AlertCopy.objects.filter(alert=alert).update(user=desks[1].user),
    ):
        with pytest.raises(Exception, match=r"permission denied|never|append|refuse|change"), transaction.atomic():
            change()


# --- supervision --------------------------------------------------------------------------------------------------------


def test_the_supervisor_sees_counts_agencies_dossiers_and_has_one_digest_a_day(desks: tuple[Desk, Desk], set_legal_time: SetTime) -> None:
    supervisor = desk_of(staff(Role.SUPERVISOR, centre("01")))
    elsewhere = desk_of(staff(Role.SUPERVISOR, centre("48")))
    User.objects.filter(pk=supervisor.user.pk).update(email="giam-sat@example.vn")
    dossier = held(desks[0])
    assert dossier.due_at is not None
    late = dossier.due_at + timedelta(hours=2)
    set_legal_time(late)

    page = supervisor.get("/giam-sat/canh-bao/")
    assert [row.name for row in page.context["rows"]] == [committee().name]
    assert {stat.label: stat.value for stat in page.context["stats"]}["Quá hạn"] == "1"
    behind = supervisor.get(f"/giam-sat/canh-bao/?co-quan={committee().pk}&loai=late")
    assert [row.code for row in behind.context["rows"]] == [dossier.code]
    assert elsewhere.get("/giam-sat/canh-bao/").context["rows"] == []
    assert elsewhere.get(f"/giam-sat/canh-bao/?co-quan={committee().pk}").context["rows"] == []

    morning = datetime(2026, 11, 9, 7, 30, tzinfo=LOCAL)
    with working():
        assert send_digests(at=morning - timedelta(minutes=1)) == 0
        assert send_digests(at=datetime(2026, 11, 8, 9, tzinfo=LOCAL)) == 0, "a Sunday"
        assert send_digests(at=morning) == 2
        assert send_digests(at=morning + timedelta(minutes=1)) == 0
    assert AlertDigest.objects.get(user=supervisor.user).counts["late"] == 1
    assert AlertDigest.objects.get(user=elsewhere.user).counts["late"] == 0
    mail = Notification.objects.get(template="alert_digest")
    assert (mail.recipient, "1 quá hạn" in mail.text) == ("giam-sat@example.vn", True)
    set_legal_time(morning + timedelta(hours=1))
    assert "Tóm tắt sáng nay (07:30)" in text_of(supervisor.get("/giam-sat/canh-bao/"))


def test_as_many_queries_for_fifty_agencies_as_for_one(desks: tuple[Desk, Desk], set_legal_time: SetTime) -> None:
    national = desk_of(staff(Role.SUPERVISOR))
    dossier = held(desks[0])
    assert dossier.due_at is not None
    set_legal_time(dossier.due_at + timedelta(hours=2))
    one = queries_of(national, "/giam-sat/canh-bao/")
    for _each in range(4):
        held(desks[0])

    assert queries_of(national, "/giam-sat/canh-bao/") == one


def test_the_task_does_both(desks: tuple[Desk, Desk], set_legal_time: SetTime) -> None:
    staff(Role.SUPERVISOR)
    dossier = held(desks[0])
    assert dossier.due_soon_at is not None
    set_legal_time(dossier.due_soon_at.astimezone(LOCAL).replace(hour=9))

    with working():
        first, second = task(), task()

    assert (first >= 2, second) == (True, 0)
