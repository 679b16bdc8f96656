"""Ratios of slices that were measured in turn, and whether a goal was missed. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Ratio:
    """Paired slices: the middle ratio, the quartiles around it, and the middle of each side."""

    median: float
    low: float
    high: float
    first: float
    second: float
    slices: int

    def misses(self, at_most: float) -> bool:
        """Whether the ratio is above the goal for certain: the middle is, and so are three quarters of the pairs."""
        return self.median > at_most and self.low > at_most


def ratio_of(first: Sequence[float], second: Sequence[float]) -> Ratio:
    """How many times the second the first is, pair by pair."""
    each = [one / other for one, other in zip(first, second, strict=True)]
    low, _middle, high = quantiles(each, n=4, method="inclusive") if len(each) > 1 else (each[0], each[0], each[0])
    return Ratio(median(each), low, high, median(first), median(second), len(each))


def in_turn(first: Callable[[], float], second: Callable[[], float], count: int) -> Ratio:
    """Measure both `count` times, A B then B A, so that a drift of the machine meets both alike."""
    ones: list[float] = []
    others: list[float] = []
    for number in range(count):
        sides = [(ones, first), (others, second)]
        for kept, measure in sides if number % 2 == 0 else reversed(sides):
            kept.append(measure())
    return ratio_of(ones, others)
