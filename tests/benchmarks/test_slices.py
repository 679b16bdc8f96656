"""The arithmetic of the verdicts. Nothing is timed here."""

import pytest

from tests.benchmarks.slices import in_turn, ratio_of


def test_pairs_are_divided_before_the_middle_is_taken() -> None:
    ratio = ratio_of([2.0, 9.0, 40.0], [1.0, 3.0, 40.0])

    assert (ratio.median, ratio.first, ratio.second, ratio.slices) == (2.0, 9.0, 3.0, 3)


@pytest.mark.parametrize(
    ("ratios", "is_missed"),
    [
        pytest.param([1.1, 1.1, 1.1, 9.0], False, id="one bad slice"),
        pytest.param([1.0, 1.1, 1.3, 1.4, 1.5], False, id="the quartiles hold the goal"),
        pytest.param([1.25, 1.3, 1.3, 1.4, 1.1], True, id="missed for certain"),
    ],
)
def test_a_goal_is_missed_only_for_certain(ratios: list[float], is_missed: bool) -> None:
    assert ratio_of(ratios, [1.0] * len(ratios)).misses(1.2) is is_missed


def test_sides_take_turns_at_beginning() -> None:
    seen: list[str] = []

    in_turn(lambda: float(len(seen.append("a") or seen)), lambda: float(len(seen.append("b") or seen)), 3)  # type: ignore[func-returns-value]

    assert "".join(seen) == "abbaab"
