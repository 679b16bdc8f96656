from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.fees import (
    FEE_REASONS,
    Concession,
    FeeBasis,
    FeeFacts,
    FeeKind,
    FeeLine,
    FeeReason,
    FeeRule,
    Tier,
    is_payable_online,
    quote,
    total_vnd,
)

TODAY = date(2026, 11, 22)
ONLINE = FeeFacts(TODAY, "online", "01")
EXTRACT = FeeRule(1, "extract", FeeKind.CHARGE, "Phí cấp bản sao", 8_000, FeeBasis.PER_COPY, beneficiary="Sở Tư pháp")
REGISTER = FeeRule(2, "register", FeeKind.LEVY, "Lệ phí hộ tịch", None)
HANOI = replace(REGISTER, id=3, amount_vnd=3_000, province_code="01")
CERTIFY = FeeRule(
    4, "certify", FeeKind.CHARGE, "Phí chứng thực", None, FeeBasis.PER_PAGE, (Tier(2, 2_000), Tier(None, 1_000)), cap_vnd=200_000
)
VNEID = Concession(
    9, 100, "extract", condition="e_id_level_2", valid_from=date(2026, 8, 15), valid_to=date(2027, 2, 28), legal_basis="TT 117/2026/TT-BTC"
)
POOR = Concession(10, 50, ground="poor_household")


def amounts(rules: list[FeeRule], facts: FeeFacts = ONLINE, concessions: tuple[Concession, ...] = ()) -> list[int | None]:
    return [line.amount_vnd for line in quote(rules, concessions, facts)]


def test_a_line_carries_what_a_receipt_needs() -> None:
    assert quote([EXTRACT], [], replace(ONLINE, copies=2)) == [
        FeeLine(FeeKind.CHARGE, "Phí cấp bản sao", 16_000, "Sở Tư pháp", 1, FeeReason.SET_BY_LAW, 16_000)
    ]


def test_an_amount_that_the_council_sets_is_unknown_and_not_free() -> None:
    lines = quote([EXTRACT, REGISTER], [], ONLINE)

    assert [(line.amount_vnd, line.reason) for line in lines] == [
        (8_000, FeeReason.SET_BY_LAW),
        (None, FeeReason.COUNCIL_RATE_MISSING),
    ]
    assert (total_vnd(lines), is_payable_online(lines)) == (None, False)


@pytest.mark.parametrize(("province", "amount"), [("01", 3_000), ("79", None)])
def test_a_province_rate_holds_in_its_province(province: str, amount: int | None) -> None:
    assert amounts([HANOI, REGISTER], replace(ONLINE, province_code=province)) == [amount]


def test_the_channel_rate_and_then_the_newest_rate_hold() -> None:
    general = replace(EXTRACT, id=5, basis=FeeBasis.PER_DOSSIER, amount_vnd=20_000)
    newer = replace(general, id=6, amount_vnd=25_000, valid_from=date(2026, 1, 1))
    online = replace(general, id=7, amount_vnd=10_000, channel="online")
    expired = replace(online, id=8, amount_vnd=1, valid_from=date(2026, 2, 1), valid_to=date(2026, 11, 21))

    assert amounts([general, newer, online, expired]) == [10_000]
    assert amounts([general, newer, online, expired], replace(ONLINE, channel="direct")) == [25_000]


@pytest.mark.parametrize(
    ("pages", "copies", "amount"), [(1, 1, 2_000), (2, 1, 4_000), (3, 1, 5_000), (3, 4, 20_000), (1_000, 2, 400_000), (0, 1, 0)]
)
def test_pages_cost_by_tiers_up_to_the_cap(pages: int, copies: int, amount: int) -> None:
    assert amounts([CERTIFY], replace(ONLINE, pages=pages, copies=copies)) == [amount]


@pytest.mark.parametrize(
    ("on", "conditions", "amount"),
    [
        (date(2026, 8, 14), {"e_id_level_2"}, 8_000),
        (date(2026, 8, 15), {"e_id_level_2"}, 0),
        (date(2027, 2, 28), {"e_id_level_2"}, 0),
        (date(2027, 3, 1), {"e_id_level_2"}, 8_000),
        (TODAY, set(), 8_000),
    ],
)
def test_an_exemption_needs_its_period_and_its_payer(on: date, conditions: set[str], amount: int) -> None:
    assert amounts([EXTRACT], replace(ONLINE, on=on, conditions=frozenset(conditions)), (VNEID,)) == [amount]


def test_the_best_concession_is_shown_with_the_full_price() -> None:
    facts = replace(ONLINE, grounds=frozenset({"poor_household"}), conditions=frozenset({"e_id_level_2"}))

    exempt, reduced, unknown = quote([EXTRACT, HANOI, replace(REGISTER, code="other")], [POOR, VNEID], facts)

    assert (exempt.amount_vnd, exempt.full_amount_vnd, exempt.reason, exempt.legal_basis) == (
        0,
        8_000,
        FeeReason.EXEMPT,
        "TT 117/2026/TT-BTC",
    )
    assert (reduced.amount_vnd, reduced.reason, reduced.concession_id) == (1_500, FeeReason.REDUCED, 10)
    assert (unknown.amount_vnd, unknown.reason) == (None, FeeReason.COUNCIL_RATE_MISSING)


def test_an_exemption_frees_even_from_an_unknown_amount() -> None:
    lines = quote([REGISTER], [replace(VNEID, fee_code="", condition="")], ONLINE)

    assert (total_vnd(lines), is_payable_online(lines)) == (0, False)


def test_known_amounts_can_be_paid_online() -> None:
    lines = quote([EXTRACT, HANOI], [], ONLINE)

    assert (total_vnd(lines), is_payable_online(lines)) == (11_000, True)


@pytest.mark.parametrize("percent", [0, 101, -5])
def test_a_reduction_is_a_percentage(percent: int) -> None:
    with pytest.raises(ValueError, match="percent"):
        Concession(1, percent)


def test_every_reason_has_a_text() -> None:
    assert set(FEE_REASONS) == set(FeeReason)


@given(st.integers(0, 500), st.integers(0, 50), st.integers(1, 100))
def test_more_pages_never_cost_less_and_no_concession_costs_more(pages: int, copies: int, percent: int) -> None:
    facts = replace(ONLINE, pages=pages, copies=copies)
    (price,) = amounts([CERTIFY], facts)
    (longer,) = amounts([CERTIFY], replace(facts, pages=pages + 1))
    (reduced,) = amounts([CERTIFY], facts, (Concession(1, percent),))

    assert price is not None
    assert longer is not None
    assert reduced is not None
    assert 0 <= reduced <= price <= longer
