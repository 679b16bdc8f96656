from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from procedures.competence import (
    REASON_CODES,
    AgencyRef,
    Ambiguous,
    Competent,
    Delegation,
    Facts,
    Ground,
    NoCompetentAgency,
    Place,
    PlaceAnswer,
    Reason,
    ReasonCode,
    Rule,
    RuleKind,
    SplitPlace,
    UnknownPlace,
    decide,
)

TODAY = date(2026, 11, 22)
JUSTICE_HN = AgencyRef(1, "H26.11", "Sở Tư pháp Hà Nội", "justice")
JUSTICE_HCM = AgencyRef(2, "H29.11", "Sở Tư pháp TP Hồ Chí Minh", "justice")
BEN_THANH = AgencyRef(3, "H29.101", "UBND phường Bến Thành", "committee")
HOAN_KIEM = AgencyRef(4, "H26.101", "UBND phường Hoàn Kiếm", "committee")
LAND_1 = AgencyRef(5, "H29.201", "Chi nhánh VPĐKĐĐ số 1", "land")
LAND_2 = AgencyRef(6, "H29.202", "Chi nhánh VPĐKĐĐ số 2", "land")
MINISTRY = AgencyRef(7, "G15", "Bộ Tư pháp", "ministry_justice")
ALL = (JUSTICE_HN, JUSTICE_HCM, BEN_THANH, HOAN_KIEM, LAND_1, LAND_2, MINISTRY)


class Agencies:
    """A small country."""

    seats = {1: "01", 2: "79", 3: "26740", 4: "00070", 5: "79", 6: "79", 7: ""}
    areas = {"26740": (LAND_1,), "26743": (LAND_1, LAND_2)}
    loads = {1: 0.5, 2: 0.25}

    def agencies_of(self, kind: str, unit_code: str | None, on: date) -> Sequence[AgencyRef]:
        return [each for each in ALL if each.kind == kind and unit_code in (None, self.seats[each.id])]

    def serving(self, commune_code: str, kind: str, on: date) -> Sequence[AgencyRef]:
        return [each for each in self.areas.get(commune_code, ()) if each.kind == kind]

    def agency(self, agency_id: int, on: date) -> AgencyRef | None:
        return next((each for each in ALL if each.id == agency_id), None)

    def load(self, agency_id: int) -> float:
        return self.loads.get(agency_id, 9.0)


def rule(kind: RuleKind, rank: int = 1, *, rule_id: int = 1, agency_kind: str = "", agency: int | None = None, fact: str = "home") -> Rule:
    return Rule(rule_id, 1, rank, Ground.PROCEDURE, kind, agency_kind, agency, fact)


def facts(home: PlaceAnswer | None = None, **others: object) -> Facts:
    return replace(Facts(TODAY, {} if home is None else {"home": home}), **others)  # type: ignore[arg-type]


SAIGON = Place("79", "26740", "phường Bến Thành, TP Hồ Chí Minh")
SAIGON_2 = Place("79", "26743", "phường Sài Gòn, TP Hồ Chí Minh")
HANOI = Place("01", "00070", "phường Hoàn Kiếm, Hà Nội")
DEPARTMENT = rule(RuleKind.DEPARTMENT_OF_PROVINCE, agency_kind="justice")
COMMUNE = rule(RuleKind.COMMUNE_AUTHORITY, agency_kind="committee")
LAND = rule(RuleKind.SERVICE_AREA, agency_kind="land")


@pytest.mark.parametrize(
    ("one", "known", "agency", "code"),
    [
        pytest.param(rule(RuleKind.FIXED_AGENCY, agency=1), facts(), JUSTICE_HN, ReasonCode.FIXED, id="fixed"),
        pytest.param(DEPARTMENT, facts(SAIGON), JUSTICE_HCM, ReasonCode.DEPARTMENT, id="department"),
        pytest.param(COMMUNE, facts(HANOI), HOAN_KIEM, ReasonCode.COMMUNE, id="commune"),
        pytest.param(rule(RuleKind.MINISTRY, agency_kind="ministry_justice"), facts(), MINISTRY, ReasonCode.MINISTRY, id="ministry"),
        pytest.param(LAND, facts(SAIGON), LAND_1, ReasonCode.SERVICE_AREA, id="service-area"),
        pytest.param(
            rule(RuleKind.FILING_PLACE, agency_kind="committee"),
            facts(filing_commune_code="26740", filing_province_code="79"),
            BEN_THANH,
            ReasonCode.FILING_PLACE,
            id="filing-commune",
        ),
        pytest.param(
            rule(RuleKind.FILING_PLACE, agency_kind="justice"),
            facts(filing_commune_code="26740", filing_province_code="79"),
            JUSTICE_HCM,
            ReasonCode.FILING_PLACE,
            id="filing-province",
        ),
        pytest.param(
            rule(RuleKind.APPLICANT_CHOICE, agency_kind="committee"), facts(applicant_choice=4), HOAN_KIEM, ReasonCode.CHOSEN, id="choice"
        ),
        pytest.param(rule(RuleKind.POOLED, agency_kind="justice"), facts(), JUSTICE_HCM, ReasonCode.LEAST_LOADED, id="pooled"),
    ],
)
def test_each_kind_of_rule_finds_its_agency(one: Rule, known: Facts, agency: AgencyRef, code: ReasonCode) -> None:
    decision = decide([one], known, Agencies())

    assert isinstance(decision, Competent)
    assert (decision.agency, decision.rule, [reason.code for reason in decision.reasons]) == (agency, one, [code])


def test_the_filing_place_is_irrelevant_when_a_place_decides() -> None:
    assert decide([COMMUNE], facts(HANOI, filing_commune_code="26740"), Agencies()) == decide([COMMUNE], facts(HANOI), Agencies())


def test_the_lower_rank_wins_and_what_was_passed_over_is_told() -> None:
    by_land = replace(COMMUNE, rank=1, id=1, place_fact="land")
    by_home = replace(COMMUNE, rank=2, id=2)

    decision = decide([by_home, by_land], facts(HANOI), Agencies())

    assert isinstance(decision, Competent)
    assert decision.agency == HOAN_KIEM
    assert [(each.rule.id, each.reason.code) for each in decision.rejected] == [(1, ReasonCode.PLACE_MISSING)]


def test_a_choice_among_all_agencies_of_a_kind_is_asked_and_never_passed_over() -> None:
    by_choice = rule(RuleKind.APPLICANT_CHOICE, 1, rule_id=1, agency_kind="committee")
    by_home = replace(COMMUNE, rank=2, id=2)

    decision = decide([by_home, by_choice], facts(HANOI), Agencies())

    assert isinstance(decision, Ambiguous)
    assert decision.is_choice
    assert set(decision.offers) == {by_choice}
    for each in decision.candidates:
        assert each.kind == "committee"
        chosen = decide([by_home, by_choice], facts(HANOI, applicant_choice=each.id), Agencies())
        assert isinstance(chosen, Competent)
        assert (chosen.agency, chosen.reasons[0].code) == (each, ReasonCode.CHOSEN)


def test_of_places_to_choose_from_one_may_still_be_open() -> None:
    home = replace(COMMUNE, is_choice=True)
    land = replace(COMMUNE, is_choice=True, place_fact="land")
    known = facts(HANOI)
    split = replace(known, places={**known.places, "land": SplitPlace((HANOI, Place("79", "26740")))})

    open_choice = decide([home, land], split, Agencies())
    settled = decide([home, land], replace(split, applicant_choice=HOAN_KIEM.id), Agencies())

    assert isinstance(open_choice, Ambiguous)
    assert (open_choice.is_choice, open_choice.candidates, open_choice.offers, open_choice.open_rules) == (
        True, (HOAN_KIEM,), (home,), (land,),
    )  # fmt: skip
    assert isinstance(settled, Competent)
    assert settled.agency == HOAN_KIEM


def test_lawful_agencies_that_delegate_to_one_and_the_same_leave_nothing_to_choose() -> None:
    home = replace(COMMUNE, is_choice=True)
    land = replace(COMMUNE, is_choice=True, place_fact="land")
    known = facts(HANOI)
    apart = replace(known, places={**known.places, "land": Place("79", "26740")})
    free = decide([home, land], apart, Agencies())
    assert isinstance(free, Ambiguous)
    given = [Delegation(number, from_agency=each.id, to_agency=JUSTICE_HN.id) for number, each in enumerate(free.candidates, 1)]

    decision = decide([home, land], apart, Agencies(), given)

    assert isinstance(decision, Competent)
    assert decision.agency == JUSTICE_HN


def test_two_agencies_of_one_rank_are_ambiguous() -> None:
    decision = decide([DEPARTMENT, replace(COMMUNE, id=2)], facts(HANOI), Agencies())

    assert isinstance(decision, Ambiguous)
    assert decision.candidates == (JUSTICE_HN, HOAN_KIEM)


def test_two_rules_of_one_rank_with_the_same_agency_agree() -> None:
    assert isinstance(decide([COMMUNE, replace(COMMUNE, id=2)], facts(HANOI), Agencies()), Competent)


def test_overlapping_service_areas_are_ambiguous() -> None:
    decision = decide([LAND], facts(SAIGON_2), Agencies())

    assert isinstance(decision, Ambiguous)
    assert decision.candidates == (LAND_1, LAND_2)


def test_a_split_place_matters_only_if_its_parts_differ() -> None:
    across_communes = facts(SplitPlace((SAIGON, replace(SAIGON, commune_code="26743"))))
    across_provinces = facts(SplitPlace((SAIGON, HANOI)))

    same = decide([DEPARTMENT], across_communes, Agencies())
    different = decide([DEPARTMENT], across_provinces, Agencies())

    assert isinstance(same, Competent)
    assert (same.agency, same.reasons[-1]) == (JUSTICE_HCM, Reason(ReasonCode.SPLIT_IRRELEVANT))
    assert isinstance(different, Ambiguous)
    assert different.candidates == (JUSTICE_HCM, JUSTICE_HN)


def test_an_unknown_place_never_falls_through_to_another_rule() -> None:
    fallback = rule(RuleKind.FIXED_AGENCY, 2, rule_id=2, agency=1)

    decision = decide([COMMUNE, fallback], facts(UnknownPlace()), Agencies())

    assert isinstance(decision, NoCompetentAgency)
    assert decision.reasons == (Reason.of(ReasonCode.PLACE_UNKNOWN, fact="home"),)


@pytest.mark.parametrize(
    ("rules", "known", "code"),
    [
        pytest.param([], facts(HANOI), ReasonCode.NO_RULES, id="no-rules"),
        pytest.param([COMMUNE], facts(), ReasonCode.PLACE_MISSING, id="missing"),
        pytest.param([COMMUNE], facts(Place("01")), ReasonCode.PLACE_WITHOUT_COMMUNE, id="too-coarse"),
        pytest.param([COMMUNE], facts(Place("01", "99999")), ReasonCode.NO_AGENCY, id="no-agency"),
        pytest.param([replace(COMMUNE, valid_to=date(2026, 11, 21))], facts(HANOI), ReasonCode.NOT_IN_FORCE, id="expired"),
        pytest.param([replace(COMMUNE, valid_from=date(2026, 11, 23))], facts(HANOI), ReasonCode.NOT_IN_FORCE, id="not-yet"),
        pytest.param([rule(RuleKind.FIXED_AGENCY, agency=99)], facts(), ReasonCode.NO_AGENCY, id="fixed-gone"),
        pytest.param([rule(RuleKind.FILING_PLACE)], facts(), ReasonCode.FILING_PLACE_UNKNOWN, id="filing-unknown"),
        pytest.param(
            [rule(RuleKind.APPLICANT_CHOICE, agency_kind="land")], facts(applicant_choice=4), ReasonCode.CHOICE_NOT_LAWFUL, id="unlawful"
        ),
    ],
)
def test_nobody_is_competent_and_the_reason_is_told(rules: list[Rule], known: Facts, code: ReasonCode) -> None:
    decision = decide(rules, known, Agencies())

    assert isinstance(decision, NoCompetentAgency)
    assert [reason.code for reason in decision.reasons] == [code]


def test_a_delegation_holds_for_its_period_and_its_rule() -> None:
    delegation = Delegation(1, from_agency=1, to_agency=4, rule_id=1, valid_from=TODAY, valid_to=TODAY, legal_basis="QĐ 5/2026")

    delegated = decide([DEPARTMENT], facts(HANOI), Agencies(), [delegation])

    assert isinstance(delegated, Competent)
    assert delegated.agency == HOAN_KIEM
    assert delegated.reasons[-1] == Reason.of(ReasonCode.DELEGATED, source=JUSTICE_HN.name, agency=HOAN_KIEM.name, basis="QĐ 5/2026")
    for other in (replace(delegation, valid_to=date(2026, 11, 21)), replace(delegation, rule_id=2), replace(delegation, from_agency=2)):
        decision = decide([DEPARTMENT], facts(HANOI), Agencies(), [other])
        assert isinstance(decision, Competent)
        assert decision.agency == JUSTICE_HN


def test_contradictory_delegations_go_to_a_person() -> None:
    there, back, elsewhere = Delegation(1, 1, 4), Delegation(2, 4, 1), Delegation(3, 1, 3)

    assert isinstance(decide([DEPARTMENT], facts(HANOI), Agencies(), [there, back]), NoCompetentAgency)
    assert isinstance(decide([DEPARTMENT], facts(HANOI), Agencies(), [there, elsewhere]), Ambiguous)


def test_every_reason_has_a_text_and_its_parameters() -> None:
    decision = decide([DEPARTMENT], facts(HANOI), Agencies())

    assert set(REASON_CODES) == set(ReasonCode)
    assert isinstance(decision, Competent)
    reason = decision.reasons[0]
    assert REASON_CODES[reason.code] % dict(reason.params) == ("Department of the province of phường Hoàn Kiếm, Hà Nội: Sở Tư pháp Hà Nội")
    assert reason.as_dict() == {"code": "department", "params": {"agency": JUSTICE_HN.name, "place": HANOI.name}}
