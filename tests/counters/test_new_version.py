"""A version takes effect while dossiers run and drafts are open: what runs stays, what is filed next is new."""

from collections.abc import Callable

import pytest
from django.test import Client

from dossiers.actions.drafts import save_draft, start_draft
from dossiers.models import Dossier, Draft
from portal.accounts.models import User
from portal.core.clock import business_now, business_today
from procedures.formschema.library import sample_answers
from procedures.models import ProcedureVersion
from procedures.queries import current_version
from tests.counters.conftest import Seat, signed_in
from tests.counters.rendered import form_values
from tests.counters.test_walk_in import begun, filled
from tests.factories import citizen
from tests.procedures.test_publishing import CODE, HOME, approver, drafted, editor

__all__ = ["approver", "editor"]
pytestmark = pytest.mark.django_db


Publish = Callable[[], ProcedureVersion]


@pytest.fixture
def publish(editor: Client, approver: Client) -> Publish:
    """Two people bring a version with another time and name into force today, through the pages."""

    def published() -> ProcedureVersion:
        today = business_today().isoformat()
        drafted(editor, short_name_vi="Xác nhận độc thân", **{"cases-0-time_value": "9"})
        editor.post(f"{HOME}trinh-duyet/")
        values = {"decision_number": "12/QĐ-BTP", "decision_on": today, "effective_from": today}
        assert approver.post(f"{HOME}cong-bo/", values).status_code == 302
        return ProcedureVersion.objects.get(procedure__code=CODE, number=2)

    return published


def walked_in(seat: Seat) -> Dossier:
    url = begun(seat)
    answer = seat.client.post(url, filled(seat, url) | {"action": "submit"})
    assert answer.status_code == 302
    return Dossier.objects.select_related("version", "case").get(code=answer.headers["Location"].split("/")[3])


def state_of(dossier: Dossier) -> tuple[object, ...]:
    found = Dossier.objects.select_related("case").get(pk=dossier.pk)
    return found.version_id, found.case_id, found.due_at, found.state, found.state_version, found.case.time_value


def test_a_running_dossier_does_not_move_and_the_next_filing_is_of_the_new_version(hanoi: Seat, publish: Publish) -> None:
    running = walked_in(hanoi)
    before = state_of(running)

    version = publish()
    following = walked_in(hanoi)

    assert state_of(running) == before
    assert (following.version, following.case.time_value) == (version, 9)
    assert (running.version.number, following.version.number) == (1, 2)
    assert "Xác nhận độc thân" not in hanoi.client.get(f"/quay/ho-so/{running.code}/").content.decode()


@pytest.fixture
def person() -> User:
    return citizen()


@pytest.fixture
def open_draft(person: User) -> Draft:
    """A citizen's draft under the version in force, with the sample's answers."""
    version = current_version(CODE, business_today())
    assert version is not None
    case = version.cases.get(is_default=True)
    draft = start_draft(version, case, owner=person, office=None, channel="online", at=business_now())
    return save_draft(draft, answers=sample_answers(CODE), parties={}, at=business_now(), expected_revision=draft.revision)


def test_an_open_draft_is_warned_cannot_be_submitted_and_moves_over(person: User, open_draft: Draft, publish: Publish) -> None:
    client, url = signed_in(person), f"/nop-ho-so/nhap/{open_draft.pk}/"
    assert "12/QĐ-BTP" not in client.get(url).content.decode()
    version = publish()
    warned = "12/QĐ-BTP"

    tasks, check = client.get(url), client.get(f"{url}kiem-tra/")
    refused = client.post(f"{url}kiem-tra/", {"declared": "on", "submit": "1", "rev": str(open_draft.revision)})

    for page in (tasks, check, refused):
        assert warned in page.content.decode()
        assert f'action="{url}phien-ban-moi/"' in page.content.decode()
    assert (refused.status_code, "12/QĐ-BTP" in refused.context["problem"]) == (422, True)
    assert not Dossier.objects.exists()

    moved = client.post(f"{url}phien-ban-moi/", form_values(tasks, action=f"{url}phien-ban-moi/"))

    open_draft.refresh_from_db()
    assert (moved.status_code, open_draft.version, open_draft.case.version) == (302, version, version)
    assert open_draft.answers == sample_answers(CODE), "nothing that was typed is lost"
    assert warned not in client.get(url).content.decode()
    again = client.post(f"{url}kiem-tra/", {"declared": "on", "submit": "1", "rev": str(open_draft.revision)})
    assert "12/QĐ-BTP" not in str(again.context["problem"])
