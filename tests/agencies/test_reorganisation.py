"""The pure plan: which units end and begin, and what keeps lines from being used."""

from collections.abc import Sequence
from datetime import date

import pytest

from portal.agencies.reorganisation import Flaw, Line, Place, problems, unit_plan

X, Y = Place(1, "10", "Tỉnh X", "tỉnh", "province", "10"), Place(2, "11", "Tỉnh Y", "tỉnh", "province", "11")
A = Place(101, "00101", "Xã A", "xã", "commune", "10", "Tỉnh X")
B = Place(102, "00102", "Xã B", "xã", "commune", "10", "Tỉnh X")
C = Place(103, "00103", "Xã C", "xã", "commune", "11", "Tỉnh Y")
ENDING = Place(104, "00104", "Xã D", "xã", "commune", "11", "Tỉnh Y", date(2026, 12, 31))
IN_FORCE = {place.code: place for place in (X, Y, A, B, C, ENDING)}
COMMUNES = {"10": [A, B], "11": [C]}


def flaws(kind: str, *lines: Line, level: str = "commune") -> list[Flaw]:
    return [problem.flaw for problem in problems(kind, level, lines, IN_FORCE)]


def ends(*lines: Line) -> list[str]:
    return [place.code for place in unit_plan(lines, COMMUNES, IN_FORCE).ends]


def begins(*lines: Line) -> dict[str, Sequence[str]]:
    return {place.code: [old.code for old in place.old] for place in unit_plan(lines, COMMUNES, IN_FORCE).begins}


def test_two_become_one_new_unit() -> None:
    lines = (Line(A, "90001", "Xã Mới", "xã"), Line(B, "90001", "Xã Mới", "xã"))

    assert flaws("merger", *lines) == []
    assert (ends(*lines), begins(*lines)) == (["00101", "00102"], {"90001": ["00101", "00102"]})


def test_a_unit_that_keeps_code_and_name_goes_on_and_takes_the_other_in() -> None:
    lines = (Line(A, A.code, A.name, A.type), Line(B, A.code, A.name, A.type))

    assert flaws("merger", *lines) == []
    plan = unit_plan(lines, COMMUNES, IN_FORCE)
    assert (ends(*lines), begins(*lines)) == (["00102"], {})
    assert [(row.old.code, row.existing, row.is_split) for row in plan.became] == [("00102", A.id, False)]
    assert flaws("merger", Line(B, A.code, A.name, A.type)) == []


def test_a_unit_that_takes_over_a_code_with_another_name_is_a_new_one() -> None:
    lines = (Line(A, A.code, "Xã An Bình", "xã"), Line(B, A.code, "Xã An Bình", "xã"))

    assert (ends(*lines), begins(*lines)) == (["00101", "00102"], {"00101": ["00101", "00102"]})


def test_a_divided_unit_begins_anew_even_where_a_part_keeps_the_name() -> None:
    lines = (Line(A, A.code, A.name, A.type), Line(A, "90002", "Xã Mới", "xã"))
    plan = unit_plan(lines, COMMUNES, IN_FORCE)

    assert flaws("split", *lines) == []
    assert (ends(*lines), sorted(begins(*lines))) == (["00101"], ["00101", "90002"])
    assert [row.is_split for row in plan.became] == [True, True]


def test_a_dissolved_unit_goes_to_its_neighbours() -> None:
    lines = (Line(B, A.code, A.name, A.type), Line(B, C.code, C.name, C.type, "11"))

    assert flaws("dissolution", *lines) == []
    assert (ends(*lines), begins(*lines)) == (["00102"], {})


def test_the_communes_of_a_merged_province_follow_under_their_own_codes() -> None:
    lines = (Line(X, "12", "Tỉnh Z", "tỉnh"), Line(Y, "12", "Tỉnh Z", "tỉnh"))
    plan = unit_plan(lines, COMMUNES, IN_FORCE)

    assert flaws("merger", *lines, level="province") == []
    assert {place.code: place.province for place in plan.begins} == {"12": "12", "00101": "12", "00102": "12", "00103": "12"}
    assert {place.id for place in plan.ends} == {1, 2, 101, 102, 103}


def test_a_divided_province_gives_its_communes_to_the_first_part_unless_a_line_says_otherwise() -> None:
    lines = (Line(X, "12", "Tỉnh X1", "tỉnh"), Line(X, "13", "Tỉnh X2", "tỉnh"), Line(B, B.code, B.name, B.type, "13"))

    assert flaws("split", *lines, level="province") == []
    assert {place.code: place.province for place in unit_plan(lines, COMMUNES, IN_FORCE).begins if place.level == "commune"} == {
        "00101": "12",
        "00102": "13",
    }


@pytest.mark.parametrize(
    ("kind", "lines", "flaw"),
    [
        ("merger", (), Flaw.NO_LINES),
        ("merger", (Line(A, "9000", "Xã Mới", "xã"), Line(B, "9000", "Xã Mới", "xã")), Flaw.CODE_SHAPE),
        ("merger", (Line(A, "٩٠٠٠١", "Xã Mới", "xã"), Line(B, "٩٠٠٠١", "Xã Mới", "xã")), Flaw.CODE_SHAPE),
        ("merger", (Line(A, "90001", "Xã Mới", "xã"), Line(B, "90001", "Xã Khác", "xã")), Flaw.CONTRADICTION),
        ("merger", (Line(A, C.code, "Xã Mới", "xã"), Line(B, C.code, "Xã Mới", "xã")), Flaw.CODE_TAKEN),
        ("merger", (Line(A, "90001", "Xã Mới", "xã", "77"), Line(B, "90001", "Xã Mới", "xã", "77")), Flaw.PROVINCE_UNKNOWN),
        ("merger", (Line(A, "90001", "Xã Mới", "xã", "11"), Line(ENDING, "90001", "Xã Mới", "xã")), Flaw.ENDS_ALREADY),
        ("merger", (Line(X, "12", "Tỉnh Z", "tỉnh"), Line(Y, "12", "Tỉnh Z", "tỉnh")), Flaw.LEVELS_MIXED),
        ("rename", (Line(A, A.code, A.name, A.type),), Flaw.NOTHING_CHANGES),
        ("merger", (Line(A, "90001", "Xã Mới", "xã"),), Flaw.NOT_A_MERGER),
        ("split", (Line(A, "90001", "Xã Mới", "xã"),), Flaw.NOT_A_SPLIT),
        ("rename", (Line(A, "90001", "Xã Mới", "xã"), Line(B, "90001", "Xã Mới", "xã")), Flaw.NOT_A_RENAMING),
        ("dissolution", (Line(A, "90001", "Xã Mới", "xã"),), Flaw.NOT_A_DISSOLUTION),
    ],
)
def test_what_cannot_be_is_named(kind: str, lines: tuple[Line, ...], flaw: Flaw) -> None:
    assert flaw in flaws(kind, *lines)
