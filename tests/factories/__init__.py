"""The smallest valid rows, and one dossier brought to where a test needs it. Reference data is already in the database."""

import itertools
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connection

from dossiers.actions.decide import Proposal, claim, propose, sign
from dossiers.actions.file import FeeInput, Filed, Filing, PaperInput, PartyInput, file
from dossiers.actions.route import route
from dossiers.actions.transition import By
from dossiers.models import Dossier, Result
from portal.accounts.identity import Identity, identity_of
from portal.accounts.models import CitizenProfile, Membership, Role, User
from portal.agencies.models import AdministrativeUnit, Agency, Office
from portal.core.clock import LOCAL
from portal.core.db import acting_as
from procedures.models import Channel
from procedures.queries import current_version

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
TODAY = MONDAY.date()
MARITAL_STATUS = "1.004873"
OWNER_ID = "001190000007"
_numbers = itertools.count(1)


def staff(role: str, place: Office | Agency | None = None, *, since: date = date(2025, 7, 1)) -> User:
    """An account with one membership: at an office (clerk, supervisor) or an agency (officer, leader)."""
    number = next(_numbers)
    user = User.objects.create(username=f"{role}-{number}", full_name=f"Trần Thị Số {number}", kind=User.Kind.STAFF)
    Membership.objects.create(
        user=user,
        role=role,
        office=place if isinstance(place, Office) else None,
        agency=place if isinstance(place, Agency) else None,
        valid_from=since,
    )
    return user


def citizen(*, personal_id: str = OWNER_ID) -> User:
    """A citizen's account as the identity provider would have made it."""
    number = next(_numbers)
    user = User.objects.create(username=f"citizen-{number}", full_name="Nguyễn Thị Ước", kind=User.Kind.CITIZEN)
    CitizenProfile.objects.create(user=user, subject=f"sub-{number}", personal_id=personal_id, phone="0912345678")
    return user


def who(user: User, on: date = TODAY) -> Identity:
    """The identity of the account on the day."""
    return identity_of(user, on)


def commune(code: str = "00004") -> AdministrativeUnit:
    """A present commune; phường Ba Đình, Hà Nội unless told otherwise."""
    return AdministrativeUnit.objects.on(TODAY).get(code=code, level=AdministrativeUnit.Level.COMMUNE)


def committee(code: str = "00004") -> Agency:
    """The People's Committee of the commune."""
    return Agency.objects.select_related("reception_office").get(kind="commune_committee", unit=commune(code))


def centre(code: str = "79") -> Office:
    """The public service centre of the province; Hồ Chí Minh City unless told otherwise."""
    return Office.objects.select_related("province", "unit").get(kind=Office.Kind.PROVINCIAL_CENTRE, province__code=code)


def staffed(agency: Agency) -> tuple[User, User]:
    """An officer and an approver of the agency, at whose counter a clerk receives."""
    if agency.reception_office is not None:
        staff(Role.CLERK, agency.reception_office)
    return staff(Role.OFFICER, agency), staff(Role.LEADER, agency)


def address(code: str = "00004", *, since: str = "2025-07-01", successor: str | None = None) -> dict[str, Any]:
    """A stored address of a form."""
    return {
        "text": "Ba Đình",
        "unit_code": code,
        "valid_from": since,
        "line": "12 phố Đội Cấn",
        "successor_code": successor,
        "undecided": False,
        "label": "12 phố Đội Cấn, Phường Ba Đình, Thành phố Hà Nội",
    }


def marital_answers(place: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Answers of the marital status form, enough to route by the residence of the person concerned."""
    from procedures.formschema.library import sample_answers

    return {**sample_answers(MARITAL_STATUS), "subject_residence": dict(place or address())}


def filing(clerk: User, office: Office, **changes: Any) -> Filing:
    """A walk-in for a marital status certificate, complete."""
    version = current_version(changes.pop("procedure", MARITAL_STATUS), TODAY)
    assert version is not None
    owner = PartyInput(role="owner", name="Nguyễn Thị Ước", personal_id=OWNER_ID)
    submitter = PartyInput(role="submitter", name="Nguyễn Thị Ước", personal_id=OWNER_ID)
    values: dict[str, Any] = {
        "version": version,
        "case": version.cases.get(is_default=True),
        "channel": Channel.DIRECT,
        "office": office,
        "actor": clerk,
        "submit_token": uuid.uuid4(),
        "at": MONDAY,
        "answers": marital_answers() if version.procedure.code == MARITAL_STATUS else {},
        "parties": [owner, submitter],
        "papers": [PaperInput(requirement_key="to-khai", name="Tờ khai", originals=1)],
        "phone": "0912345678",
    }
    return Filing(**(values | changes))


def filed(clerk: User | None = None, office: Office | None = None, **changes: Any) -> Filed:
    """The walk-in is filed at the Hồ Chí Minh City centre, under the clerk's scope."""
    office = office or centre()
    clerk = clerk or staff(Role.CLERK, office)
    with acting_as(identity_of(clerk, TODAY).scope):
        return file(filing(clerk, office, **changes))


def fee(amount_vnd: int = 8000, kind: str = "levy") -> FeeInput:
    """A fee line without a rule."""
    return FeeInput(rule_id=None, kind=kind, name="Lệ phí", amount_vnd=amount_vnd)


@contextmanager
def working() -> Iterator[None]:
    """Inside, the test's connection has the worker's role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'portal_worker', false)")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


def routed(dossier: Dossier, at: datetime = MONDAY) -> Dossier:
    """The worker has routed it."""
    with working():
        route(dossier.pk, at=at)
    dossier.refresh_from_db()
    return dossier


def decided(dossier: Dossier, officer: User, leader: User, at: datetime = MONDAY, **proposal: Any) -> Result:
    """Claimed, proposed and signed by the two."""
    dossier.refresh_from_db()
    agency = dossier.agency
    assert agency is not None
    with acting_as(identity_of(officer, TODAY).scope):
        claim(dossier, by=By(officer, at, agency=agency))
        dossier.refresh_from_db()
        kind = dossier.version.results.filter(outcome="grant").order_by("pk").first()
        assert kind is not None
        values: dict[str, Any] = {
            "type": kind,
            "summary": "Cấp giấy xác nhận tình trạng hôn nhân cho bà Nguyễn Thị Ước.",
            "serial": "BA 123456",
        } | proposal
        propose(dossier, by=By(officer, at, agency=agency), proposal=Proposal(**values), expected_version=dossier.state_version)
    dossier.refresh_from_db()
    with acting_as(identity_of(leader, TODAY).scope):
        return sign(dossier, by=By(leader, at, agency=agency), expected_version=dossier.state_version)
