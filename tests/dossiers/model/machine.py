"""A random walk of several dossiers through their lives: the real actions on the real database, checked after each step.

Time goes on by hours and weeks, over the end of the year, Tết, a change of the rules and a merger of communes. What the table of
steps has is done by the action; what it does not have is tried at three doors: the action, the single writer, and SQL.
"""

from collections import Counter
from datetime import timedelta
from typing import ClassVar

from django.db import DatabaseError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from dossiers.actions.transition import By, StepNotPossible, locked, transition
from dossiers.lifecycle import TRANSITIONS, State, Verb, find
from dossiers.models import Dossier
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from tests.dossiers.acts import BIRTHS, Acts, Birth
from tests.dossiers.forging import ACCEPTED, Forged, agreed, forge
from tests.dossiers.model.invariants import Seen, check_axes, check_clock, check_kept, dossier_of, ledger_of, read
from tests.factories import MONDAY
from tests.factories.reorganisations import DAY

Step = tuple[str, str, str]
MOST = 4
ENDED = ("refused", "withdrawn", "closed")
ENDS = frozenset({Verb.WITHDRAW, Verb.REFUSE, Verb.STOP})
"""Chosen one time in eight, or lives would be short."""
WHAT = ("act",) * 6 + ("trespass",) * 4 + ("time",) * 2
HOURS = (1, 3, 20, 24, 72, 24 * 8)


class Life(RuleBasedStateMachine):
    """`acts` is the world, made once; `taken` and `tried` count over all walks."""

    acts: ClassVar[Acts]
    taken: ClassVar[Counter[Step]] = Counter()
    tried: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.walk = transaction.atomic()
        self.walk.__enter__()
        self.now = MONDAY
        self.seen: dict[int, Seen] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.walk.__exit__(None, None, None)

    @initialize(days=st.integers(0, 75), births=st.lists(st.sampled_from(BIRTHS), min_size=2, max_size=MOST))
    def begin(self, days: int, births: list[Birth]) -> None:
        self.now = MONDAY + timedelta(days=days)
        for birth in births:
            self.be_born(birth)

    @rule(
        which=st.integers(0, MOST - 1),
        what=st.sampled_from(WHAT),
        choice=st.integers(0, 1023),
        verb=st.sampled_from(list(Verb)),
        to=st.sampled_from(list(State)),
    )
    def go_on(self, which: int, what: str, choice: int, verb: Verb, to: State) -> None:
        """Something happens to one of the dossiers; in the place of one that has ended somebody files a new one."""
        pk = list(self.seen)[which % len(self.seen)]
        if what == "time":
            self.now += timedelta(hours=HOURS[choice % len(HOURS)])
        elif what == "trespass":
            self.trespass(dossier_of(pk), verb, to)
        elif self.seen[pk].state in ENDED and choice % 4:
            del self.seen[pk]
            self.be_born(BIRTHS[choice % len(BIRTHS)])
        else:
            self.act(dossier_of(pk), choice)
        self.commit()

    def be_born(self, birth: Birth) -> None:
        self.tried["legal"] += 1
        dossier = self.acts.file(birth, self.now)
        self.seen[dossier.pk] = self.look(dossier.pk)
        assert self.seen[dossier.pk].events[0][1] == birth.verb

    def act(self, dossier: Dossier, choice: int) -> None:
        """A step that the table has, by its action. A guard may still refuse it, and then nothing has changed."""
        verbs = self.possible(dossier, choice)
        if not verbs:
            return
        verb = verbs[choice // 8 % len(verbs)]
        row = find(State(dossier.state), verb, came_from(dossier))
        assert row is not None
        wanted = row.target or (came_from(dossier) if row.came_from else State(dossier.state))
        try:
            self.acts.do(verb, dossier, self.now)
        except DomainError as refused:
            self.tried[f"guarded: {type(refused).__name__}"] += 1
            assert read(dossier.pk) == self.seen[dossier.pk], "a refusal changes nothing"
            return
        self.tried["legal"] += 1
        before = len(self.seen[dossier.pk].events)
        self.seen[dossier.pk] = self.look(dossier.pk)
        self.look_again()
        made = self.seen[dossier.pk].events[before:]
        if not made:
            assert verb in (Verb.HAND_OVER, Verb.ROUTE_TO_RECEPTION), f"{verb} was done and left no event"
            self.tried["left to a person"] += 1
            return
        assert made[0][1] != verb or made[0][3] == wanted, f"{verb} leads to {wanted}"

    def possible(self, dossier: Dossier, choice: int) -> list[Verb]:
        state, origin = State(dossier.state), came_from(dossier)
        verbs = [verb for verb in dict.fromkeys(row.verb for row in TRANSITIONS) if verb in self.acts.acts and find(state, verb, origin)]
        if local(self.now).date() < DAY:
            verbs = [verb for verb in verbs if verb is not Verb.INHERIT]
        going_on = [verb for verb in verbs if verb not in ENDS]
        return verbs if choice % 8 == 0 else going_on or verbs

    def trespass(self, dossier: Dossier, verb: Verb, to: State) -> None:
        """A step that the table does not have passes at none of the three doors."""
        if find(State(dossier.state), verb, came_from(dossier)) is not None:
            return
        self.tried["illegal"] += 1
        if verb in self.acts.acts:
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        self.acts.do(verb, dossier, self.now)
                except (DomainError, DatabaseError):
                    self.tried["illegal, refused by the action"] += 1
                made = [event[1] for event in read(dossier.pk).events[dossier.event_seq :]]
                transaction.set_rollback(True)
            assert verb not in made, f"the action did {verb} in {dossier.state}"
        try:
            with transaction.atomic():
                transition(locked(dossier.pk), verb, By(None, self.now))
        except StepNotPossible:
            pass
        else:
            raise AssertionError(f"the single writer did {verb} in {dossier.state}")
        [outcome] = forge([Forged(dossier.pk, verb, dossier.state, to)])
        assert outcome != ACCEPTED, f"the database let {verb} pass from {dossier.state} to {to}"

    def commit(self) -> None:
        """What is checked at commit is checked now."""
        try:
            agreed()
        except DatabaseError as refused:
            raise AssertionError(f"the database would refuse this at commit: {refused}") from refused

    def look_again(self) -> None:
        """Every dossier that has moved since is checked, and its steps are counted."""
        for pk, event_seq in Dossier.objects.filter(pk__in=self.seen).values_list("pk", "event_seq"):
            if event_seq != self.seen[pk].event_seq:
                self.seen[pk] = self.look(pk)

    def look(self, pk: int) -> Seen:
        before, after = self.seen.get(pk), read(pk)
        check_kept(before, after)
        dossier = dossier_of(pk)
        check_clock(dossier, ledger_of(pk))
        check_axes(dossier)
        for _seq, verb, source, target, *_hashes in after.events[before.event_seq if before else 0 :]:
            self.taken[source, verb, target] += 1
        return after


def came_from(dossier: Dossier) -> State | None:
    return State(dossier.came_from) if dossier.came_from else None
