"""A payment that does not come in time: reminded of once, then the filing ends or the case stands still; late money is not lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from dossiers.actions.decide import claim
from dossiers.actions.obligation import Obligation, require_payment
from dossiers.actions.transition import By
from dossiers.actions.unpaid import remind_of_payments
from dossiers.models import Dossier
from dossiers.views.applicant.picture import picture
from payments import overdue
from payments.actions.orders import open_order, refund, take_cash
from payments.models import Order
from payments.overdue import expire_overdue
from payments.tasks import remind_and_expire
from portal.accounts.models import Role
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from portal.notifications.models import Notification
from portal.outbox.models import OutboxMessage
from procedures.models import Channel
from tests.factories import MONDAY, centre, citizen, committee, fee, filed, routed, staff, staffed, who, working
from tests.payments.test_callback import report
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db
LAST_DAY = MONDAY + timedelta(days=10)
DAY_AFTER = (LAST_DAY + timedelta(days=1)).replace(hour=0, minute=5)


def unpaid() -> Dossier:
    return filed(channel=Channel.ONLINE, applicant=citizen(), fees=[fee(8000)]).dossier


def obliged(pay_by: datetime = LAST_DAY) -> Dossier:
    """In an officer's hands, with a financial obligation to be met."""
    officer, _leader = staffed(committee())
    dossier = routed(filed().dossier)
    by = By(officer, MONDAY, agency=dossier.agency)
    with acting_as(who(officer).scope):
        claim(dossier, by=by)
        dossier.refresh_from_db()
        owed = Obligation("Lệ phí trước bạ", "levy", 50_000, pay_by)
        require_payment(dossier, by=by, obligation=owed, expected_version=dossier.state_version)
    dossier.refresh_from_db()
    return dossier


def told(dossier: Dossier) -> list[str]:
    return list(Notification.objects.filter(dossier_code=dossier.code).order_by("pk").values_list("template", flat=True))


def swept(at: datetime, work: Callable[..., int] = expire_overdue) -> int:
    with working():
        return work(at=at)


def test_who_owes_is_told_where_the_dossier_is_meanwhile() -> None:
    said = [str(picture(each, now=MONDAY, base="/", is_own=True)["now"]) for each in (unpaid(), obliged())]

    assert ["giải quyết tiếp ngay sau khi bạn nộp" in each for each in said] == [False, True]


def test_it_is_reminded_of_once_and_not_when_it_was_asked_for_only_just_now() -> None:
    dossier, short = unpaid(), obliged(MONDAY + timedelta(days=2))

    found = [swept(at, remind_of_payments) for at in (MONDAY, LAST_DAY - timedelta(days=2), LAST_DAY - timedelta(days=1))]

    assert (found, told(dossier).count("payment_due"), "payment_due" in told(short)) == ([0, 1, 0], 1, False)


def test_an_unpaid_filing_is_not_received_and_the_person_and_the_portal_are_told(set_legal_time: SetTime) -> None:
    dossier = unpaid()
    assert swept(LAST_DAY.replace(hour=23, minute=59)) == 0, "the whole last day counts"
    set_legal_time(DAY_AFTER)

    with working():
        assert (remind_and_expire(), remind_and_expire()) == (1, 0)

    dossier.refresh_from_db()
    assert (dossier.state, dossier.national_status, told(dossier)[-1]) == ("refused", 3, "unpaid")
    slip = dossier.documents.get(kind="refusal_slip")
    assert all(said in slip.html for said in ("Đã hết thời hạn nộp", "nộp lại hồ sơ bất cứ lúc nào"))
    assert dossier.fee_lines.get().state == "waived"
    assert OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk).order_by("-sequence")[0].payload["portal_state"] == 3


def test_money_on_its_way_holds_the_end_up_and_money_that_comes_later_is_given_back(client: Client) -> None:
    dossier = unpaid()
    assert dossier.applicant is not None
    with acting_as(who(dossier.applicant).scope):
        order = open_order(dossier, instrument=Order.Instrument.ONLINE, at=DAY_AFTER - timedelta(hours=2))
    Order.objects.filter(pk=order.pk).update(pay_url="http://127.0.0.1:9/pay")
    assert swept(DAY_AFTER) == 0, "the gateway does not answer: nobody knows yet"
    assert swept(DAY_AFTER + overdue.GRACE) == 1

    assert report(client, reference=order.reference) == "paid twice, to be refunded"

    dossier.refresh_from_db()
    order.refresh_from_db()
    assert (dossier.state, order.state) == ("refused", "refund_due")
    clerk = staff(Role.CLERK, centre("48"))
    assert refund(dossier, by=By(clerk, DAY_AFTER, office=centre("48"))).amount_vnd == 8000


def test_a_case_in_hand_stands_still_and_goes_on_when_the_money_comes() -> None:
    dossier = obliged()
    before = dossier.due_at

    assert (swept(DAY_AFTER), swept(DAY_AFTER)) == (1, 0)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.national_status, told(dossier)[-1]) == ("stopped", 8, "unpaid_stopped")
    assert "Hồ sơ được giải quyết tiếp ngay khi nhận đủ khoản nộp" in dossier.documents.get(kind="stop_notice").html
    assert [line.state for line in dossier.fee_lines.all()] == ["due"]

    later = datetime(2026, 11, 20, 9, 0, tzinfo=LOCAL)
    take_cash(dossier, by=By(staff(Role.CLERK, centre()), later, office=centre()))

    dossier.refresh_from_db()
    assert (dossier.state, dossier.fee_lines.get().state, told(dossier)[-1]) == ("assigned", "paid", "resumed")
    assert before is not None
    assert dossier.due_at is not None
    assert dossier.due_at > later
    assert dossier.stops.get().resumed_at == later
