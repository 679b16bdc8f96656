"""Linked procedures as one matter: each dossier with its own agency, clock and code, started when the earlier result is there."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from dossiers.actions.decide import Proposal, claim, propose, sign
from dossiers.actions.delay import withdraw
from dossiers.actions.matters import NothingLinked, file_matter
from dossiers.actions.reopen import reopen
from dossiers.actions.stop import Ground, resume, stop
from dossiers.actions.transition import By
from dossiers.documents.access import documents_for
from dossiers.models import Answers, Dossier, Matter, MatterStep, Paper, PreparedStep
from portal.accounts.models import User
from portal.core.db import NOBODY, acting_as
from portal.core.errors import DomainError
from portal.outbox.models import OutboxMessage
from procedures.formschema.answers import CHOICE, validate_answers
from procedures.formschema.conditions import fields_in, parse_condition
from procedures.formschema.library import form_for
from procedures.formschema.schema import parse_schema
from procedures.models import Procedure
from procedures.queries.linked import led_by, linked_procedures
from tests.dossiers.officer.desk import desk_of, queries_of, text_of
from tests.factories import MONDAY, TODAY, citizen, decided, who, working
from tests.factories.matters import BIRTH, CHILD_ID, DEATH, dossiers_of, filed_matter, linked_answers, matter_filing, under_way

db = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=3)
GRANTED = {"details": {"personal_id": CHILD_ID, "child_name": "Nguyễn Ngọc Bảo Ân"}, "summary": "Đăng ký khai sinh cho trẻ."}


def states(matter: Matter) -> list[tuple[str, str]]:
    """State and reason of every step, in order."""
    return list(MatterStep.objects.filter(matter=matter).order_by("seq").values_list("state", "reason"))


def granted(dossier: Dossier, people: tuple[User, User], **proposal: Any) -> None:
    decided(dossier, *people, at=LATER, **(GRANTED | proposal))


def refusal(dossier: Dossier) -> Any:
    return dossier.version.results.filter(outcome="refusal").order_by("pk")[:1].get()


@db
@pytest.mark.parametrize("code", [BIRTH, DEATH])
def test_the_one_form_answers_what_each_dossier_asks(code: str) -> None:
    """Every child's form accepts what it takes from the one form; only what the result knows is still open."""
    answers, asked = linked_answers(code), {item.key for _section, item in parse_schema(form_for(code)).fields()}
    for linked in linked_procedures(Procedure.objects.get(code=code), TODAY):
        own = linked.answers_from(answers) | dict.fromkeys(linked.answers_of_result, CHILD_ID)
        form = validate_answers(linked.case.form, own, today=date(2026, 11, 22))
        assert form.is_valid(), (linked.code, form.errors)
        keys = {each.key: each for each in linked.case.requirements.all()}
        assert set(linked.papers_from_result) <= set(keys)
        for key, each in keys.items():
            if each.show and key not in linked.papers_from_result:
                assert fields_in(parse_condition(each.show)) <= asked, (linked.code, key)


@db
def test_a_birth_starts_the_residence_and_the_health_card_each_with_its_own_agency_clock_and_slip() -> None:
    owner = citizen()
    done = filed_matter(applicant=owner)
    matter, birth = done.matter, done.lead

    assert matter.code == f"LT-{birth.code}"
    assert [each.procedure.code for each in dossiers_of(matter)] == ["1.001193"]
    assert states(matter) == [("started", ""), ("waiting", ""), ("waiting", "")]
    birth, people = under_way(birth)
    assert birth.agency is not None
    granted(birth, people)

    assert states(matter) == [("started", "")] * 3
    dossiers = dossiers_of(matter)
    assert [each.procedure.code for each in dossiers] == ["1.001193", "1.004222", "1.002759"]
    assert len({each.code for each in dossiers}) == 3
    residence, card = (under_way(each, LATER)[0] for each in dossiers[1:])
    assert residence.agency is not None
    assert card.agency is not None
    assert [each.kind for each in (birth.agency, residence.agency, card.agency)] == [
        "commune_committee", "commune_police", "social_insurance_branch",
    ]  # fmt: skip
    assert (birth.place.code, residence.place.code) == ("26743", "26560")  # type: ignore[union-attr]
    assert birth.filed_at == MONDAY
    assert (residence.filed_at, card.filed_at) == (LATER, LATER)
    assert residence.applicant == card.applicant == owner
    dues = [Dossier.objects.get(pk=each.pk).first_due_at or each.case.time_rule for each in (birth, residence, card)]
    assert len(set(dues)) == 3
    for each in (residence, card):
        slips = each.documents.filter(kind__in=["receipt_slip", "acknowledgement"])
        assert slips.count() == 1
        born = each.events.get(seq=1)
        assert (born.actor, birth.code in born.note, matter.code in born.note) == (None, True, True)
        message = OutboxMessage.objects.get(stream=OutboxMessage.Stream.NATIONAL, subject_id=each.pk, sequence=1)
        assert (message.kind, message.payload["code"]) == ("create", each.code)


@db
def test_the_result_is_taken_over_and_opened_by_the_next_agency_only() -> None:
    done = filed_matter()
    birth, people = under_way(done.lead)
    granted(birth, people)
    (residence, police), (card, _insurance) = (under_way(each, LATER) for each in dossiers_of(done.matter)[1:])
    result = birth.documents.get(kind="result")

    with working():
        answers = {each.pk: Answers.objects.get(dossier=each).content for each in (residence, card)}
        papers = list(Paper.objects.filter(dossier=residence).values_list("requirement_key", "copies"))
    assert answers[residence.pk]["personal_id"] == answers[card.pk]["personal_id"] == CHILD_ID
    assert answers[residence.pk]["full_name"] == "Nguyễn Ngọc Bảo Ân"
    assert answers[residence.pk]["is_head"] is False
    assert {"mother_full_name", "requester_name"} & set(answers[card.pk]) == set()
    assert papers == [("chung-minh-quan-he-nhan-than-voi-chu-ho", 1)]

    officer, _leader = police
    assert documents_for(who(officer)).filter(pk=result.pk).exists()
    assert not documents_for(who(people[0])).filter(dossier=residence).exists()
    page = text_of(desk_of(officer).get(f"/xu-ly/{residence.code}/"))
    assert done.matter.code in page
    assert f'href="/xu-ly/{birth.code}/"' not in desk_of(officer).get(f"/xu-ly/{residence.code}/").content.decode()
    assert result.number in page


@db
def test_a_death_starts_the_optional_dossier_only_when_it_is_asked_for() -> None:
    with_support = filed_matter(code=DEATH)
    without = filed_matter(code=DEATH, answers=linked_answers(DEATH, wants_funeral_support=False))

    assert [row.version.procedure.code for row in with_support.matter.steps.order_by("seq")] == ["1.000656", "1.003197", "1.001731"]
    assert [row.version.procedure.code for row in without.matter.steps.order_by("seq")] == ["1.000656", "1.003197"]
    death, people = under_way(with_support.lead)
    decided(death, *people, at=LATER)
    removal, support = dossiers_of(with_support.matter)[1:]
    with working():
        assert Answers.objects.get(dossier=removal).content["request_text"].startswith("Xóa đăng ký thường trú của Phan Văn Ẩm")
        assert Paper.objects.get(dossier=support).requirement_key == "ban-sao-giay-chung-tu"


@db
def test_a_result_against_it_leaves_the_others_not_started_and_a_correction_starts_them() -> None:
    done = filed_matter()
    birth, people = under_way(done.lead)
    granted(birth, people, type=refusal(birth), summary="Giấy chứng sinh không hợp lệ theo Điều 16 Luật Hộ tịch.")

    assert states(done.matter) == [("started", ""), ("not_started", "refused"), ("not_started", "refused")]
    assert len(dossiers_of(done.matter)) == 1
    birth.refresh_from_db()
    leader = people[1]
    with acting_as(who(leader).scope):
        by = By(leader, LATER, agency=birth.agency)
        reopen(birth, by=by, reason="Giấy chứng sinh hợp lệ, đã đối chiếu lại.", expected_version=birth.state_version)
    birth.refresh_from_db()
    officer = birth.assigned_to
    assert officer is not None
    kind = birth.version.results.filter(outcome="grant").order_by("pk")[:1].get()
    with acting_as(who(officer).scope):
        proposal = Proposal(type=kind, summary="Đăng ký khai sinh.", details=GRANTED["details"])  # type: ignore[arg-type]
        propose(birth, by=By(officer, LATER, agency=birth.agency), proposal=proposal, expected_version=birth.state_version)
    birth.refresh_from_db()
    with acting_as(who(leader).scope):
        sign(birth, by=By(leader, LATER, agency=birth.agency), expected_version=birth.state_version)

    assert states(done.matter) == [("started", "")] * 3


@db
def test_withdrawing_the_first_names_the_reason_and_withdrawing_a_later_one_leaves_the_others() -> None:
    owner = citizen()
    one, other = filed_matter(applicant=owner), filed_matter(applicant=owner)
    withdraw(one.lead, by=By(owner, LATER), reason="Chúng tôi sẽ nộp sau.")
    assert states(one.matter) == [("started", ""), ("not_started", "withdrawn"), ("not_started", "withdrawn")]

    birth, people = under_way(other.lead)
    granted(birth, people)
    residence, card = dossiers_of(other.matter)[1:]
    withdraw(residence, by=By(owner, LATER), reason="Trẻ ở cùng ông bà.")

    card.refresh_from_db()
    birth.refresh_from_db()
    assert card.is_open
    assert birth.state != "withdrawn"
    assert states(other.matter) == [("started", "")] * 3


@db
def test_a_pause_keeps_the_others_waiting_and_a_final_stop_does_not() -> None:
    done = filed_matter()
    birth, (officer, leader) = under_way(done.lead)
    with acting_as(who(officer).scope):
        claim(birth, by=By(officer, MONDAY, agency=birth.agency))
    by = By(leader, LATER, agency=birth.agency)
    for is_pause, wanted in ((True, ("waiting", "")), (False, ("not_started", "stopped"))):
        birth.refresh_from_db()
        with acting_as(who(leader).scope):
            stop(
                birth,
                by=by,
                ground=Ground("dispute", "Đang có tranh chấp về cha mẹ.", is_pause=is_pause),
                expected_version=birth.state_version,
            )
        assert states(done.matter)[1:] == [wanted] * 2
        birth.refresh_from_db()
        if is_pause:
            with acting_as(who(leader).scope):
                resume(birth, by=by, reason="Tranh chấp đã được giải quyết.", expected_version=birth.state_version)


@db
def test_filing_twice_makes_one_matter_and_an_ordinary_procedure_makes_none() -> None:
    clerk = filed_matter().matter.filed_by
    token = uuid.uuid4()
    office = Matter.objects.get().office
    with acting_as(who(clerk).scope):
        first = file_matter(matter_filing(clerk, office, submit_token=token))
        again = file_matter(matter_filing(clerk, office, submit_token=token))
        with pytest.raises(NothingLinked):
            file_matter(matter_filing(clerk, office, procedure="1.004873"))

    assert (first.is_new, again.is_new) == (True, False)
    assert (first.matter, first.lead, first.secret) == (again.matter, again.lead, again.secret)
    assert (Matter.objects.count(), Dossier.objects.count()) == (2, 2)
    assert [each.procedure.code for each in led_by(Procedure.objects.get(code="1.001193"), TODAY)] == [BIRTH]


@db
def test_the_database_keeps_a_matter_as_it_was_filed() -> None:
    done, other = filed_matter(applicant=citizen()), filed_matter()
    step = done.matter.steps.get(seq=2)
    stranger = other.lead
    kept = "version_id, case_id, office_id, after_id, state, reason, changed_at"
    table = "dossiers_matterstep"
    copy = f"INSERT INTO {table} (matter_id, seq, {kept}) SELECT {{}}, {kept} FROM {table} WHERE id = {step.pk}"
    refused = {
        "matter_never_changes": f"UPDATE dossiers_matter SET applicant_id = filed_by_id WHERE id = {done.matter.pk}",
        "matter_step_starts_once": f"UPDATE {table} SET state = 'waiting', dossier_id = NULL WHERE dossier_id = {done.lead.pk}",
        "matter_step_is_what_it_says": f"UPDATE {table} SET state = 'not_started' WHERE id = {step.pk}",
        "matter_of_one_applicant": f"UPDATE {table} SET state = 'started', dossier_id = {stranger.pk} WHERE id = {step.pk}",
        "matter_step_once": copy.format("matter_id, seq"),
        "matter_step_follows_its_own": copy.format(f"{other.matter.pk}, 9"),
    }
    for name, statement in refused.items():
        with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert caught.value.__cause__.diag.constraint_name == name, (name, caught.value)  # type: ignore[union-attr]
    for table in ("dossiers_matter", "dossiers_matterstep", "dossiers_preparedstep"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    assert Matter.objects.filter(pk=done.matter.pk).update(secret_issue=2) == 1


@db
def test_what_waits_is_read_by_whoever_filed_it_and_by_nobody_else() -> None:
    owner = citizen()
    done = filed_matter(applicant=owner)
    _birth, (officer, _leader) = under_way(done.lead)
    seen = {}
    for name, scope in (
        ("owner", who(owner).scope),
        ("clerk", who(done.matter.filed_by).scope),
        ("officer", who(officer).scope),
        ("", NOBODY),
    ):
        with acting_as(scope):
            seen[name] = PreparedStep.objects.filter(step__matter=done.matter).count()

    assert seen == {"owner": 2, "clerk": 2, "officer": 0, "": 0}


@db
def test_the_citizen_sees_one_matter_in_the_list_with_as_many_queries_for_fifty() -> None:
    owner = citizen()
    desk = desk_of(owner)
    done = filed_matter(applicant=owner)
    birth, people = under_way(done.lead)
    page = text_of(desk.get("/ho-so-cua-toi/"))
    assert page.count(done.matter.code) == 1
    assert done.matter.version.short_name in page
    assert "Đăng ký thường trú" in page
    one = queries_of(desk, "/ho-so-cua-toi/")

    granted(birth, people)
    birth.refresh_from_db()
    assert text_of(desk.get("/ho-so-cua-toi/")).count(done.matter.code) == 1
    for _number in range(6):
        filed_matter(done.matter.filed_by, applicant=owner)
    assert queries_of(desk, "/ho-so-cua-toi/") == one
    for each in dossiers_of(done.matter):
        if each.is_open and each.state not in ("issued", "in_transfer_to_counter"):
            withdraw(each, by=By(owner, LATER), reason="Không cần nữa.")
    assert done.matter.code in text_of(desk.get("/ho-so-cua-toi/"))
    assert done.matter.code not in text_of(desk.get("/ho-so-cua-toi/?xong=1"))


@db
def test_code_and_secret_open_the_matter_and_all_its_dossiers_without_names() -> None:
    done = filed_matter(applicant=citizen())
    anybody = Client()
    wrong = anybody.post("/tra-cuu/", {"ma": done.matter.code, "secret": "AAAA-AAAA"})
    assert wrong.status_code == 422
    right = anybody.post("/tra-cuu/", {"ma": done.matter.code.lower().replace("-", " - "), "secret": done.secret})

    assert right.headers["Location"] == f"/tra-cuu/lien-thong/{done.matter.code}/"
    page = text_of(anybody.get(right.headers["Location"]))
    assert done.lead.code in page
    assert done.matter.owner_name not in page
    assert "Rút một hồ sơ không rút các hồ sơ khác" in page
    assert anybody.get(f"/tra-cuu/{done.lead.code}/").status_code == 200
    assert Client().get(f"/tra-cuu/lien-thong/{done.matter.code}/").status_code == 302
    Matter.objects.filter(pk=done.matter.pk).update(secret_issue=2)
    assert anybody.get(f"/tra-cuu/lien-thong/{done.matter.code}/").status_code == 302


def test_sign_against_withdraw_leaves_either_started_dossiers_or_a_named_reason(committed_db: None) -> None:
    for _round in range(4):
        owner = citizen(personal_id=f"0011900{uuid.uuid4().int % 100000:05}")
        done = filed_matter(applicant=owner)
        birth, (officer, leader) = under_way(done.lead)
        with acting_as(who(officer).scope), transaction.atomic():
            claim(birth, by=By(officer, MONDAY, agency=birth.agency))
            birth.refresh_from_db()
            kind = birth.version.results.filter(outcome="grant").order_by("pk")[:1].get()
            proposal = Proposal(type=kind, summary="Đăng ký khai sinh cho trẻ.", details=GRANTED["details"])  # type: ignore[arg-type]
            propose(birth, by=By(officer, MONDAY, agency=birth.agency), proposal=proposal, expected_version=birth.state_version)
        birth.refresh_from_db()
        together = Barrier(2)

        def signing(birth: Dossier = birth, leader: User = leader, together: Barrier = together) -> bool:
            return _raced(
                together,
                lambda: sign(birth, by=By(leader, LATER, agency=birth.agency), expected_version=birth.state_version),
                leader,
            )

        def withdrawing(birth: Dossier = birth, owner: User = owner, together: Barrier = together) -> bool:
            return _raced(together, lambda: withdraw(birth, by=By(owner, LATER), reason="Nộp lại sau."), owner)

        with ThreadPoolExecutor(2) as pool:
            outcomes = [each.result() for each in (pool.submit(signing), pool.submit(withdrawing))]

        assert sum(outcomes) == 1, outcomes
        left = states(done.matter)[1:]
        assert left == ([("started", "")] * 2 if outcomes[0] else [("not_started", "withdrawn")] * 2)
        assert len(dossiers_of(done.matter)) == (3 if outcomes[0] else 1)


def _raced(together: Barrier, act: Callable[[], object], user: User) -> bool:
    """Whether this one was faster; on a connection of its own."""
    try:
        with acting_as(who(user).scope):
            together.wait(timeout=20)
            act()
    except DomainError:
        return False
    finally:
        connections.close_all()
    return True


def test_the_choice_is_about_the_first_dossier() -> None:
    assert linked_answers()[CHOICE] == "residence_father"
