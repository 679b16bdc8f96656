"""An officer and an approver of one agency at their pages, with a dossier in their queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from dossiers.actions.route import hand_to
from dossiers.actions.transition import By, locked
from dossiers.models import Dossier
from dossiers.states import State, Verb
from portal.accounts.models import User
from portal.agencies.models import Agency
from procedures.formschema.library import sample_answers
from tests.factories import MONDAY, address, committee, filed, routed, staffed, working

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

MARRIAGE = "1.000894"
ENUM_WORDS = sorted({str(each.value) for each in (*State, *Verb) if "_" in each.value})


@dataclass
class Desk:
    """A browser signed in as one person."""

    user: User
    client: Client

    def get(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> "Response":
        return self.client.get(path, data, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> "Response":
        return self.client.post(path, data or {}, **kwargs)


def desk_of(user: User) -> Desk:
    client = Client()
    client.force_login(user)
    return Desk(user, client)


def agency_desks(agency: Agency | None = None) -> tuple[Desk, Desk]:
    """Officer and approver of phường Ba Đình, or of another agency."""
    officer, leader = staffed(agency or committee())
    return desk_of(officer), desk_of(leader)


def waiting_dossier(at: datetime = MONDAY) -> Dossier:
    """A dossier in the queue of phường Ba Đình; its agency must be staffed before."""
    return routed(filed().dossier, at)


def of_the_day(at: datetime = MONDAY, **changes: Any) -> Dossier:
    """A dossier whose result is promised for the day of acceptance, in the queue of phường Ba Đình; its agency must be staffed before."""
    answers = {**sample_answers(MARRIAGE), "bride_residence": address(), "groom_residence": address()}
    dossier = filed(office=committee().reception_office, at=at, procedure=MARRIAGE, answers=answers, **changes).dossier
    if dossier.state == State.ACCEPTED:
        with working(), transaction.atomic():
            hand_to(locked(dossier.pk), committee(), By(None, at))
    dossier.refresh_from_db()
    return dossier


def text_of(response: "Response") -> str:
    """What a person reads on the page."""
    return " ".join(strip_tags(response.content.decode()).split())


def queries_of(desk: Desk, path: str) -> int:
    """How many statements the page costs once its process has served it."""
    desk.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(path).status_code == 200
    return len(captured)


def version_of(dossier: Dossier) -> int:
    dossier.refresh_from_db()
    return int(dossier.state_version)
