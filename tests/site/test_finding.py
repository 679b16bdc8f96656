"""One search box, and where it leads."""

import pytest
from django.test import Client

from portal.accounts.models import Role
from portal.core.clock import business_today
from tests.factories import centre, committee, filed, routed, staff, staffed

pytestmark = pytest.mark.django_db


def where(client: Client, text: str) -> str:
    return str(client.get("/tim/", {"q": text})["Location"])


def test_a_code_leads_each_person_to_the_own_page_of_it(client: Client) -> None:
    officer, _leader = staffed(committee())
    code = routed(filed().dossier).code
    supervisor, stranger = staff(Role.SUPERVISOR), staff(Role.OFFICER, committee("00008"))
    leads = {}
    for name, user in {"officer": officer, "stranger": stranger, "supervisor": supervisor}.items():
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        leads[name] = where(client, f" {code.lower()} ")

    assert leads == {
        "officer": f"/xu-ly/{code}/",
        "stranger": f"/xu-ly/?q={code.lower()}",
        "supervisor": f"/giam-sat/ho-so/{code}/",
    }


def test_a_clerks_scan_is_understood_at_the_counter_and_a_strangers_at_tracking(client: Client) -> None:
    anonymous = where(client, "H29-261102-0001")
    client.force_login(staff(Role.CLERK, centre(), since=business_today()), backend="django.contrib.auth.backends.ModelBackend")

    assert where(client, "001190000007|") == "/quay/tim/?q=001190000007%7C"
    assert anonymous == "/tra-cuu/?ma=H29-261102-0001"
