"""A divided place of which the person does not know the part: the centre is asked, answers in time, and routing goes on."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from counters.rows import holder_of
from dossiers.actions.answer_place import AlreadyAnswered, answer_place
from dossiers.actions.route import route
from dossiers.actions.transition import By
from dossiers.models import Dossier, PlaceQuestion
from dossiers.placequestions import options_of, questions_for
from portal.accounts.models import Role, User
from portal.agencies.models import AdministrativeUnit, Office, UnitSuccession
from portal.agencies.queries import current_units_of, place_label
from portal.core.errors import DomainError
from portal.notifications.models import Notification
from tests.factories import MONDAY, TODAY, address, centre, citizen, committee, filed, marital_answers, routed, staff, staffed, who

pytestmark = pytest.mark.django_db


def divided() -> AdministrativeUnit:
    """An old commune of Hà Nội with several parts in Hà Nội."""
    old = AdministrativeUnit.objects.filter(level="commune", valid_to=date(2025, 6, 30), province__code="01")
    split = UnitSuccession.objects.filter(predecessor__in=old, is_split=True, is_trusted=True).order_by("old_code")
    for row in split.select_related("predecessor__province", "predecessor__parent"):
        unit = row.predecessor
        assert unit is not None
        if len(current_units_of(unit, TODAY)) > 1:
            return unit
    raise AssertionError


def undecided(unit: AdministrativeUnit) -> dict[str, object]:
    return {
        **address(unit.code, since=unit.valid_from.isoformat()),
        "undecided": True,
        "label": f"thôn Đoài, {place_label(unit)}",
        "text": place_label(unit),
    }


@pytest.fixture
def asked() -> tuple[Dossier, PlaceQuestion]:
    dossier = routed(filed(answers=marital_answers(undecided(divided())), applicant=citizen()).dossier)
    return dossier, dossier.place_questions.get()


def by(user: User, office: Office) -> By:
    return By(user, MONDAY + timedelta(hours=1), office=office)


def test_the_centre_of_the_units_province_is_asked_and_the_clock_does_not_notice(asked: tuple[Dossier, PlaceQuestion]) -> None:
    dossier, question = asked
    assert (dossier.routing, dossier.agency, dossier.state) == ("asked", None, "accepted")
    assert question.office == centre("01")
    assert question.due_at == MONDAY + timedelta(hours=6)  # four working hours, over the midday break
    assert len(question.options) > 1
    assert "thôn Đoài" in question.written
    promised = dossier.due_at
    assert promised is not None
    assert route(dossier.pk, at=MONDAY) == "asked"
    assert PlaceQuestion.objects.count() == 1

    part = options_of(question)[0]
    staffed(committee(part.code))
    clerk = staff(Role.CLERK, question.office)
    answer_place(question, by=by(clerk, question.office), unit=part, note="Theo bản đồ địa chính.")
    dossier = routed(dossier)

    assert (dossier.routing, dossier.agency, dossier.due_at) == ("routed", committee(part.code), promised)
    last = dossier.route_decisions.order_by("-pk")[:1].get()
    place = last.record["places"]["residence"]
    assert (place["settled_by"], place["told_by"], place["steps"][-1]["code"]) == ("answered", question.office.name, part.code)
    with pytest.raises(AlreadyAnswered):
        answer_place(question, by=by(clerk, question.office), unit=None, note="Không rõ nữa rồi.")
    with pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
        PlaceQuestion.objects.filter(pk=question.pk).update(note="x")


def test_lists_say_that_the_centre_has_it_in_hand_and_a_supervisor_only_when_one_has() -> None:
    dossier = filed(answers=marital_answers(undecided(divided()))).dossier
    assert (dossier.agency, holder_of(dossier)) == (None, "Đang xác định cơ quan")

    dossier = routed(dossier)
    assert (dossier.routing, holder_of(dossier)) == ("asked", "Trung tâm đang xác định địa bàn")

    question = dossier.place_questions.get()
    answer_place(question, by=by(staff(Role.CLERK, question.office), question.office), unit=None, note="Thôn này không còn tồn tại.")
    dossier.refresh_from_db()
    assert holder_of(dossier) == "Người giám sát: chưa rõ thẩm quyền"


def test_none_of_the_parts_is_for_a_supervisor(asked: tuple[Dossier, PlaceQuestion]) -> None:
    dossier, question = asked
    clerk = staff(Role.CLERK, question.office)
    with pytest.raises(DomainError):
        answer_place(question, by=by(clerk, question.office), unit=None)
    with pytest.raises(DomainError):
        answer_place(question, by=by(clerk, question.office), unit=AdministrativeUnit.objects.on(TODAY).communes().order_by("-pk")[0])
    answer_place(question, by=by(clerk, question.office), unit=None, note="Thôn này không còn tồn tại.")
    dossier.refresh_from_db()
    assert dossier.routing in ("several", "none")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_of_centre_supervisor_and_citizen(asked: tuple[Dossier, PlaceQuestion]) -> None:
    dossier, question = asked
    clerk = client_of(staff(Role.CLERK, question.office))
    url = f"/quay/hoi-dia-ban/{question.pk}/"
    assert dossier.code in clerk.get("/quay/hoi-dia-ban/").content.decode()
    assert question.written in clerk.get(url).content.decode()
    assert clerk.post(url, {}).status_code == 422
    refused = clerk.post(url, {"part": "none", "note": "Không"})
    assert (refused.status_code, "Không</textarea>" in refused.content.decode()) == (422, True)
    assert client_of(staff(Role.CLERK, centre("48"))).get(url).status_code == 404
    assert questions_for(who(staff(Role.SUPERVISOR, centre("01")))).count() == 1
    assert dossier.applicant is not None
    told = client_of(dossier.applicant).get(f"/ho-so-cua-toi/{dossier.code}/").content.decode()
    assert question.office.name in told
    assert clerk.post(url, {"part": question.options[0]}).status_code == 302
    assert clerk.get(url).status_code == 404


def test_the_person_is_told_once_and_is_not_called_for_it(asked: tuple[Dossier, PlaceQuestion]) -> None:
    dossier, _ = asked
    told = Notification.objects.filter(template="place_question")
    assert [(each.dossier_code, "Bạn không phải làm gì thêm" in each.text) for each in told] == [(dossier.code, True)]

    silent = routed(filed(answers=marital_answers(undecided(divided())), phone="").dossier)
    assert (silent.routing, told.filter(dossier_code=silent.code).exists()) == ("asked", False)


def test_lists_ask_as_often_for_fifty_questions_as_for_one(asked: tuple[Dossier, PlaceQuestion]) -> None:
    _, question = asked
    clerk = client_of(staff(Role.CLERK, question.office))
    clerk.get("/quay/hoi-dia-ban/")
    with CaptureQueriesContext(connection) as one:
        clerk.get("/quay/hoi-dia-ban/")
    for _number in range(5):
        routed(filed(answers=marital_answers(undecided(question.unit))).dossier)
    with CaptureQueriesContext(connection) as six:
        assert clerk.get("/quay/hoi-dia-ban/").content.decode().count("/quay/hoi-dia-ban/") >= 6
    assert len(six) == len(one)


@pytest.mark.parametrize(("province", "asked_centre"), [("01", "01"), ("74", "79")], ids=["a province that goes on", "one that was merged"])
def test_a_unit_whose_parts_lie_in_two_provinces_is_asked_of_the_centre_of_its_own_province(province: str, asked_centre: str) -> None:
    old = AdministrativeUnit.objects.filter(level="commune", valid_to=date(2025, 6, 30), province__code=province)
    unit = old.exclude(pk__in=UnitSuccession.objects.filter(is_split=True, predecessor__isnull=False).values("predecessor")).order_by(
        "code"
    )[0]
    elsewhere = AdministrativeUnit.objects.on(TODAY).communes().exclude(province__code=asked_centre).order_by("-code")[0]
    own = UnitSuccession.objects.filter(predecessor=unit, is_trusted=True).order_by("pk")[0]
    UnitSuccession.objects.create(
        level=own.level, old_code=own.old_code, predecessor=unit, successor=elsewhere, valid_from=own.valid_from, is_split=True
    )

    dossier = routed(filed(answers=marital_answers(undecided(unit))).dossier)

    question = dossier.place_questions.get()
    assert {option.province.code for option in options_of(question) if option.province} == {
        asked_centre, elsewhere.province.code if elsewhere.province else "",
    }  # fmt: skip
    assert question.office == centre(asked_centre)
