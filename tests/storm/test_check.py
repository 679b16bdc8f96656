from tests.storm.check import Verdict, check
from tests.storm.driver import Asked, Outcome

TOLD = {("a", 1): "x", ("a", 2): "y", ("b", 1): "z"}
GOOD = [("a", 1, "x"), ("b", 1, "z"), ("a", 2, "y")]
HEADS = {"a": 2, "b": 1}


def test_equal_accounts_have_no_violation() -> None:
    assert check([("a", 1), ("b", 1)], TOLD, GOOD, HEADS).violations == 0


def test_each_violation_is_told_apart() -> None:
    assert check([("c", 1)], TOLD, GOOD, HEADS).lost_here == [("c", 1)]
    assert check([], TOLD, GOOD[:2], HEADS).lost_there == [("a", 2)]
    assert check([], TOLD, [*GOOD, ("b", 1, "z")], HEADS).doubled == [("b", 1)]
    assert check([], TOLD, [("a", 2, "y"), ("a", 1, "x"), ("b", 1, "z")], HEADS).out_of_order == [("a", 2), ("a", 1)]
    assert check([], TOLD, [*GOOD, ("d", 1, "q")], HEADS).foreign == [("d", 1)]
    assert check([], TOLD, [("a", 1, "?"), *GOOD[1:]], HEADS).altered == [("a", 1)]
    assert check([], TOLD, GOOD, HEADS | {"a": 1}).final_states == ["a"]


def test_a_process_that_ended_by_itself_is_a_violation_and_one_that_fell_with_another_is_none() -> None:
    asked = Asked(changes=1, dossiers=1, writers=1, kills=1, outage=0, seed=1, naive=False, hurry=True)

    assert Outcome(asked, Verdict(), kills={"database": 1, "because of another": 2}).violations == 0
    assert Outcome(asked, Verdict(), kills={"database": 1, "not by us": 2}).violations == 2
