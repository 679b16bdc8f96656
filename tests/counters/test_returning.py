"""The agency's own counter says before acceptance that a filing is not its competence."""

import pytest

from dossiers.models import Detour, Dossier
from dossiers.views.officer.returning import told
from portal.agencies.models import Agency
from portal.agencies.queries import place_label
from tests.counters.conftest import Seat
from tests.counters.test_desk import EXEMPT, land_dispute, seat
from tests.factories import committee, commune, filed, routed, staffed

pytestmark = pytest.mark.django_db
REASON = "Thửa đất nằm ở phường khác theo bản đồ địa chính."


@pytest.fixture
def waiting() -> tuple[Dossier, Seat]:
    """Registered in Hồ Chí Minh City for phường Ba Đình, waiting at its own counter."""
    agency = committee()
    staffed(agency)
    dossier = routed(filed(procedure=EXEMPT, answers=land_dispute()).dossier)
    assert (dossier.state, dossier.agency) == ("awaiting_reception", agency)
    assert agency.reception_office is not None
    return dossier, seat(agency.reception_office)


def url_of(dossier: Dossier) -> str:
    return f"/quay/cho-tiep-nhan/{dossier.code}/khong-tham-quyen/"


def returned(ours: Seat, dossier: Dossier, **values: str) -> int:
    dossier.refresh_from_db()
    data = {"version": str(dossier.state_version), "code": "place", "reason": REASON, "action": "return"} | values
    return int(ours.client.post(url_of(dossier), data).status_code)


def test_with_the_right_place_it_is_at_the_next_counter_at_once(waiting: tuple[Dossier, Seat]) -> None:
    dossier, ours = waiting
    right = committee("00008")
    staffed(right)
    code, answer_by = dossier.code, dossier.answer_due_at
    assert url_of(dossier) in ours.client.get(f"/quay/cho-tiep-nhan/{code}/").content.decode()
    assert "Không thuộc thẩm quyền" in ours.client.get(url_of(dossier)).content.decode()

    assert returned(ours, dossier, right_place=place_label(commune("00008"))) == 302

    dossier.refresh_from_db()
    assert (dossier.code, dossier.state, dossier.agency, dossier.hops) == (code, "awaiting_reception", right, 1)
    assert dossier.answer_due_at == answer_by  # the citizen's eight hours do not begin again
    assert dossier.accepted_at is None
    detour = Detour.objects.get()
    assert (detour.agency, detour.next_agency, detour.reason_code) == (committee(), right, "place")
    assert right.name in told(dossier)
    assert ours.client.get(url_of(dossier)).status_code == 404
    assert right.reception_office is not None
    theirs = seat(right.reception_office)
    assert dossier.code in theirs.client.get("/quay/cho-tiep-nhan/").content.decode()


def test_without_another_agency_a_supervisor_decides_and_after_two_hops_always(waiting: tuple[Dossier, Seat]) -> None:
    dossier, ours = waiting
    second, third = committee("00008"), committee("00025")
    staffed(second)
    staffed(third)
    assert returned(ours, dossier, right_place=place_label(commune("00008"))) == 302
    assert second.reception_office is not None

    assert returned(seat(second.reception_office), dossier, right_place=place_label(commune("00025"))) == 302

    dossier.refresh_from_db()
    assert (dossier.state, dossier.routing, dossier.hops) == ("submitted", "several", 2)
    assert Detour.objects.count() == 2


def test_a_proposal_is_found_by_place_name_or_old_code_without_javascript(waiting: tuple[Dossier, Seat]) -> None:
    dossier, ours = waiting
    other = committee("00008")
    Agency.objects.filter(pk=other.pk).update(aliases=["000.99.ABC"])

    for text in (place_label(commune("00008")), other.name, other.identifier, "000.99.abc"):
        page = ours.client.post(url_of(dossier), {"place": text, "action": "find", "code": "place", "reason": "đã gõ"}).content.decode()
        assert f'name="proposal" value="{other.pk}"' in page, text
        assert "đã gõ" in page
    part = ours.client.get(url_of(dossier), {"place": other.name}, headers={"HX-Request": "true"}).content.decode()
    assert f'value="{other.pk}"' in part
    assert "<html" not in part

    assert returned(ours, dossier, proposal=str(other.pk)) == 302
    dossier.refresh_from_db()
    assert (dossier.routing, Detour.objects.get().proposal) == ("none", other)


def test_nothing_is_returned_without_a_reason_or_on_an_old_page(waiting: tuple[Dossier, Seat]) -> None:
    dossier, ours = waiting

    assert returned(ours, dossier, code="") == 422
    assert returned(ours, dossier, code="other", reason="x") == 422
    assert returned(ours, dossier, version="0") == 409
    assert returned(ours, dossier, right_place=place_label(commune("00004"))) == 422  # by this place it is competent itself
    dossier.refresh_from_db()
    assert (dossier.state, Detour.objects.count()) == ("awaiting_reception", 0)
