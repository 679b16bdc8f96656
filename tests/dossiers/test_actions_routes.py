"""Refusing, returning as not competent, deciding by a person, reminding; money and messages that hang on them."""

import re

import pytest

from dossiers.actions.decide import claim
from dossiers.actions.not_competent import Return, return_not_competent
from dossiers.actions.reasons import ReasonMissing
from dossiers.actions.review import accept, refuse
from dossiers.actions.route import NotWaiting, decide_route
from dossiers.actions.transition import By
from dossiers.actions.watch import AnswerMissing, NobodyToUrge, answer_reminder, remind
from dossiers.codes import SECRET_ALPHABET
from dossiers.models import Dossier, IssuedDocument
from dossiers.secrets import secret_for, secret_matches
from portal.accounts.models import Role
from portal.core.db import acting_as
from portal.core.errors import DomainError
from portal.notifications.actions import mark_called
from portal.notifications.models import Notification
from portal.notifications.texts import TEXTS
from portal.outbox.models import OutboxMessage
from procedures.models import Channel
from tests.factories import MONDAY, OWNER_ID, centre, committee, fee, filed, routed, staff, staffed, who

pytestmark = pytest.mark.django_db
REASON = "Thẩm quyền thuộc cơ quan khác theo nơi cư trú."


def awaiting() -> Dossier:
    staffed(committee())
    return routed(filed(channel=Channel.ONLINE).dossier)


def own_clerk(dossier: Dossier) -> By:
    assert dossier.agency is not None
    office = dossier.agency.reception_office
    assert office is not None
    return By(staff(Role.CLERK, office), MONDAY, office=office)


def test_refusing_needs_a_reason_and_issues_the_slip() -> None:
    dossier = awaiting()
    by = own_clerk(dossier)
    with pytest.raises(ReasonMissing):
        refuse(dossier, by=by, reason="không", expected_version=dossier.state_version)

    slip = refuse(dossier, by=by, reason=REASON, guidance="Nộp tại UBND phường khác", expected_version=dossier.state_version)

    dossier.refresh_from_db()
    assert (dossier.state, slip.kind, dossier.clock.exists()) == ("refused", "refusal_slip", False)
    assert REASON in slip.html


def test_acceptance_at_the_agencys_counter_starts_the_clock_and_hands_over() -> None:
    dossier = awaiting()
    assert dossier.answer_due_at is not None
    assert dossier.due_at is None

    slip = accept(dossier, by=own_clerk(dossier), expected_version=dossier.state_version)
    assert isinstance(slip, IssuedDocument)
    dossier = routed(dossier)

    assert (slip.kind, dossier.state) == ("receipt_slip", "in_transfer_to_agency")
    assert dossier.due_at is not None


def test_returned_as_not_competent_goes_to_a_person_with_the_same_date() -> None:
    agency, proposal = committee(), committee("00008")
    officer, _leader = staffed(agency)
    dossier = routed(filed().dossier)
    promised = dossier.due_at
    claim(dossier, by=By(officer, MONDAY, agency=agency))
    dossier.refresh_from_db()

    by = By(officer, MONDAY, agency=agency)
    with acting_as(who(officer).scope):
        return_not_competent(dossier, Return("place", REASON, proposal=proposal), by=by, expected_version=dossier.state_version)

    dossier.refresh_from_db()
    assert (dossier.state, dossier.routing, dossier.hops, dossier.due_at) == ("accepted", "none", 1, promised)
    assert dossier.assigned_to is None
    assert dossier.route_decisions.get(outcome="returned").candidates == [proposal.pk]

    staffed(proposal)
    supervisor = By(staff(Role.SUPERVISOR, centre()), MONDAY, office=centre())
    with pytest.raises(DomainError):
        decide_route(dossier, agency=proposal, by=supervisor, note=" ")
    decide_route(dossier, agency=proposal, by=supervisor, note="Nơi cư trú thuộc phường này.")
    dossier.refresh_from_db()
    assert (dossier.state, dossier.routing, dossier.agency, dossier.due_at) == ("in_transfer_to_agency", "routed", proposal, promised)
    with pytest.raises(NotWaiting):
        decide_route(dossier, agency=agency, by=supervisor, note="Lại lần nữa.")


def test_a_reminder_must_be_answered_with_words() -> None:
    agency = committee()
    officer, _leader = staffed(agency)
    dossier = routed(filed().dossier)
    office = centre()
    by = By(dossier.filed_by, MONDAY, office=office)
    with pytest.raises(AnswerMissing):
        remind(dossier, by=by, text="  ")

    reminder = remind(dossier, by=by, text="Đề nghị giải quyết sớm.")
    with pytest.raises(AnswerMissing):
        answer_reminder(reminder, by=By(officer, MONDAY, agency=agency), text="")
    answer_reminder(reminder, by=By(officer, MONDAY, agency=agency), text="Sẽ xong trong ngày.")
    answer_reminder(reminder, by=By(officer, MONDAY, agency=agency), text="Câu trả lời thứ hai")

    reminder.refresh_from_db()
    assert (reminder.agency, reminder.answer, reminder.answered_by) == (agency, "Sẽ xong trong ngày.", officer)


def test_nobody_is_urged_about_a_dossier_without_agency_or_after_its_end() -> None:
    dossier = awaiting()
    by = own_clerk(dossier)
    refuse(dossier, by=by, reason=REASON, expected_version=dossier.state_version)

    with pytest.raises(NobodyToUrge):
        remind(dossier, by=by, text="Đề nghị trả lời.")


def test_an_unpaid_online_filing_keeps_its_code_and_says_so_once() -> None:
    dossier = filed(channel=Channel.ONLINE, fees=[fee()]).dossier

    assert (dossier.state, dossier.code, dossier.payment_due_at is not None) == ("payment_required", "H29-261102-0001", True)
    assert list(Notification.objects.values_list("template", flat=True)) == ["payment"]
    assert not OutboxMessage.objects.filter(stream="route").exists()


# --- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_texts_carry_a_code_a_link_and_at_most_the_second_secret(template: str) -> None:
    of_many = {"alert_digest": {"day", "link"}}  # each morning, to a supervisor: numbers and no dossier
    assert set(re.findall(r"%\((\w+)\)s", str(TEXTS[template]))) - {"secret"} == of_many.get(template, {"code", "link"})


def test_no_personal_data_leaves_in_a_message() -> None:
    staffed(committee())
    dossier = routed(filed().dossier)

    for notification in Notification.objects.all():
        assert dossier.code in notification.text
        for canary in ("Ước", OWNER_ID, "0912345678"):
            assert canary not in notification.text
    assert "Ước" not in str(list(OutboxMessage.objects.exclude(stream="national").values_list("payload", flat=True)))


def test_without_phone_or_mail_the_counter_calls() -> None:
    dossier = filed(phone="").dossier
    notification = Notification.objects.get(dossier_code=dossier.code)

    dossier.refresh_from_db()
    assert (notification.channel, notification.office_id, dossier.in_call_list) == ("call", dossier.receiving_office_id, True)
    assert not OutboxMessage.objects.filter(stream="notify").exists()

    mark_called(notification, user_id=dossier.filed_by_id, note="Đã gọi hàng xóm", at=MONDAY)
    notification.refresh_from_db()
    assert (notification.called_by_id, notification.call_note) == (dossier.filed_by_id, "Đã gọi hàng xóm")


def test_mail_is_used_when_there_is_no_phone() -> None:
    dossier = filed(phone="", email="uoc@example.vn").dossier

    notification = Notification.objects.get(dossier_code=dossier.code)
    assert (notification.channel, notification.recipient, dossier.in_call_list) == ("email", "uoc@example.vn", False)


# --- the second secret ------------------------------------------------------------------------------------------------


def test_the_secret_is_read_however_it_is_typed_and_a_new_one_ends_it() -> None:
    secret = secret_for("H29-261102-0001", 1)

    assert (len(secret), set(secret) <= set(SECRET_ALPHABET)) == (8, True)
    assert not set(SECRET_ALPHABET) & set("01OIL5S8BZ")
    assert secret_matches("H29-261102-0001", 1, f" {secret[:4].lower()}-{secret[4:]} ")
    assert not secret_matches("H29-261102-0001", 2, secret)
    assert not secret_matches("H29-261102-0002", 1, secret)
    assert not secret_matches("H29-261102-0001", 1, "")
