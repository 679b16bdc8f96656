"""On the day of acceptance it is decided again: what has changed moves the dossier with its reason, what has not is accepted."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from dossiers import queries
from dossiers.actions.recheck import Moved
from dossiers.actions.review import accept
from dossiers.actions.route import decide_route
from dossiers.actions.transition import By
from dossiers.chains import verify
from dossiers.models import Dossier, IssuedDocument
from portal.accounts.identity import identity_of
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.core.clock import LOCAL, technical_now
from portal.core.db import acting_as
from portal.outbox.models import OutboxMessage
from procedures.models import Channel
from tests.factories import MARITAL_STATUS, MONDAY, centre, committee, filed, routed, staff, staffed
from tests.procedures.registry import SOON, procedure, published, rule_input

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 12, 1, 9, 0, tzinfo=LOCAL)


def awaiting(at: datetime = MONDAY) -> Dossier:
    staffed(committee())
    return routed(filed(channel=Channel.ONLINE, at=at).dossier, at=at)


def clerk_at(agency: Agency) -> User:
    assert agency.reception_office is not None
    return staff(Role.CLERK, agency.reception_office)


def answer(dossier: Dossier, agency: Agency, at: datetime) -> IssuedDocument | Moved:
    clerk = clerk_at(agency)
    with acting_as(identity_of(clerk, at.date()).scope):
        return accept(dossier, by=By(clerk, at, office=agency.reception_office), expected_version=dossier.state_version)


def other_agency(*, effective_from: date = SOON, with_people: bool = True) -> Agency:
    """From the day on the rule names another agency."""
    agency = committee("00008")
    if with_people:
        staffed(agency)
    rule = rule_input("fixed_agency", agency_kind="", place_fact="", agency=agency, procedure=procedure(MARITAL_STATUS), rank=1)
    published({"action": "add", "rule": rule}, effective_from=effective_from)
    return agency


def test_the_day_before_the_change_it_is_accepted_where_it_is() -> None:
    other_agency()
    dossier = awaiting()

    slip = answer(dossier, committee(), AFTER - timedelta(days=1))

    assert isinstance(slip, IssuedDocument)
    assert routed(dossier, AFTER).agency == committee()
    assert dossier.accepted_at == AFTER - timedelta(days=1)


def test_from_the_change_on_it_moves_with_its_reason_and_nothing_is_accepted() -> None:
    agency = other_agency()
    dossier = awaiting()
    before = (dossier.code, dossier.filed_at, dossier.answer_due_at, dossier.due_at)

    moved = answer(dossier, committee(), AFTER)

    assert isinstance(moved, Moved)
    assert moved.agency == agency
    dossier.refresh_from_db()
    assert (dossier.state, dossier.routing, dossier.agency, dossier.accepted_at) == ("awaiting_reception", "routed", agency, None)
    assert (dossier.code, dossier.filed_at, dossier.answer_due_at, dossier.due_at) == before
    assert not dossier.clock.exists()
    assert not dossier.documents.filter(kind="receipt_slip").exists()
    event = dossier.events.get(verb="recheck")
    assert agency.name in event.note
    assert "1/2026/NĐ-CP" in event.note
    decision = dossier.route_decisions.order_by("-pk")[:1].get()
    assert (decision.agency, decision.inputs["on"]) == (agency, "2026-12-01")
    assert dossier in queries.to_receive(identity_of(clerk_at(agency), AFTER.date()))
    assert dossier not in queries.to_receive(identity_of(clerk_at(committee()), AFTER.date()))
    assert OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk).count() == dossier.event_seq
    assert not verify(dossier.code).broken

    slip = answer(dossier, agency, AFTER)
    assert isinstance(slip, IssuedDocument)
    assert routed(dossier, AFTER).agency == agency


def test_where_nobody_works_at_the_new_agency_a_person_sees_it() -> None:
    other_agency(with_people=False)
    dossier = awaiting()

    moved = answer(dossier, committee(), AFTER)

    assert isinstance(moved, Moved)
    assert moved.agency is None
    dossier.refresh_from_db()
    assert (dossier.state, dossier.routing) == ("submitted", "unstaffed")


def test_what_nobody_is_competent_for_any_more_goes_to_a_person() -> None:
    dossier, agency = awaiting(), committee()
    Agency.objects.filter(pk=agency.pk).update(valid_to=AFTER.date() - timedelta(days=1))

    moved = answer(dossier, agency, AFTER)

    assert isinstance(moved, Moved)
    assert moved.agency is None
    dossier.refresh_from_db()
    assert (dossier.state, dossier.routing, dossier.accepted_at) == ("submitted", "none", None)


def test_what_a_person_decided_is_not_undone_by_the_machine() -> None:
    staffed(committee("00008"))
    dossier = filed(channel=Channel.ONLINE).dossier
    Dossier.objects.filter(pk=dossier.pk).update(routing="several")
    supervisor = By(staff(Role.SUPERVISOR, centre()), MONDAY, office=centre())
    decide_route(dossier, agency=committee("00008"), by=supervisor, note="Nơi cư trú thực tế thuộc phường này.")
    dossier.refresh_from_db()

    slip = answer(dossier, committee("00008"), AFTER)

    assert isinstance(slip, IssuedDocument)
    dossier = routed(dossier, AFTER)
    assert (dossier.agency, dossier.state) == (committee("00008"), "in_transfer_to_agency")


def test_the_clerk_sees_a_plain_page_that_says_where_it_went() -> None:
    today = technical_now().astimezone(LOCAL)
    other = other_agency(effective_from=today.date()) if today.date() > date(2026, 11, 2) else None
    assert other is not None
    dossier = awaiting(today - timedelta(days=1))
    browser = Client()
    browser.force_login(clerk_at(committee()))

    page = browser.post(f"/quay/cho-tiep-nhan/{dossier.code}/", {"action": "accept", "version": dossier.state_version})

    text = page.content.decode()
    assert page.status_code == 200
    assert other.name in text
    assert "Không tiếp nhận tại đây" in text
    assert "Mã hồ sơ của bạn giữ nguyên" in text
    dossier.refresh_from_db()
    assert dossier.agency == other
