"""Withdrawing is the owner's until it is decided; correcting is an approver's, by name, and nothing is deleted."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from dossiers.actions.decide import Proposal, claim, propose
from dossiers.actions.delay import NotTheirs, withdraw
from dossiers.actions.reopen import reopen
from dossiers.actions.standing import NoPost
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By, StepNotPossible
from dossiers.models import Dossier, Result
from portal.accounts.models import Role, User
from tests.factories import MONDAY, centre, citizen, committee, decided, filed, routed, staff, staffed

pytestmark = pytest.mark.django_db
REASON = "Công dân xin rút hồ sơ."
WRONG = "Sai năm sinh của người yêu cầu."


@pytest.fixture
def owner() -> User:
    return citizen()


@pytest.fixture
def team() -> tuple[User, User]:
    return staffed(committee())


def at_stage(stage: str, owner: User, team: tuple[User, User]) -> Dossier:
    """The owner's dossier in this stage."""
    dossier = routed(filed(applicant=owner).dossier)
    by = By(team[0], MONDAY, agency=dossier.agency)
    if stage == "issued":
        decided(dossier, *team)
    if stage in ("in_transfer_to_agency", "issued"):
        return Dossier.objects.get(pk=dossier.pk)
    claim(dossier, by=by)
    dossier.refresh_from_db()
    if stage == "supplement_requested":
        version = dossier.state_version
        ask_supplement(dossier, by=by, items=[Asked("Bản sao", "Mờ")], answer_by=date(2026, 11, 20), expected_version=version)
    if stage == "awaiting_signature":
        kind = dossier.version.results.filter(outcome="grant").order_by("pk")[:1].get()
        propose(dossier, by=by, proposal=Proposal(kind, "Cấp giấy.", serial="BA 1"), expected_version=dossier.state_version)
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.parametrize("stage", ["in_transfer_to_agency", "assigned", "supplement_requested", "awaiting_signature"])
def test_the_owner_takes_it_back_until_it_is_decided(stage: str, owner: User, team: tuple[User, User]) -> None:
    dossier = at_stage(stage, owner, team)
    assert dossier.state == stage

    note = withdraw(dossier, by=By(owner, MONDAY), reason=REASON)

    dossier.refresh_from_db()
    assert (dossier.state, note.kind, dossier.results.filter(withdrawn_at__isnull=True).count()) == ("withdrawn", "return_note", 0)
    assert dossier.events.get(verb="withdraw").actor == owner


def test_not_after_the_signature_and_never_by_a_stranger(owner: User, team: tuple[User, User]) -> None:
    issued, open_one = at_stage("issued", owner, team), at_stage("assigned", owner, team)
    with pytest.raises(StepNotPossible):
        withdraw(issued, by=By(owner, MONDAY), reason=REASON)
    here = open_one.receiving_office
    strangers = [
        By(citizen(), MONDAY),
        By(team[0], MONDAY, office=here),
        By(staff(Role.CLERK, centre("48")), MONDAY, office=here),
        By(None, MONDAY),
    ]
    for by in strangers:
        with pytest.raises(NotTheirs):
            withdraw(open_one, by=by, reason=REASON)
    withdraw(open_one, by=By(staff(Role.CLERK, here), MONDAY, office=here), reason=REASON)


def test_an_issued_result_is_revoked_by_a_named_approver_and_the_next_version_follows_it(owner: User, team: tuple[User, User]) -> None:
    dossier = at_stage("issued", owner, team)
    first = dossier.results.get()
    for user in (team[0], staff(Role.LEADER, committee("00008"))):
        with pytest.raises(NoPost):
            reopen(dossier, by=By(user, MONDAY, agency=dossier.agency), reason=WRONG, expected_version=dossier.state_version)
    for who in (None, team[0]):
        with pytest.raises(IntegrityError, match="có ghi tên"), transaction.atomic():
            Result.objects.filter(pk=first.pk).update(withdrawn_at=MONDAY, withdrawn_by=who)

    reopen(dossier, by=By(team[1], MONDAY, agency=dossier.agency), reason=WRONG, expected_version=dossier.state_version)

    first.refresh_from_db()
    assert (first.withdrawn_at, first.withdrawn_by) == (MONDAY, team[1])
    assert dossier.events.get(verb="reopen").actor == team[1]
    with pytest.raises(IntegrityError, match="đã thu hồi"), transaction.atomic():
        Result.objects.filter(pk=first.pk).update(withdrawn_by=team[0])
    for version, replaces in ((1, None), (3, first), (2, None)):
        with pytest.raises(IntegrityError, match="nối tiếp"), transaction.atomic():
            Result.objects.create(
                dossier=dossier, type=first.type, agency=first.agency, summary="x", proposed_by=team[0], proposed_at=MONDAY,
                version=version, replaces=replaces,
            )  # fmt: skip
    dossier.refresh_from_db()
    by = By(team[0], MONDAY, agency=dossier.agency)
    second = propose(dossier, by=by, proposal=Proposal(first.type, "Cấp lại.", serial="BA 2"), expected_version=dossier.state_version)
    assert (second.version, second.replaces) == (2, first)
