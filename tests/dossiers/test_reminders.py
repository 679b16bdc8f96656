"""A reminder reaches whoever has the dossier: the officers, or the clerks in whose inbox it waits; unanswered, it goes to supervisors."""

from datetime import datetime, timedelta

import pytest

from dossiers.actions.transition import By
from dossiers.actions.watch import answer_reminder, remind
from dossiers.models import Dossier, Reminder
from dossiers.tasks import watch_reminders
from portal.accounts.models import Membership, Role, User
from portal.core.clock import LOCAL
from portal.notifications.models import Notification
from procedures.models import Channel
from tests.dossiers.officer.desk import Desk, desk_of, queries_of, text_of
from tests.factories import MONDAY, centre, committee, filed, routed, staff, staffed, working
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
INBOX = "/quay/cho-tiep-nhan/"
URGENT = "Đề nghị tiếp nhận hồ sơ."
NEXT_DAY = datetime(2026, 11, 3, 9, 0, tzinfo=LOCAL)


@pytest.fixture
def people() -> dict[str, Desk]:
    """Who works at phường Ba Đình and its counter, who watches, and a clerk elsewhere."""
    officer, leader = staffed(committee())
    clerk = Membership.objects.get(office=committee().reception_office, role=Role.CLERK).user
    supervisor = staff(Role.SUPERVISOR, centre("01"))
    User.objects.filter(pk=supervisor.pk).update(email="giamsat.h26@motcua.example")
    found = {"officer": officer, "leader": leader, "clerk": clerk, "supervisor": supervisor, "stranger": staff(Role.CLERK, centre("48"))}
    return {name: desk_of(user) for name, user in found.items()}


def urged(dossier: Dossier) -> Reminder:
    office = centre()
    return remind(dossier, by=By(staff(Role.CLERK, office), MONDAY, office=office), text=URGENT)


def test_a_reminder_is_due_after_eight_working_hours(people: dict[str, Desk]) -> None:
    assert urged(routed(filed().dossier)).due_at == NEXT_DAY


def test_what_waits_in_the_inbox_is_answered_by_its_clerks(people: dict[str, Desk], set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)
    dossier = routed(filed(channel=Channel.ONLINE).dossier)
    plain = text_of(people["clerk"].get(INBOX))
    reminder = urged(dossier)

    assert "Bị nhắc" not in plain
    assert all(said in text_of(people["clerk"].get(INBOX)) for said in ("Bị nhắc", "1 nhắc việc cần trả lời"))
    assert dossier.code in text_of(people["clerk"].get(f"{INBOX}?loc=nhac"))
    assert "Nhắc việc chờ trả lời" in text_of(people["clerk"].get("/quay/"))
    page = text_of(people["clerk"].get(f"{INBOX}{dossier.code}/"))
    assert (URGENT in page, "Trả lời trước 09:00 03/11/2026" in page) == (True, True)
    assert URGENT not in text_of(people["officer"].get("/xu-ly/nhac-viec/")), "nobody at the agency can open it yet"

    answer = f"{INBOX}nhac-viec/{reminder.pk}/"
    assert people["stranger"].post(answer, {"text": "Không phải việc của tôi."}).status_code == 404
    refused = people["clerk"].post(answer, {"text": " "})
    assert (refused.status_code, URGENT in text_of(refused)) == (422, True)
    assert people["clerk"].post(answer, {"text": "Sẽ tiếp nhận trong buổi sáng."}).status_code == 302

    reminder.refresh_from_db()
    assert (reminder.answer, reminder.answered_by) == ("Sẽ tiếp nhận trong buổi sáng.", people["clerk"].user)
    assert "Bị nhắc" not in text_of(people["clerk"].get(INBOX))


def test_what_nobody_answered_in_time_stands_out_everywhere_and_goes_to_the_supervisor(
    people: dict[str, Desk], set_legal_time: SetTime
) -> None:
    inbox, queued = routed(filed(channel=Channel.ONLINE).dossier), routed(filed().dossier)
    reminders = [urged(inbox), urged(queued)]
    set_legal_time(NEXT_DAY - timedelta(minutes=5))
    with working():
        assert watch_reminders() == 0
    assert "quá hạn trả lời" not in text_of(people["leader"].get("/xu-ly/?muc=tat-ca"))

    set_legal_time(NEXT_DAY + timedelta(minutes=5))
    with working():
        assert (watch_reminders(), watch_reminders()) == (1, 0)

    told = Notification.objects.get(template="urged")
    assert (told.recipient, "chưa trả lời nhắc việc đúng hạn: 2" in told.text) == ("giamsat.h26@motcua.example", True)
    late = "Bị nhắc, quá hạn trả lời"
    assert late in text_of(people["leader"].get("/xu-ly/?muc=tat-ca"))
    assert late in text_of(people["clerk"].get(INBOX))
    assert "Quá hạn trả lời từ 09:00 03/11/2026" in text_of(people["officer"].get("/xu-ly/nhac-viec/"))
    listed = text_of(people["supervisor"].get("/giam-sat/?loc=nhac-qua-han"))
    assert all(said in listed for said in (inbox.code, queued.code, late, "Nhắc việc chưa trả lời trong 8 giờ"))

    for reminder in reminders:
        answer_reminder(reminder, by=By(people["officer"].user, NEXT_DAY), text="Đang giải quyết.")
    assert inbox.code not in text_of(people["supervisor"].get("/giam-sat/?loc=nhac-qua-han"))


def test_lists_ask_as_often_for_many_urged_rows_as_for_one(people: dict[str, Desk]) -> None:
    paths = {"clerk": f"{INBOX}?loc=nhac", "supervisor": "/giam-sat/?loc=nhac-qua-han"}
    urged(routed(filed(channel=Channel.ONLINE).dossier))
    few = {name: queries_of(people[name], path) for name, path in paths.items()}
    for _ in range(5):
        urged(routed(filed(channel=Channel.ONLINE).dossier))
    assert {name: queries_of(people[name], path) for name, path in paths.items()} == few
