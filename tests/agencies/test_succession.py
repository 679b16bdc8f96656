from collections.abc import Iterable
from datetime import date

import pytest

from portal.agencies.succession import (
    Level,
    NoneFound,
    NoneReason,
    One,
    Several,
    Succession,
    Unit,
    resolve,
    unfounded_province_rows,
)

LAST_OLD, FIRST_NEW = date(2025, 6, 30), date(2025, 7, 1)
BEFORE, NOW = date(2024, 5, 1), date(2026, 11, 22)


def old(code: str, name: str, level: Level = Level.COMMUNE) -> Unit:
    return Unit(code, name, level, None, LAST_OLD)


def new(code: str, name: str, level: Level = Level.COMMUNE) -> Unit:
    return Unit(code, name, level, FIRST_NEW, None)


def became(old_code: str, new_code: str, level: Level = Level.COMMUNE, on: date = FIRST_NEW) -> Succession:
    return Succession(level, old_code, new_code, on)


class Tables:
    def __init__(self, units: Iterable[Unit], rows: Iterable[Succession]) -> None:
        self._units, self._rows = list(units), list(rows)

    def units(self, code: str) -> list[Unit]:
        return [unit for unit in self._units if unit.code == code]

    def successions(self, old_code: str) -> list[Succession]:
        return [row for row in self._rows if row.old_code == old_code]


LONG_AN, TAY_NINH = old("80", "Long An", Level.PROVINCE), new("80", "Tây Ninh", Level.PROVINCE)
MERGED, SPLIT, KEPT, GONE = old("00001", "Cũ"), old("00002", "Chia"), old("00003", "Giữ"), old("00009", "Mất")
EAST, WEST, REUSED = new("00004", "Đông"), new("00005", "Tây"), new("00003", "Tên khác")
TABLES = Tables(
    [LONG_AN, TAY_NINH, MERGED, SPLIT, KEPT, GONE, EAST, WEST, REUSED, old("00008", "Lỗi")],
    [
        became("80", "80", Level.PROVINCE),
        became("00001", "00004"),
        became("00002", "00005"),
        became("00002", "00004"),
        became("00003", "00005"),
        became("00007", "00004"),
        became("00008", "99999"),
    ],
)


def test_a_merged_unit_is_one() -> None:
    assert resolve("00001", from_on=BEFORE, to_on=NOW, lookup=TABLES) == One(EAST, (MERGED, EAST))


def test_a_split_unit_is_several() -> None:
    assert resolve("00002", from_on=BEFORE, to_on=NOW, lookup=TABLES) == Several((EAST, WEST), ((SPLIT, EAST), (SPLIT, WEST)))


def test_a_code_means_what_it_meant_on_its_date() -> None:
    assert resolve("00003", from_on=BEFORE, to_on=NOW, lookup=TABLES) == One(WEST, (KEPT, WEST))
    assert resolve("00003", from_on=NOW, to_on=NOW, lookup=TABLES) == One(REUSED, (REUSED,))
    assert resolve("80", from_on=BEFORE, to_on=NOW, lookup=TABLES) == One(TAY_NINH, (LONG_AN, TAY_NINH))


def test_nothing_changed_yet_the_day_before() -> None:
    assert resolve("00002", from_on=BEFORE, to_on=LAST_OLD, lookup=TABLES) == One(SPLIT, (SPLIT,))


def test_an_old_code_that_only_the_successions_know_is_followed() -> None:
    assert resolve("00007", from_on=BEFORE, to_on=NOW, lookup=TABLES) == One(EAST, (EAST,))


@pytest.mark.parametrize(
    ("code", "from_on", "to_on", "level", "reason"),
    [
        ("12345", BEFORE, NOW, None, NoneReason.UNKNOWN_CODE),
        ("", BEFORE, NOW, None, NoneReason.UNKNOWN_CODE),
        ("00001", BEFORE, NOW, Level.PROVINCE, NoneReason.UNKNOWN_CODE),
        ("00001", NOW, NOW, None, NoneReason.NOT_VALID_ON_DATE),
        ("00009", BEFORE, NOW, None, NoneReason.NO_SUCCESSOR),
        ("00008", BEFORE, NOW, None, NoneReason.SUCCESSOR_NOT_LISTED),
        ("00004", NOW, BEFORE, None, NoneReason.BACKWARDS),
    ],
)
def test_none_says_why(code: str, from_on: date, to_on: date, level: Level | None, reason: NoneReason) -> None:
    outcome = resolve(code, from_on=from_on, to_on=to_on, level=level, lookup=TABLES)

    assert isinstance(outcome, NoneFound)
    assert (outcome.reason, outcome.units) == (reason, ())


def test_a_second_reform_is_followed_and_splits_can_rejoin() -> None:
    later = date(2026, 7, 1)
    half_a, half_b = (Unit(code, code, Level.COMMUNE, FIRST_NEW, date(2026, 6, 30)) for code in ("10002", "10003"))
    whole = Unit("10004", "Hợp", Level.COMMUNE, later, None)
    tables = Tables(
        [old("10001", "A"), half_a, half_b, whole],
        [became("10001", "10002"), became("10001", "10003"), became("10002", "10004", on=later), became("10003", "10004", on=later)],
    )

    outcome = resolve("10001", from_on=BEFORE, to_on=NOW, lookup=tables)

    assert isinstance(outcome, One)
    assert outcome.unit == whole
    assert resolve("10001", from_on=BEFORE, to_on=date(2026, 1, 1), lookup=tables).units == (half_a, half_b)


def test_half_an_answer_is_no_answer() -> None:
    tables = Tables([SPLIT, EAST], [became("00002", "00004"), became("00002", "99999")])

    assert isinstance(resolve("00002", from_on=BEFORE, to_on=NOW, lookup=tables), NoneFound)


def test_contradictory_rows_do_not_loop() -> None:
    again = Unit("00002", "Chia", Level.COMMUNE, None, None)
    tables = Tables([Unit("00001", "Cũ", Level.COMMUNE, None, LAST_OLD), again], [became("00001", "00001"), became("00002", "00001")])

    assert isinstance(resolve("00001", from_on=BEFORE, to_on=NOW, lookup=tables), NoneFound)


def test_a_province_row_without_communes_behind_it_is_found() -> None:
    wrong = became("82", "80", Level.PROVINCE)
    rows = [became("82", "82", Level.PROVINCE), wrong, became("28249", "28300")]

    def province_of(commune_code: str, /, *, is_new: bool) -> str | None:
        return "82"

    assert unfounded_province_rows(rows, province_of) == [wrong]
