"""Several dossiers at once: each with its own outcome, nothing passed over, nothing done twice, and nothing signed unread."""

import threading
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import psycopg
import pypdfium2
import pytest
from django.db import IntegrityError, connections, transaction

from dossiers.actions.bulk import run_batch, start_batch
from dossiers.actions.decide import send_back
from dossiers.documents.deliver import make_pdf
from dossiers.models import BulkBatch, BulkItem, DocumentPrint, Dossier, IssuedDocument, Result
from dossiers.queries import of_agency
from dossiers.views.officer.bulkacts import claiming, signing
from portal.accounts.models import Role, User
from portal.core.db import acting_as
from portal.core.workcalendar import local
from tests.dossiers.officer.desk import Desk, agency_desks, desk_of, queries_of, text_of, waiting_dossier
from tests.dossiers.officer.test_giving import by, held, proposed
from tests.factories import MONDAY, committee, staff, who, working
from tests.support.legal_time import SetTime

Connect = Callable[[str], AbstractContextManager["psycopg.Connection[tuple[object, ...]]"]]
QUERY_CEILING = 35


@pytest.fixture
def monday(set_legal_time: SetTime) -> None:
    set_legal_time(MONDAY)


def chosen(desk: Desk, action: str, dossiers: list[Dossier], token: uuid.UUID | None = None) -> str:
    """The dossiers are ticked in the work list; the address of their batch."""
    asked = {"viec": action, "ma": [each.code for each in dossiers], "lo": str(token or uuid.uuid4())}
    return str(desk.post("/xu-ly/nhieu/", asked).headers["Location"])


def done(desk: Desk, url: str, **data: object) -> dict[str, tuple[bool, str]]:
    """The batch is confirmed with all that is ticked; what became of each."""
    ticked = [key for key, _row in desk.get(url).context["rows"]]
    answer = desk.post(f"{url}lam/", {"ho-so": ticked, **data}, follow=True)
    assert answer.status_code == 200, text_of(answer)
    return {one.code: (one.is_done, one.text) for one in answer.context["outcomes"]}


def reviewed(leader: Desk, url: str, untick: tuple[str, ...] = ()) -> None:
    """The leader pages through every result of the batch."""
    address = f"{url}xem/{leader.get(url).context['first_seq']}/"
    while "/xem/" in address:
        page = leader.get(address)
        keep = "0" if page.context["dossier"].code in untick else "1"
        address = leader.post(address, {"version": page.context["dossier"].state_version, "giu": keep}).headers["Location"]
    assert address == url


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_the_leader_pages_through_unticks_one_and_signs_the_rest_at_once(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    ready = [proposed(held(officer), officer.user) for _each in range(4)]
    url = chosen(leader, "ky", ready)
    unread = leader.post(f"{url}lam/", follow=True)
    assert {one.is_done for one in unread.context["outcomes"]} == {False}, "nothing is signed that nobody looked at"
    assert not Result.objects.filter(signed_at__isnull=False).exists()

    url = chosen(leader, "ky", ready)
    reviewed(leader, url, untick=(ready[1].code,))
    send_back(ready[2], by=by(leader.user), reason="Chưa ghi nơi cư trú.", expected_version=ready[2].state_version)
    outcomes = done(leader, url)
    again = done(leader, url)

    assert {code: is_done for code, (is_done, _text) in outcomes.items()} == {
        ready[0].code: True,
        ready[2].code: False,
        ready[3].code: True,
    }
    assert outcomes[ready[2].code][1].startswith("Người khác đã làm trước: ")
    assert again == outcomes, "posting it twice does nothing the second time"
    assert f"Để lại: {ready[1].code}" in text_of(leader.get(url))
    states = dict(Dossier.objects.filter(pk__in=[each.pk for each in ready]).values_list("code", "state"))
    assert [states[each.code] for each in ready[:3]] == [states[ready[0].code], "awaiting_signature", "assigned"]
    signed = Result.objects.filter(signed_at__isnull=False)
    assert {result.signed_by_id for result in signed} == {leader.user.pk}
    assert len({result.number for result in signed}) == 2
    assert BulkItem.objects.filter(outcome="done").count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_what_changed_after_the_leader_looked_is_not_signed(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    ready = proposed(held(officer), officer.user)
    url = chosen(leader, "ky", [ready])
    reviewed(leader, url)
    send_back(ready, by=by(leader.user), reason="Chưa ghi nơi cư trú.", expected_version=ready.state_version)
    ready.refresh_from_db()
    proposed(ready, officer.user)

    (outcome,) = done(leader, url).values()

    assert outcome[0] is False
    assert not Result.objects.filter(signed_at__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_who_proposed_cannot_sign_and_a_batch_is_the_persons_own(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    ready = proposed(held(officer), officer.user)
    url = chosen(leader, "ky", [ready])
    other = desk_of(staff(Role.LEADER, committee()))

    assert [desk.get(url).status_code for desk in (officer, other)] == [404, 404]
    assert other.post(f"{url}lam/").status_code == 404
    assert officer.post("/xu-ly/nhieu/", {"viec": "ky", "ma": [ready.code]}).headers["Location"] == "/xu-ly/"
    item = BulkItem.objects.get()
    with pytest.raises(IntegrityError, match="bulk_item_once"), transaction.atomic():
        BulkItem.objects.create(batch=item.batch, seq=2, code=item.code)


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_each_is_extended_with_one_ground_and_a_letter_of_its_own(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    first, second, free = held(officer), held(officer), waiting_dossier()
    url = chosen(leader, "gia-han", [first, second, free])
    dates = {each.code: each.due_at for each in (first, second)}

    assert leader.post(f"{url}lam/", {"ho-so": [], "days": "3", "reason": "Chờ xác minh ở nơi khác."}).status_code == 302
    assert not BulkItem.objects.exclude(outcome="").exists(), "nothing ticked, nothing done"
    wrong = leader.post(f"{url}lam/", {"days": "0", "reason": ""})
    assert wrong.status_code == 422
    outcomes = done(leader, url, days="3", reason="Chờ xác minh ở nơi khác.")

    assert {code: is_done for code, (is_done, _text) in outcomes.items()} == {first.code: True, second.code: True, free.code: False}
    for each in (first, second):
        each.refresh_from_db()
        assert each.due_at is not None
        assert each.extensions == 1
        former = dates[each.code]
        assert former is not None
        assert local(each.due_at).date() - local(former).date() >= timedelta(days=3)
        letter = IssuedDocument.objects.get(dossier=each, kind="apology_letter")
        assert letter.number in outcomes[each.code][1]
        assert "Chờ xác minh ở nơi khác." in letter.html


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_the_leader_gives_several_to_one_officer(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    taker = staff(Role.OFFICER, committee())
    free, theirs = waiting_dossier(), held(officer)
    stranger = waiting_dossier()
    Dossier.objects.filter(pk=stranger.pk).update(agency=committee("00008"))

    assert officer.post("/xu-ly/nhieu/", {"viec": "giao", "ma": [free.code]}).headers["Location"] == "/xu-ly/"
    outcomes = done(leader, chosen(leader, "giao", [free, theirs, stranger]), to=taker.pk, note="Nhờ chị.")

    assert {code: is_done for code, (is_done, _text) in outcomes.items()} == {free.code: True, theirs.code: True, stranger.code: False}
    assert set(Dossier.objects.filter(pk__in=[free.pk, theirs.pk]).values_list("assigned_to", flat=True)) == {taker.pk}


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_work_papers_are_one_file_and_every_copy_is_on_record(desks: tuple[Desk, Desk]) -> None:
    officer, _leader = desks
    ready, pending = held(officer), held(officer)
    with working():
        for document in IssuedDocument.objects.filter(dossier=ready, kind__in=["control_sheet", "declaration"]):
            make_pdf(document)

    url = chosen(officer, "in", [ready, pending])
    outcomes = done(officer, url)
    file = officer.get(f"{url}tep/")

    assert {code: is_done for code, (is_done, _text) in outcomes.items()} == {ready.code: True, pending.code: False}
    assert "PDF" in outcomes[pending.code][1]
    assert (file.status_code, file.headers["Content-Type"]) == (200, "application/pdf")
    whole = pypdfium2.PdfDocument(file.content)
    text = "".join(page.get_textpage().get_text_range() for page in whole)
    assert ready.code in text
    assert pending.code not in text
    assert {each.document.kind for each in DocumentPrint.objects.select_related("document")} == {"control_sheet", "declaration"}
    assert desk_of(staff(Role.OFFICER, committee())).get(f"{url}tep/").status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_not_more_than_fifty_and_the_rest_is_named(desks: tuple[Desk, Desk]) -> None:
    officer, _leader = desks
    dossier = waiting_dossier()
    codes = [f"H99-000000-{number:04}" for number in range(50)] + [dossier.code]

    answer = officer.post("/xu-ly/nhan-nhieu/", {"muc": "chua-nhan", "ma": codes})

    outcomes = {one.code: one.text for one in answer.context["outcomes"]}
    assert len(outcomes) == 51
    assert outcomes[dossier.code] == "Mỗi lần không quá 50 hồ sơ; hãy chọn lại hồ sơ này."
    dossier.refresh_from_db()
    assert dossier.assigned_to is None


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_as_many_queries_for_fifty_as_for_one(desks: tuple[Desk, Desk]) -> None:
    officer, leader = desks
    dossiers = [proposed(held(officer), officer.user) for _each in range(8)]
    one = queries_of(leader, chosen(leader, "ky", dossiers[:1]))
    many = queries_of(leader, chosen(leader, "ky", dossiers))

    assert (many, many <= QUERY_CEILING) == (one, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_the_same_page_claimed_twice_has_the_same_outcome(desks: tuple[Desk, Desk]) -> None:
    officer, _leader = desks
    dossier, token = waiting_dossier(), str(uuid.uuid4())
    asked = {"muc": "chua-nhan", "ma": [dossier.code], "lo": token}

    first, second = (officer.post("/xu-ly/nhan-nhieu/", asked).context["outcomes"] for _time in range(2))

    assert first == second
    assert first[0].is_done
    assert dossier.events.filter(verb="claim").count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_another_choice_from_the_same_page_is_a_batch_of_its_own(desks: tuple[Desk, Desk]) -> None:
    officer, _leader = desks
    first, second = held(officer), held(officer)
    token = uuid.uuid4()

    printed = chosen(officer, "in", [first], token)
    extended, again = (chosen(officer, "gia-han", [first], token) for _time in range(2))
    others = chosen(officer, "in", [first, second], token)

    assert again == extended, "posted twice"
    assert chosen(officer, "in", [first], token) == printed
    assert len({printed, extended, others}) == 3
    batches = {str(each.token): (each.action, [item.code for item in each.items.order_by("seq")]) for each in BulkBatch.objects.all()}
    assert [batches[url.rstrip("/").split("/")[-1]] for url in (printed, extended, others)] == [
        ("print", [first.code]),
        ("extend", [first.code]),
        ("print", [first.code, second.code]),
    ]


# --- races ----------------------------------------------------------------------------------------------------------------


def _batch(user: User, action: BulkBatch.Action, dossiers: list[Dossier]) -> BulkBatch:
    among = of_agency(who(user))
    return start_batch([each.code for each in dossiers], token=uuid.uuid4(), user=user, action=action, among=among, at=MONDAY)


def test_the_same_batch_posted_twice_at_once_signs_each_result_once(committed_db: None) -> None:
    officer, leader = agency_desks()
    ready = [proposed(held(officer), officer.user) for _each in range(3)]
    batch = _batch(leader.user, BulkBatch.Action.SIGN, ready)
    for item in batch.items.select_related("dossier"):
        assert item.dossier is not None
        BulkItem.objects.filter(pk=item.pk).update(seen_version=item.dossier.state_version)
    errors: list[BaseException] = []
    gate = threading.Barrier(2)

    def post() -> None:
        try:
            gate.wait(10)
            with acting_as(who(leader.user).scope):
                run_batch(batch, signing(who(leader.user), MONDAY), at=MONDAY)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    assert [item.outcome for item in batch.items.order_by("seq")] == ["done"] * 3
    assert Result.objects.filter(signed_at__isnull=False).count() == 3
    assert [each.events.filter(verb="sign").count() for each in ready] == [1, 1, 1]


def test_a_dossier_that_a_colleague_has_locked_is_lost_and_the_others_are_done(committed_db: None, as_role: Connect) -> None:
    officer, _leader = agency_desks()
    first, second = waiting_dossier(), waiting_dossier()
    batch = _batch(officer.user, BulkBatch.Action.CLAIM, [first, second])

    with as_role("portal_web") as colleague, colleague.transaction():
        colleague.execute("SELECT 1 FROM dossiers_dossier WHERE id = %s::bigint FOR UPDATE", [first.pk])
        run_batch(batch, claiming(who(officer.user), MONDAY), at=MONDAY)

    assert list(batch.items.order_by("seq").values_list("outcome", flat=True)) == ["lost", "done"]
    first.refresh_from_db()
    assert first.assigned_to is None


@pytest.mark.django_db
def test_an_outcome_is_never_rewritten(desks: tuple[Desk, Desk]) -> None:
    dossier = waiting_dossier()
    batch = _batch(desks[0].user, BulkBatch.Action.CLAIM, [dossier])
    run_batch(batch, claiming(who(desks[0].user), MONDAY), at=MONDAY)

    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        BulkItem.objects.update(outcome="refused")
