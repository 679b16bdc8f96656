"""Where several agencies are lawful the person chooses in one question that names each, and nobody else decides."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from dossiers.actions.drafts import start_draft
from dossiers.actions.route import decide_for
from dossiers.actions.route_many import route_many
from dossiers.models import Answers, Dossier, Draft, DraftFile
from dossiers.placefacts import facts_for
from dossiers.views.applicant.acting import Mode, Person, first_parties
from dossiers.views.applicant.frame import profile_of
from portal.accounts.models import Role, User
from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import place_label
from portal.core.clock import LOCAL, business_now, technical_now
from portal.core.db import acting_as
from portal.core.models import DemoClock
from procedures.competence import Competent
from procedures.formschema.answers import CHOICE
from procedures.formschema.library import sample_answers
from procedures.queries import current_version
from tests.counters.conftest import Seat, signed_in
from tests.counters.rendered import form_values
from tests.counters.test_walk_in import begun, filled
from tests.factories import MONDAY, address, centre, citizen, committee, commune, filed, filing, routed, staff, staffed, who, working
from tests.procedures.registry import SOON, procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db
BIRTH, LAND = "1.001193", "1.012783"
FATHER, MOTHER = "00004", "26740"
CHOOSE = "Luật cho phép quý vị chọn cơ quan giải quyết. Quý vị chọn cơ quan nào?"


def at_time(at: datetime) -> None:
    offset = int((at - technical_now()).total_seconds())
    DemoClock.objects.update_or_create(id=1, defaults={"offset_seconds": offset})


@pytest.fixture
def hanoi(db: None) -> Seat:
    office = centre("01")
    clerk = staff(Role.CLERK, office)
    return Seat(signed_in(clerk), clerk, office)


@pytest.fixture(autouse=True)
def monday() -> None:
    at_time(MONDAY)


def home(code: str) -> dict[str, Any]:
    """An address in this commune, by the name that people write."""
    label = place_label(commune(code))
    return address(code) | {"text": label, "label": label}


def birth(father: str = FATHER, mother: str = MOTHER, **more: Any) -> dict[str, Any]:
    """Answers about a child whose parents live there; nothing is chosen."""
    answers = sample_answers(BIRTH) | {"father_residence": home(father), "mother_residence": home(mother)}
    answers.pop(CHOICE)
    return answers | more


def draft_of(user: User, code: str, answers: Mapping[str, Any]) -> tuple[Draft, str]:
    """A citizen's draft on which everything is done, and its check page."""
    version = current_version(code, business_now().date())
    assert version is not None
    case = version.cases.get(is_default=True)
    parties = first_parties(Mode.SELF, Person(user, profile_of(user)), "")
    draft = start_draft(version, case, owner=user, office=None, channel="online", at=business_now(), answers=dict(answers), parties=parties)
    for number, each in enumerate(case.requirements.filter(is_declaration=False)):
        DraftFile.objects.create(
            draft=draft, requirement_key=each.key, name="a.jpg", content_type="image/jpeg", size=1, sha256=f"{number:064d}",
            storage_key=f"drafts/{draft.pk}/{number}", arrived_at=business_now(),
        )  # fmt: skip
    return draft, f"/nop-ho-so/nhap/{draft.pk}/kiem-tra/"


def sent(client: Client, draft: Draft, url: str, **values: str) -> Any:
    draft.refresh_from_db()
    return client.post(url, {"rev": str(draft.revision), "declared": "on", "submit": "1"} | values)


def citizens_client() -> tuple[Client, User]:
    user = citizen()
    return signed_in(user), user


def content_of(dossier: Dossier) -> dict[str, Any]:
    with working():
        return dict(Answers.objects.get(dossier=dossier).content)


def test_online_the_check_page_names_both_agencies_and_files_only_with_a_choice() -> None:
    client, user = citizens_client()
    draft, url = draft_of(user, BIRTH, birth())
    father, mother = committee(FATHER), committee(MOTHER)

    page = client.get(url).content.decode()
    assert page.count(CHOOSE) == 1
    for value, agency in (("residence_father", father), ("residence_mother", mother)):
        assert f'type="radio" name="chosen_agency" value="{value}"' in page
        assert f"{agency.name} (" in page
    assert 'name="office"' not in page

    refused = sent(client, draft, url)
    assert refused.status_code == 422
    assert "Chọn cơ quan giải quyết." in refused.content.decode()
    for unlawful in ("residence", str(committee("00008").pk), "x", "999999999999"):
        refused = sent(client, draft, url, chosen_agency=unlawful)
        assert refused.status_code == 422, unlawful
        assert "Cơ quan này không được giải quyết" in refused.content.decode()
    assert not Dossier.objects.exists()

    shown = sent(client, draft, url, chosen_agency="residence_mother", recalculate="1")
    assert shown.status_code == 302
    again = client.get(url).content.decode()
    assert f"<strong>{mother.name}</strong>" in again
    assert form_values(client.get(url), action=url).get("chosen_agency", "residence_mother") == "residence_mother"
    assert sent(client, draft, url, chosen_agency="residence_mother").status_code == 302

    dossier = Dossier.objects.get()
    assert dossier.agency == mother
    assert dossier.receiving_office == centre("79")
    assert content_of(dossier)[CHOICE] == "residence_mother"
    staffed(mother)
    assert routed(dossier).agency == mother
    decision = dossier.route_decisions.get()
    assert (decision.outcome, decision.inputs["chosen_fact"], decision.inputs["choice"]) == ("agency", "residence_mother", None)
    assert set(decision.inputs["places"]) >= {"residence_father", "residence_mother"}


@pytest.mark.parametrize("stated", [{"father": MOTHER}, {"father_known": False}], ids=["same commune", "father not stated"])
def test_where_one_agency_results_nothing_is_asked(stated: dict[str, Any]) -> None:
    client, user = citizens_client()
    draft, url = draft_of(user, BIRTH, birth(**stated))

    page = client.get(url).content.decode()

    assert "chosen_agency" not in page
    assert f"<strong>{committee(MOTHER).name}</strong>" in page
    answer = sent(client, draft, url, chosen_agency="residence_father")  # what nobody asked does not count
    assert answer.status_code == 302, answer.context["problem"]
    dossier = Dossier.objects.get()
    assert (dossier.agency, CHOICE in content_of(dossier)) == (committee(MOTHER), False)


def test_a_choice_that_no_longer_exists_is_asked_again() -> None:
    client, user = citizens_client()
    draft, url = draft_of(user, BIRTH, birth())
    sent(client, draft, url, chosen_agency="residence_mother", recalculate="1")
    draft.refresh_from_db()
    draft.answers = birth(FATHER, "00008")
    draft.save()
    assert f"<strong>{committee('00008').name}</strong>" in client.get(url).content.decode()
    draft.answers = birth(FATHER, FATHER)
    draft.save()
    assert f"<strong>{committee(FATHER).name}</strong>" in client.get(url).content.decode()


def test_a_parent_whose_unit_is_still_open_can_be_chosen_and_the_centre_is_asked() -> None:
    client, user = citizens_client()
    old = AdministrativeUnit.objects.get(code="00007", level="commune", valid_to__isnull=False)
    split = address("00007", since="1900-01-01") | {"text": place_label(old), "undecided": True}
    draft, url = draft_of(user, BIRTH, birth() | {"father_residence": split})

    page = client.get(url).content.decode()
    assert 'value="residence_father"' in page
    assert "đơn vị hành chính còn phải xác định" in page
    picked = {"chosen_agency": "residence_father", "office": str(centre("01").pk)}
    if sent(client, draft, url, **picked).status_code == 422:  # what the pick leads to is shown before it is filed
        assert not Dossier.objects.exists()
        sent(client, draft, url, **picked)
    dossier = Dossier.objects.get()
    assert (dossier.agency, content_of(dossier)[CHOICE]) == (None, "residence_father")
    assert routed(dossier).routing == "asked"
    assert dossier.place_questions.get().fact == "residence_father"


def test_at_a_counter_the_page_asks_without_javascript_and_files_what_was_chosen(hanoi: Seat) -> None:
    url = begun(hanoi, BIRTH)
    values = filled(hanoi, url, mother_residence_text=place_label(commune(MOTHER))) | {"action": "submit"}

    asked = hanoi.client.post(url, values)
    assert asked.status_code == 422
    page = asked.content.decode()
    assert page.count(CHOOSE) >= 1
    assert [line.anchor for line in asked.context["errors"]] == ["id_chosen_agency_0"]
    again = form_values(asked, form_id="intake")
    refused = hanoi.client.post(url, again | {"chosen_agency": str(committee().pk), "action": "submit"})
    assert refused.status_code == 422
    assert not Dossier.objects.exists()

    lawful = form_values(refused, form_id="intake") | {"chosen_agency": "residence_mother", "action": "submit"}
    assert hanoi.client.post(url, lawful).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.agency == committee(MOTHER)
    with acting_as(who(hanoi.user).scope):
        assert Answers.objects.get(dossier=dossier).content[CHOICE] == "residence_mother"


def test_the_preview_beside_the_form_shows_the_question_without_complaint(hanoi: Seat) -> None:
    url = begun(hanoi, BIRTH)
    values = filled(hanoi, url, mother_residence_text=place_label(commune(MOTHER)))

    part = hanoi.client.post(url, values, headers={"HX-Request": "true", "HX-Target": "preview"}).content.decode()
    chosen = hanoi.client.post(
        url, values | {"chosen_agency": "residence_mother"}, headers={"HX-Request": "true", "HX-Target": "preview"}
    ).content.decode()

    assert CHOOSE in part
    assert "Chọn cơ quan giải quyết." not in part
    assert f"<strong>{committee(MOTHER).name}</strong>" in chosen
    assert 'value="residence_mother"' in chosen
    assert "checked" in chosen[chosen.index('value="residence_mother"') :][:120]


def test_at_a_counter_parents_of_one_commune_are_not_asked(hanoi: Seat) -> None:
    url = begun(hanoi, BIRTH)
    both = {f"{parent}_residence_text": place_label(commune(MOTHER)) for parent in ("father", "mother")}

    assert hanoi.client.post(url, filled(hanoi, url, **both) | {"action": "submit"}).status_code == 302
    assert Dossier.objects.get().agency == committee(MOTHER)


@pytest.fixture
def any_branch() -> list[Agency]:
    """From SOON on the person may choose any land registration branch of the country; it is that day."""
    new = rule_input("applicant_choice", agency_kind="land_registration_branch", place_fact="", procedure=procedure(LAND))
    published({"action": "replace", "target": rule_of(LAND), "rule": new})
    at_time(datetime.combine(SOON, time(9), LOCAL))
    return list(Agency.objects.on(SOON).filter(kind="land_registration_branch").order_by("pk"))


def land_answers() -> dict[str, Any]:
    answers = {"applicant_kind": "person", "full_name": "Nguyễn Thị Ước", "id_kind": "personal_id", "personal_id": "001190002345"}
    return answers | {"request_text": "Đăng ký biến động", "copies": 1, "place": home(FATHER)}


def test_among_all_agencies_of_a_kind_one_is_found_by_its_name_and_chosen(any_branch: list[Agency]) -> None:
    client, user = citizens_client()
    draft, url = draft_of(user, LAND, land_answers())
    wanted = any_branch[-1]

    page = client.get(url).content.decode()
    assert CHOOSE in page
    assert "chosen_agency_search" in page
    assert page.count('name="chosen_agency" value=') == 20
    found = sent(client, draft, url, chosen_agency_search=wanted.name, recalculate="1")
    assert found.status_code == 302
    assert f'name="chosen_agency" value="{wanted.pk}"' in client.get(url).content.decode()
    assert sent(client, draft, url, chosen_agency=str(committee().pk), chosen_agency_search="x").status_code == 422
    unseen = sent(client, draft, url, chosen_agency=str(wanted.pk), chosen_agency_search="x")
    assert (unseen.status_code, Dossier.objects.exists()) == (422, False)
    assert f"<strong>{wanted.name}</strong>" in unseen.content.decode()
    assert sent(client, draft, url, chosen_agency=str(wanted.pk), chosen_agency_search="x").status_code == 302

    dossier = Dossier.objects.get()
    assert (dossier.agency, content_of(dossier)[CHOICE]) == (wanted, wanted.pk)
    staffed(wanted)
    assert routed(dossier, business_now()).agency == wanted
    decision = dossier.route_decisions.get()
    assert (decision.inputs["choice"], decision.reasons[0]["code"]) == (wanted.pk, "chosen")


def test_what_comes_without_a_choice_waits_for_a_person_who_sees_the_lawful_agencies() -> None:
    dossier = routed(filed(procedure=BIRTH, answers=birth()).dossier)

    assert (dossier.agency, dossier.routing) == (None, "several")
    decision = dossier.route_decisions.get()
    assert decision.reasons[0]["code"] == "lawful_choice"
    assert decision.candidates == [committee(FATHER).pk, committee(MOTHER).pk]
    supervisor = signed_in(staff(Role.SUPERVISOR, centre()))
    page = supervisor.get(f"/giam-sat/chua-ro-tham-quyen/{dossier.code}/").content.decode()
    assert (committee(FATHER).name in page, committee(MOTHER).name in page) == (True, True)


def test_a_batch_gives_the_chosen_agency_and_leaves_what_is_open_to_one_by_one() -> None:
    for code in (FATHER, MOTHER):
        staffed(committee(code))
    chosen = filed(procedure=BIRTH, answers=birth() | {CHOICE: "residence_mother"}).dossier
    by_agency = filed(procedure=BIRTH, answers=birth() | {CHOICE: committee(FATHER).pk}).dossier
    unchosen = filed(procedure=BIRTH, answers=birth()).dossier

    with working():
        done = route_many([chosen.pk, by_agency.pk, unchosen.pk], at=MONDAY)

    assert done == {chosen.pk, by_agency.pk}
    for dossier, agency, inputs in (
        (chosen, committee(MOTHER), ("residence_mother", None)),
        (by_agency, committee(FATHER), ("", committee(FATHER).pk)),
    ):
        dossier.refresh_from_db()
        row = dossier.route_decisions.get()
        assert dossier.agency == agency
        assert (row.inputs["chosen_fact"], row.inputs["choice"]) == inputs


def test_the_choice_holds_on_the_day_of_acceptance_too() -> None:
    staffed(committee(MOTHER))
    dossier = routed(filed(procedure=BIRTH, answers=birth() | {CHOICE: "residence_mother"}).dossier)

    with working():
        decision, _known = decide_for(dossier, (MONDAY + timedelta(days=9)).date())

    assert isinstance(decision, Competent)
    assert decision.agency.id == committee(MOTHER).pk


def test_an_agency_that_was_chosen_is_its_successor_from_the_first_day_on() -> None:
    clerk = staff(Role.CLERK, centre())
    case = filing(clerk, centre(), procedure=BIRTH).case
    answers = birth() | {CHOICE: committee(MOTHER).pk}

    assert facts_for(case, answers, office=None, on=SOON).applicant_choice == committee(MOTHER).pk
    assert facts_for(case, birth() | {CHOICE: True}, office=None, on=SOON).applicant_choice is None
