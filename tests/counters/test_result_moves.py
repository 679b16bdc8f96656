"""A result goes from hand to hand: asked for, sent by its holder, received; a file is printed at every counter."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dossiers.actions.hand_back import arrive, call_result_to
from dossiers.actions.route import decide_route
from dossiers.actions.transition import By
from dossiers.models import DocumentPrint, Dossier, Result, ResultMove
from portal.accounts.models import Role
from portal.agencies.models import Office
from tests.counters.conftest import Seat, signed_in
from tests.factories import MONDAY, OWNER_ID, centre, committee, decided, filed, routed, staff, staffed

pytestmark = pytest.mark.django_db
A_PLATE = "1.012575"
"""A procedure whose result is a thing: it travels."""

OWNER = {"name": "Nguyễn Thị Ước", "personal_id": OWNER_ID, "identity_checked": "yes"}


def seat(office: Office) -> Seat:
    user = staff(Role.CLERK, office)
    return Seat(signed_in(user), user, office)


@pytest.fixture
def seats() -> dict[str, Seat]:
    return {name: seat(centre(code)) for name, code in (("saigon", "79"), ("danang", "48"), ("cantho", "92"))}


def signed(*, is_paper: bool) -> Dossier:
    dossier = filed(procedure=A_PLATE).dossier if is_paper else filed().dossier
    agency = dossier.agency or committee()
    officer, leader = staffed(agency)
    if routed(dossier).routing != "routed":  # its form asks for no place here: a person names the agency
        decide_route(dossier, agency=agency, by=By(staff(Role.SUPERVISOR), MONDAY), note="Theo nơi cư trú của chủ xe.")
    kind = dossier.version.results.filter(outcome="grant", **({"medium": "card"} if is_paper else {})).order_by("pk")[0]
    decided(dossier, officer, leader, type=kind)
    dossier.refresh_from_db()
    return dossier


def path(dossier: Dossier) -> str:
    return f"/quay/tra-ket-qua/{dossier.code}/"


def post(at: Seat, dossier: Dossier, action: str, **fields: Any) -> int:
    answer = at.client.post(path(dossier), {"action": action, **fields})
    dossier.refresh_from_db()
    return answer.status_code


def shown(at: Seat, where: str) -> str:
    return at.client.get(where).content.decode()


def test_the_holder_sends_and_each_hand_is_on_record(seats: dict[str, Seat]) -> None:
    saigon, danang, cantho = seats["saigon"], seats["danang"], seats["cantho"]
    dossier = signed(is_paper=True)
    assert dossier.state == "in_transfer_to_counter"
    assert post(saigon, dossier, "arrive") == 302
    assert "Cần gửi đến quầy khác" in shown(saigon, "/quay/tra-ket-qua/")

    assert post(danang, dossier, "bring") == 302
    assert (dossier.state, dossier.returning_office) == ("ready_for_collection", saigon.office), "it has not moved by being asked for"
    assert post(cantho, dossier, "bring") == 409
    assert f"gửi kết quả đến {danang.office.name}" in shown(danang, path(dossier))
    assert dossier.code in shown(saigon, "/quay/tra-ket-qua/?loc=can-gui")
    assert dossier.code not in shown(cantho, "/quay/tra-ket-qua/?loc=can-gui")
    assert post(cantho, dossier, "send") == 422
    assert post(danang, dossier, "arrive") == 422, "nobody has sent it"

    assert post(saigon, dossier, "send") == 302
    assert (dossier.state, dossier.returning_office, dossier.custody_office) == ("in_transfer_to_counter", danang.office, None)
    assert dossier.code not in shown(saigon, "/quay/tra-ket-qua/?loc=can-gui")
    assert post(danang, dossier, "arrive") == 302

    first, second = ResultMove.objects.filter(dossier=dossier).order_by("pk")
    assert (first.from_agency, first.from_office, first.to_office, first.received_by) == (dossier.agency, None, saigon.office, saigon.user)
    assert (second.from_office, second.to_office) == (saigon.office, danang.office)
    assert (second.asked_by, second.sent_by, second.received_by) == (danang.user, saigon.user, danang.user)
    assert "Hành trình của kết quả" in shown(danang, path(dossier))
    assert post(danang, dossier, "give", **OWNER) == 302
    assert dossier.state == "closed"


def test_a_result_that_is_handed_back_where_it_lies_is_no_longer_asked_for(seats: dict[str, Seat]) -> None:
    dossier = signed(is_paper=True)
    arrive(dossier, by=By(seats["saigon"].user, MONDAY, office=seats["saigon"].office))
    post(seats["danang"], dossier, "bring")

    assert "đề nghị gửi kết quả này" in shown(seats["saigon"], path(dossier))
    assert post(seats["saigon"], dossier, "give", **OWNER) == 302

    move = ResultMove.objects.get(from_office=seats["saigon"].office)
    assert (move.withdrawn_at is not None, move.sent_at) == (True, None)


def test_the_database_keeps_moves_as_they_were(seats: dict[str, Seat]) -> None:
    dossier = signed(is_paper=True)
    arrive(dossier, by=By(seats["saigon"].user, MONDAY, office=seats["saigon"].office))
    move = ResultMove.objects.get()
    wrong = (
        lambda: ResultMove.objects.filter(pk=move.pk).update(to_office=seats["danang"].office),
        lambda: ResultMove.objects.filter(pk=move.pk).update(received_at=None),
        move.delete,
        lambda: ResultMove.objects.create(dossier=dossier, from_office=centre("48"), to_office=centre("48"), asked_at=MONDAY),
        lambda: ResultMove.objects.create(dossier=dossier, from_office=centre("48"), to_office=centre("92")),
        lambda: ResultMove.objects.create(dossier=dossier, to_office=centre("92"), asked_at=MONDAY),
    )
    for change in wrong:
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            change()
    call_result_to(dossier, by=By(seats["danang"].user, MONDAY, office=seats["danang"].office), office=seats["danang"].office)
    with pytest.raises(IntegrityError, match="one_open_result_move"), transaction.atomic():
        ResultMove.objects.create(dossier=dossier, from_office=centre("79"), to_office=centre("92"), asked_at=MONDAY)


def test_a_file_printed_at_one_counter_is_printed_at_another_and_again_after_it_was_handed_back(seats: dict[str, Seat]) -> None:
    saigon, danang, cantho = seats["saigon"], seats["danang"], seats["cantho"]
    dossier = signed(is_paper=False)
    assert post(saigon, dossier, "bring") == 302
    assert post(saigon, dossier, "bring") == 409, "it is there already"

    assert post(danang, dossier, "bring") == 302
    assert (dossier.state, dossier.returning_office) == ("ready_for_collection", danang.office)
    assert not ResultMove.objects.exists(), "a file does not travel"
    assert post(danang, dossier, "give", **OWNER) == 302

    result = Result.objects.select_related("document").get(dossier=dossier)
    assert result.document is not None
    document = f"/tai-lieu/{result.document.verification_code}/"
    assert cantho.client.get(document).status_code == 404
    assert post(cantho, dossier, "certify", name="Lê Văn Lạ", personal_id="079090000001", identity_checked="yes") == 422
    assert post(cantho, dossier, "certify", **OWNER) == 302

    copy = DocumentPrint.objects.get()
    assert (copy.document, copy.office, copy.by, copy.copy_no) == (result.document, cantho.office, cantho.user, 1)
    assert document in shown(cantho, path(dossier))
    assert cantho.client.get(document).status_code == 200
