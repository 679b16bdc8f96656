"""Seeing a dossier is not deciding on it: steps that belong to another role or another counter stay refused, with complete input."""

import pytest
from django.test import Client

from dossiers.models import Dossier
from portal.accounts.models import Role, User
from procedures.models import Channel
from tests.factories import address, centre, committee, filed, marital_answers, routed, staff, staffed

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("action", ["accept", "refuse"])
def test_the_counter_that_only_received_it_cannot_answer_for_the_agency(action: str) -> None:
    office, agency = centre(), committee()
    staffed(agency)
    clerk = staff(Role.CLERK, office)
    dossier = routed(filed(clerk, office, channel=Channel.ONLINE, answers=marital_answers(address())).dossier)
    assert dossier.state == "awaiting_reception"
    body = {"action": action, "version": dossier.state_version, "reason": "Không thuộc thẩm quyền giải quyết ở đây.", "ground": "other"}

    response = signed_in(clerk).post(f"/quay/cho-tiep-nhan/{dossier.code}/", body)

    assert response.status_code == 404
    assert Dossier.objects.get(pk=dossier.pk).state == "awaiting_reception"


def test_the_competent_agencys_own_counter_can() -> None:
    agency = committee()
    staffed(agency)
    assert agency.reception_office is not None
    own = staff(Role.CLERK, agency.reception_office)
    dossier = routed(filed(channel=Channel.ONLINE, answers=marital_answers(address())).dossier)

    response = signed_in(own).post(f"/quay/cho-tiep-nhan/{dossier.code}/", {"action": "accept", "version": dossier.state_version})

    assert response.status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).state == "accepted"
