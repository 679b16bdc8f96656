"""The workbench costs the same for a thin and for a thick dossier; an old page says who changed what."""

from datetime import timedelta

import pytest

from dossiers.actions.reassign import Giving, reassign
from dossiers.actions.transition import By
from dossiers.documents.issue import issue
from dossiers.history import verb_label
from dossiers.models import Dossier, Paper, Reminder, SupplementItem, SupplementPermit, SupplementRequest
from dossiers.views.officer.sections import SECTIONS
from portal.accounts.models import Role
from portal.core.db import acting_as
from tests.dossiers.officer.desk import Desk, queries_of, text_of, version_of, waiting_dossier
from tests.dossiers.officer.test_giving import held, proposed
from tests.factories import MONDAY, TODAY, centre, committee, fee, filed, routed, staff, who
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
CEILING = 30


@pytest.fixture(autouse=True)
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


def thicken(dossier: Dossier, desks: tuple[Desk, Desk]) -> None:
    """Fifty papers, twenty steps, ten rounds of questions with three items each, ten documents."""
    officer, leader = desks[0].user, desks[1].user
    colleague = staff(Role.OFFICER, committee())
    for number in range(20):
        reassign(
            dossier,
            by=By(leader, MONDAY, agency=dossier.agency),
            giving=Giving(officer if number % 2 else colleague, "Giao lại."),
            expected_version=version_of(dossier),
        )
    boss = staff(Role.SUPERVISOR, centre())
    with acting_as(who(officer).scope):
        for number in range(10):
            answered = MONDAY + timedelta(minutes=number)
            permit = SupplementPermit.objects.create(dossier=dossier, given_by=boss, reason="Tình tiết mới.", at=MONDAY)
            request = SupplementRequest.objects.create(
                dossier=dossier,
                asked_by=officer,
                asked_at=MONDAY,
                answer_by=TODAY,
                answered_at=answered,
                answered_by=officer,
                permit=permit,
            )
            for seq in range(3):
                item = SupplementItem.objects.create(request=request, seq=seq, title="Bản sao", reason="Mờ", answered_at=answered)
                Paper.objects.create(dossier=dossier, name="Bản sao", supplement_item=item, added_by=officer, added_at=answered)
            Paper.objects.create(dossier=dossier, name=f"Giấy {number}", originals=1, added_by=officer, added_at=MONDAY)
            issue(dossier, kind="control_sheet", at=MONDAY, actor=officer, agency=dossier.agency)


def test_the_workbench_asks_as_often_for_a_thick_dossier_as_for_a_thin_one(desks: tuple[Desk, Desk]) -> None:
    thin = held(desks[0])
    thick = held(desks[0])
    thicken(thick, desks)

    few, many = ({key: queries_of(desks[0], f"/xu-ly/{each.code}/?muc={key}") for key, _label in SECTIONS} for each in (thin, thick))

    more = {key: many[key] - few[key] for key in few}
    assert {key: extra for key, extra in more.items() if extra > (2 if key == "bo-sung" else 0)} == {}, "rounds bring items and papers: two"
    assert max(many.values()) <= CEILING


def test_the_queue_asks_as_often_for_fifty_rows_as_for_one(desks: tuple[Desk, Desk]) -> None:
    first = waiting_dossier()
    tabs = ("tat-ca", "chua-nhan", "sap-den-han", "qua-han", "da-xong", "cua-toi")
    one = {tab: queries_of(desks[1], f"/xu-ly/?muc={tab}") for tab in tabs}
    watcher = staff(Role.CLERK, first.receiving_office)
    for _number in range(54):
        dossier = routed(filed(first.filed_by, first.receiving_office, fees=[fee()]).dossier)
        Reminder.objects.create(dossier=dossier, agency=committee(), sent_by=watcher, sent_at=MONDAY, text="Đề nghị trả lời.")

    many = {tab: queries_of(desks[1], f"/xu-ly/?muc={tab}") for tab in tabs}

    rows = desks[1].get("/xu-ly/?muc=tat-ca").context
    assert (len(rows["rows"]), bool(rows["next_url"])) == (50, True)
    assert (many, max(many.values()) <= CEILING) == (one, True)


def test_an_old_page_names_who_changed_what(desks: tuple[Desk, Desk], set_legal_time: SetTime) -> None:
    officer, leader = desks
    dossier = proposed(held(officer), officer.user)
    old = version_of(dossier) - 1
    set_legal_time(MONDAY + timedelta(minutes=90))
    leader.post(f"/xu-ly/{dossier.code}/chuyen-lai/", {"version": version_of(dossier), "reason": "Thiếu căn cứ pháp lý ở dòng hai."})

    typed = {"version": old, "reason": "Chờ xác minh ở nơi khác.", "new_date": "12/11/2026"}
    late = officer.post(f"/xu-ly/{dossier.code}/gia-han/", typed)

    assert late.status_code == 409
    agency = dossier.agency
    assert agency is not None
    assert late.context["changes"] == [
        f"02/11/2026 09:00: {verb_label('propose')} ({officer.user.full_name} · {agency.name})",
        f"02/11/2026 10:30: {verb_label('send_back')} ({leader.user.full_name} · {agency.name}): Thiếu căn cứ pháp lý ở dòng hai.",
    ]
    assert all(line in text_of(late) for line in late.context["changes"])
    assert ("Chờ xác minh ở nơi khác." in text_of(late), "12/11/2026" in late.content.decode()) == (True, True)
