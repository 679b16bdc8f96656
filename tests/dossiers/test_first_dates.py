"""The first dates of a dossier: by when it is answered, when it is due if accepted, and from when its time counts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from dossiers.actions.fees import settle_fees
from dossiers.actions.review import accept
from dossiers.actions.route import hand_to, route
from dossiers.actions.route_many import route_many
from dossiers.actions.transition import By, locked, transition
from dossiers.clockdays import day_rows
from dossiers.expected import due_if_started
from dossiers.lifecycle import Verb
from dossiers.models import Dossier
from portal.accounts.models import Role
from portal.agencies.models import Agency, Office
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from procedures.formschema.library import sample_answers
from procedures.models import Channel
from tests.counters.conftest import signed_in
from tests.factories import MONDAY, address, centre, citizen, committee, fee, filed, routed, staff, staffed, who, working

pytestmark = pytest.mark.django_db
EXEMPT = "1.012812"
FROM_RECEIPT = "1.004222"
"""Permanent residence: seven working days; the way to the police of the commune does not count."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


def one_by_one(dossier: Dossier, moment: datetime) -> None:
    route(dossier.pk, at=moment)


def in_a_batch(dossier: Dossier, moment: datetime) -> None:
    assert route_many([dossier.pk], at=moment) == {dossier.pk}


DOORS = pytest.mark.parametrize("door", [one_by_one, in_a_batch])
Door = Callable[[Dossier, datetime], None]


def test_an_exempted_filing_says_who_answers_by_when_and_what_follows_from_acceptance() -> None:
    agency = committee()
    staffed(agency)
    answers = {"place": address(), "request_text": "Đề nghị hòa giải"}

    dossier = filed(procedure=EXEMPT, answers=answers, at=at(2, 16)).dossier

    paper = dossier.documents.get(kind="acknowledgement").html
    assert agency.reception_office is not None
    if_accepted = due_if_started(dossier.version, dossier.case, at(3, 16))
    assert if_accepted is not None
    for said in (
        "Hồ sơ này chưa được tiếp nhận giải quyết",
        "16 giờ 00 phút, ngày 03/11/2026",  # eight working hours after Monday, four in the afternoon
        agency.reception_office.name,
        f"17 giờ 00 phút, ngày {if_accepted:%d/%m/%Y}",
    ):
        assert said in paper
    assert "kể từ khi được tiếp nhận" not in paper
    routed(dossier, at(2, 16, 1))
    assert dossier.answer_due_at == at(3, 16), "what the paper says is what the inbox counts down"


def test_a_filing_that_must_be_paid_first_promises_no_time_of_day() -> None:
    dossier = filed(procedure=EXEMPT, answers={"place": address()}, channel=Channel.ONLINE, fees=[fee()]).dossier

    paper = dossier.documents.get(kind="acknowledgement").html

    assert dossier.state == "payment_required"
    assert "08 giờ làm việc kể từ khi phí, lệ phí được nộp" in paper


@DOORS
def test_the_eight_hours_run_from_the_payment_on_which_a_filing_waited(door: Door) -> None:
    staffed(committee())
    dossier = filed(channel=Channel.ONLINE, fees=[fee()]).dossier
    paid_at = MONDAY + timedelta(days=3, hours=1)
    settle_fees(locked(dossier.pk), list(dossier.fee_lines.all()), by=By(None, paid_at))

    with working():
        door(dossier, paid_at + timedelta(minutes=1))

    dossier.refresh_from_db()
    assert (dossier.state, dossier.answer_due_at) == ("awaiting_reception", at(6, 10)), "Thursday at ten, and eight working hours"


@pytest.fixture
def police() -> Agency:
    """The police of phường Hồng Hà, Hà Nội, which the sample's address makes competent."""
    dossier = filed(procedure=FROM_RECEIPT, answers=sample_answers(FROM_RECEIPT)).dossier
    assert dossier.agency is not None
    staffed(dossier.agency)
    return dossier.agency


def residence(office: Office | None = None, **changes: Any) -> Dossier:
    return filed(office=office, procedure=FROM_RECEIPT, answers=sample_answers(FROM_RECEIPT), **changes).dossier


@DOORS
def test_the_way_to_the_agency_does_not_count_where_the_procedure_says_so(door: Door, police: Agency) -> None:
    dossier = residence()
    assert (dossier.state, dossier.due_at, dossier.first_due_at) == ("accepted", None, None)

    with working():
        door(dossier, at(4, 9))

    dossier.refresh_from_db()
    assert dossier.agency == police
    assert list(dossier.clock.order_by("seq").values_list("kind", "at")) == [("transfer", MONDAY), ("start", at(4, 9))]
    assert all("chuyển hồ sơ đến cơ quan có thẩm quyền không tính" in each.legal_basis for each in dossier.clock.all())
    assert dossier.due_at == dossier.first_due_at == at(13, 17), "seven working days after Wednesday, not after Monday"
    rows = [(row.on, row.amount) for row in day_rows(dossier)]
    assert rows[:4] == [("02/11/2026", ""), ("03/11/2026", ""), ("04/11/2026", ""), ("05/11/2026", "ngày thứ 1")]


def test_a_second_hand_over_does_not_start_it_again(police: Agency) -> None:
    dossier = routed(residence(), at(2, 10))
    promised = dossier.due_at
    by = By(None, at(3, 9), agency=police)
    transition(dossier, Verb.RETURN_NOT_COMPETENT, by)

    assert hand_to(dossier, police, By(None, at(4, 9))) == "routed"

    dossier.refresh_from_db()

    assert dossier.due_at == promised
    assert list(dossier.clock.order_by("seq").values_list("kind", flat=True)) == ["transfer", "start"]


def test_the_agencys_own_counter_starts_it_at_once(police: Agency) -> None:
    own = police.reception_office
    assert own is not None
    here = residence(own)
    online = routed(residence(channel=Channel.ONLINE))
    clerk = staff(Role.CLERK, own)

    with acting_as(who(clerk).scope):
        accept(online, by=By(clerk, at(2, 10), office=own), expected_version=online.state_version)

    online.refresh_from_db()
    assert [list(each.clock.values_list("kind", flat=True)) for each in (here, online)] == [["start"], ["start"]]
    assert (here.due_at, online.due_at) == (at(11, 17), at(11, 17))


def test_slip_and_pages_say_from_when_it_counts(police: Agency) -> None:
    office = centre()
    client = signed_in(staff(Role.CLERK, office))
    owner = citizen()
    dossier = residence(office, applicant=owner)
    said = "07 ngày làm việc, tính từ khi cơ quan có thẩm quyền nhận hồ sơ"

    slip = dossier.documents.get(kind="receipt_slip").html
    confirmation = client.get(f"/quay/ho-so/{dossier.code}/da-nhan/").content.decode()

    assert (slip.count(said), "trước 17 giờ" in slip) == (2, False)
    assert said in signed_in(owner).get(f"/ho-so-cua-toi/{dossier.code}/").content.decode()
    assert said in confirmation
    assert said in client.get(f"/quay/ho-so/{dossier.code}/").content.decode()
    routed(dossier, at(3, 9))
    assert "12/11/2026 17:00" in client.get(f"/quay/ho-so/{dossier.code}/").content.decode()


def test_a_day_on_the_way_is_explained_before_there_is_a_date() -> None:
    assert [(row.on, row.why) for row in day_rows(residence())] == [
        ("02/11/2026", "Hồ sơ đang chuyển đến cơ quan có thẩm quyền, không tính")
    ]
