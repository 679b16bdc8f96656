"""Random steps through the lifecycle, with nothing wrong after any of them; and the same walks with a planted defect.

`WALKS=260 make test ARGS="tests/dossiers/model"` walks ten thousand steps in each half and asks for nearly every step of the table;
it takes half an hour on two processors, so the whole suite walks a tenth of it.
"""

import os
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from dossiers.actions import transition as writer
from dossiers.actions.ledger import Dates, dates_after
from dossiers.lifecycle import ALLOWED_STEPS, TRANSITIONS, State
from tests.dossiers.acts import Acts
from tests.dossiers.model.machine import Life
from tests.factories import MARITAL_STATUS
from tests.procedures.registry import procedure, published, rule_input

pytestmark = pytest.mark.django_db
WALKS_OF_A_HALF = int(os.environ.get("WALKS", "24"))
IS_LONG = WALKS_OF_A_HALF >= 260
STEPS, COVERED = (10_000, 0.95) if IS_LONG else (800, 0.4)
"""Of each of the two halves: how many steps at least, and the share of the table's steps that were walked."""
WALKS = settings(
    deadline=None,
    database=None,
    derandomize=False,
    stateful_step_count=60,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    print_blob=False,
)


@pytest.fixture
def acts() -> Acts:
    """Two communes that will be merged, and a rule that names the other one from December on."""
    made = Acts()
    rule = rule_input("fixed_agency", agency_kind="", place_fact="", agency=made.other, procedure=procedure(MARITAL_STATUS), rank=1)
    published({"action": "add", "rule": rule})
    made.merge()
    return made


def walk(acts: Acts, number: int, **changes: Any) -> type[Life]:
    """The walks of this seed; the machine that made them has the counts."""
    machine = type("Walk", (Life,), {"acts": acts, "taken": Counter(), "tried": Counter()})
    run_state_machine_as_test(seed(number)(machine), settings=settings(WALKS, **changes))
    return machine


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("half", [1, 2] if IS_LONG else [2])
def test_no_walk_breaks_anything_and_every_step_is_walked(acts: Acts, half: int) -> None:
    made = walk(acts, half, max_examples=WALKS_OF_A_HALF)

    steps = made.tried["legal"] + made.tried["illegal"]
    missing = sorted({(source or "", verb.value, to.value) for source, verb, to in ALLOWED_STEPS} - set(made.taken))
    covered = 1 - len(missing) / len(ALLOWED_STEPS)
    sys.stderr.write(f"\n{steps} steps, {covered:.1%} of {len(ALLOWED_STEPS)}; not walked: {missing}; {dict(made.tried.most_common())}\n")
    assert steps >= STEPS
    assert covered >= COVERED, missing
    assert made.tried["illegal"] > STEPS / 4


def _every_step_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        writer, "_row", lambda _dossier, _before, verb: next((r, r.target or State.ASSIGNED) for r in TRANSITIONS if r.verb is verb)
    )


def _no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "tell_national_portal", lambda *_args, **_kwargs: None)


def _a_day_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*args: Any) -> Dates:
        found = dates_after(*args)
        return Dates(found.due_at and found.due_at + timedelta(days=1), found.soon_at)

    monkeypatch.setattr(writer, "dates_after", late)


def _no_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "next_tick", lambda *_args, **_kwargs: None)


@pytest.mark.parametrize(
    ("defect", "found"),
    [
        (_every_step_is_possible, "single writer did|database would refuse|action did|leads to"),
        (_no_message, "told each step"),
        (_a_day_too_late, "the ledger comes to"),
        (_no_entry, "the clock is|database would refuse"),
    ],
    ids=["no_table", "no_message", "wrong_date", "no_entry"],
)
def test_a_planted_defect_is_found(acts: Acts, monkeypatch: pytest.MonkeyPatch, defect: Any, found: str) -> None:
    defect(monkeypatch)

    with pytest.raises(Exception, match=found):
        walk(acts, 3, max_examples=30)
