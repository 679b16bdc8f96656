"""Two people at the same moment: one does it, the other is told so in words, and the history is whole.

Each race is run again with its guard switched off, and must then be lost: else it would prove nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from dossiers.actions.answer_place import answer_place
from dossiers.actions.decide import claim, sign
from dossiers.actions.file import file
from dossiers.actions.print_again import print_again
from dossiers.actions.reassign import Giving, reassign
from dossiers.actions.route import route
from dossiers.actions.transition import By
from dossiers.chains import verify
from dossiers.lifecycle import Verb
from dossiers.models import CodeCounter, DocumentPrint, Dossier
from portal.accounts.models import Role
from portal.agencies.models import Office
from portal.core.clock import LOCAL, technical_now
from portal.core.db import acting_as
from portal.outbox.models import OutboxMessage
from portal.outbox.replays import By as Operator
from portal.outbox.replays import Chosen, replay
from tests.dossiers.acts import BIRTHS, REASON, Acts
from tests.dossiers.model.invariants import dossier_of, read
from tests.dossiers.racing import judged, race, replaced, unlocked
from tests.dossiers.routing.test_place_questions import divided, undecided
from tests.factories import MONDAY, filing, marital_answers, routed, staff, working
from tests.support import databases

pytestmark = pytest.mark.together
LATER = MONDAY + timedelta(hours=2)
TOO_LATE = LATER + timedelta(days=20)
NEW_YEAR = datetime(2027, 1, 1, 0, 0, tzinfo=LOCAL)
Act = Callable[[Acts, Dossier], object]
V = Verb
TAKEN, PLAIN, ONLINE, UNPAID = BIRTHS[:4]
CLAIMED = (V.HAND_OVER, V.CLAIM)
PROPOSED = (*CLAIMED, V.PROPOSE)
CARD = 1
AT_GATE = (V.ROUTE_TO_RECEPTION,)


@dataclass(frozen=True, slots=True)
class Race:
    """A dossier that has come so far, and two acts on it as both saw it. `check`: what must be true of it afterwards."""

    name: str
    first: Act
    second: Act
    way: tuple[Verb, ...] = CLAIMED
    birth: Any = TAKEN
    kind: int = 0
    both_may_win: bool = False
    check: Callable[[Dossier], object] = lambda _dossier: True
    off: Callable[[], AbstractContextManager[None]] = unlocked
    made: Callable[[Acts], Dossier] | None = None


def do(verb: Verb, at: datetime = LATER) -> Act:
    return lambda acts, dossier: acts.do(verb, dossier, at)


def by_officer(number: int) -> Act:
    return lambda acts, dossier: claim(dossier, by=By(acts.officers[number], LATER, agency=dossier.agency))


def by_leader(number: int) -> Act:
    return lambda acts, dossier: sign(
        dossier, by=By(acts.leaders[number], LATER, agency=dossier.agency), expected_version=dossier.state_version
    )


def given_by_leader(number: int) -> Act:
    """To the officer who does not hold it, by one leader or the other."""

    def act(acts: Acts, dossier: Dossier) -> object:
        to = next(each for each in acts.officers if each.pk != dossier.assigned_to_id)
        by = By(acts.leaders[number], LATER, agency=dossier.agency)
        return reassign(dossier, by=by, giving=Giving(to, REASON), expected_version=dossier.state_version)

    return act


def filed_again(acts: Acts, dossier: Dossier) -> object:
    """The form of the dossier is sent, before it is there."""
    token = dossier.submit_token
    return file(replace(filing(acts.clerk, acts.there), submit_token=token.__class__(int=token.int ^ 1)))


def filed_new(acts: Acts, _dossier: Dossier) -> object:
    return file(filing(acts.clerk, acts.there))


def printed(acts: Acts, dossier: Dossier) -> object:
    document = dossier.documents.order_by("pk")[0]
    return print_again(document, by=By(acts.clerk, LATER, office=acts.here))


def routed_by_worker(_acts: Acts, dossier: Dossier) -> object:
    with working():
        return route(dossier.pk, at=LATER)


def answered(acts: Acts, dossier: Dossier) -> object:
    question = dossier.place_questions.get()
    clerk = staff(Role.CLERK, question.office)
    return answer_place(question, by=By(clerk, LATER, office=question.office), unit=None, note="Thôn này không còn tồn tại.")


def asked(acts: Acts) -> Dossier:
    return routed(file(filing(acts.clerk, acts.here, answers=marital_answers(undecided(divided())))).dossier)


def parked(acts: Acts) -> Dossier:
    dossier = acts.file(TAKEN, MONDAY)
    messages = OutboxMessage.objects.filter(stream="national", subject_id=dossier.pk)
    messages.update(parked_at=technical_now(), parked_reason="invalid: MaTTHC")
    return dossier


def replayed(acts: Acts, dossier: Dossier) -> object:
    by = Operator(acts.supervisor, technical_now(), "Danh mục của Cổng đã được sửa.")
    return replay(Chosen(stream="national", subject_id=dossier.pk), by=by)


def _last_code(office: Office, day: Any) -> str:
    """As it is often written: read the number, add one, write it."""
    counter, _made = CodeCounter.objects.get_or_create(office=office, day=day, defaults={"last": 0})
    CodeCounter.objects.filter(pk=counter.pk).update(last=counter.last + 1)
    return f"{office.code}-{day:%y%m%d}-{counter.last + 1:04d}"


@contextmanager
def _nobody_looks() -> Iterator[None]:
    """No lock, and acceptance does not ask whether the agency has ended: its own step would be refused as stale."""
    with unlocked(), replaced("dossiers.actions.recheck.hand_on", lambda _dossier, *, at: None):
        yield


def _state(*states: str) -> Callable[[Dossier], object]:
    return lambda dossier: dossier.state in states


RACES = (
    Race("sign, sign", by_leader(0), by_leader(1), PROPOSED),
    Race("sign, send back", do(V.SIGN), do(V.SEND_BACK), PROPOSED),
    Race("send back, sign", do(V.SEND_BACK), do(V.SIGN), PROPOSED, check=_state("assigned")),
    Race("stop, sign", do(V.STOP), do(V.SIGN), PROPOSED, check=_state("stopped")),
    Race("claim, claim", by_officer(0), by_officer(1), (V.HAND_OVER,)),
    Race("claim, reassign", by_officer(0), given_by_leader(0), (V.HAND_OVER,)),
    Race("reassign, claim", given_by_leader(0), by_officer(1), (V.HAND_OVER,)),
    Race("reassign, reassign", given_by_leader(0), given_by_leader(1)),
    Race("release, propose", do(V.RELEASE), do(V.PROPOSE)),
    Race("supplement, refuse", do(V.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE), do(V.REFUSE), AT_GATE, ONLINE),
    Race("refuse, accept", do(V.REFUSE), do(V.ACCEPT), AT_GATE, ONLINE, check=_state("refused")),
    Race("accept, reroute", do(V.ACCEPT), do(V.REROUTE), AT_GATE, ONLINE),
    Race("not competent, accept", do(V.RETURN_NOT_COMPETENT), do(V.ACCEPT), AT_GATE, ONLINE),
    Race("withdraw, sign", do(V.WITHDRAW), do(V.SIGN), PROPOSED, check=_state("withdrawn")),
    Race("sign, withdraw", do(V.SIGN), do(V.WITHDRAW), PROPOSED, check=lambda dossier: dossier.finished_at is not None),
    Race("claim, withdraw", by_officer(0), do(V.WITHDRAW), (V.HAND_OVER,), both_may_win=True, check=_state("withdrawn")),
    Race("withdraw, claim", do(V.WITHDRAW), by_officer(0), (V.HAND_OVER,), check=_state("withdrawn")),
    Race("pay, pay", do(V.SETTLE_PAYMENT), do(V.SETTLE_PAYMENT), (), UNPAID),
    Race(
        "pay, withdraw", do(V.SETTLE_PAYMENT), do(V.WITHDRAW), (), UNPAID, both_may_win=True,
        check=lambda dossier: dossier.fee_lines.filter(state="refund_due").exists(),
    ),
    Race("set the fee twice", do(V.SET_FEE), do(V.SET_FEE)),
    Race("extend twice", do(V.EXTEND), do(V.EXTEND), check=lambda dossier: dossier.extensions == 1),
    Race("answer, run out", do(V.ANSWER_SUPPLEMENT), do(V.SUPPLEMENT_EXPIRED, TOO_LATE), (*CLAIMED, V.ASK_SUPPLEMENT)),
    Race("run out, answer", do(V.SUPPLEMENT_EXPIRED, TOO_LATE), do(V.ANSWER_SUPPLEMENT), (*CLAIMED, V.ASK_SUPPLEMENT)),
    Race("recount, suspend", do(V.RECOUNT), do(V.ASK_SUPPLEMENT)),
    Race("resume twice", do(V.RESUME_STOPPED), do(V.RESUME_STOPPED), (*CLAIMED, V.STOP)),
    Race("reopen twice", do(V.REOPEN), do(V.REOPEN), (*PROPOSED, V.SIGN)),
    Race("arrive twice", do(V.ARRIVE), do(V.ARRIVE), (*PROPOSED, V.SIGN), kind=CARD),
    Race("hand back twice", do(V.HAND_BACK), do(V.HAND_BACK), (*PROPOSED, V.SIGN, V.ARRIVE), kind=CARD),
    Race("call away, hand back", do(V.SEND_RESULT), do(V.HAND_BACK), (*PROPOSED, V.SIGN, V.ARRIVE), kind=CARD),
    Race("route twice", routed_by_worker, routed_by_worker, (), both_may_win=True, check=lambda dossier: dossier.event_seq == 2),
    Race("answer for a place twice", answered, answered, made=asked),
    Race("send again twice", replayed, replayed, made=parked),
    Race(
        "print twice", printed, printed, (), both_may_win=True,
        check=lambda dossier: sorted(DocumentPrint.objects.filter(document__dossier=dossier).values_list("copy_no", flat=True)) == [1, 2],
    ),
    Race(
        "file twice", filed_again, filed_again, (), both_may_win=True,
        off=lambda: replaced("dossiers.actions.file.alone", lambda _token: None),
    ),
    Race(
        "two at one counter", filed_new, filed_new, (), both_may_win=True,
        off=lambda: replaced("dossiers.actions.file.next_code", _last_code),
    ),
    Race("merger at midnight, accept", do(V.INHERIT, NEW_YEAR), do(V.ACCEPT, NEW_YEAR), AT_GATE, ONLINE, off=_nobody_looks),
)  # fmt: skip


@pytest.fixture(scope="module")
def acts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Acts]:
    """The people, committed; after all races this process has a fresh database."""
    with django_db_blocker.unblock():
        made = Acts()
        made.merge()
        yield made
        connections.close_all()
        databases.clone(settings.DATABASES["default"]["NAME"])


def run(acts: Acts, planned: Race) -> None:
    """The race, with everything that must hold afterwards. Raises AssertionError."""
    acts.kind = planned.kind
    with acting_as(acts.scope):
        dossier = planned.made(acts) if planned.made else acts.file(planned.birth, MONDAY)
    for verb in () if planned.made else planned.way:
        acts.do(verb, dossier_of(dossier.pk), MONDAY)
    first, second = dossier_of(dossier.pk), dossier_of(dossier.pk)

    def as_everybody(act: Act, seen: Dossier) -> object:
        with acting_as(acts.scope):
            return act(acts, seen)

    one, two = race(lambda: as_everybody(planned.first, first), lambda: as_everybody(planned.second, second))

    judged(one, two, both_may_win=planned.both_may_win)
    read(dossier.pk)
    assert not verify(dossier.code).broken
    assert planned.check(dossier_of(dossier.pk))


@pytest.mark.parametrize("planned", RACES, ids=lambda planned: planned.name)
def test_one_does_it_and_the_other_is_told_so(acts: Acts, planned: Race) -> None:
    run(acts, planned)


@pytest.mark.parametrize("planned", RACES, ids=lambda planned: planned.name)
def test_without_its_guard_the_race_is_lost(acts: Acts, planned: Race) -> None:
    with planned.off(), pytest.raises(AssertionError):
        run(acts, planned)
