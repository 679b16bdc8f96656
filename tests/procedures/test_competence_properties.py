"""What holds for every set of rules and every place: the decision is a function, ranks order it, days bound it, names do not matter."""

import pickle
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.competence import (
    AgencyRef,
    Ambiguous,
    Competent,
    Decision,
    Delegation,
    Facts,
    Ground,
    NoCompetentAgency,
    Place,
    PlaceAnswer,
    Rule,
    RuleKind,
    SplitPlace,
    UnknownPlace,
    decide,
)
from procedures.competence_book import RuleBook, RuleRow, Subject, competent
from procedures.competence_directory import AgencyRow, DirectorySnapshot

TODAY = date(2026, 11, 22)
KINDS = ("committee", "police", "office")
PROVINCES = ("01", "79")
COMMUNES = {"00004": "01", "00008": "01", "26740": "79", "26743": "79"}
FACTS = ("home", "land")
AGENCIES = [
    AgencyRow(AgencyRef(number, f"A{number:02}", f"{kind} {unit}", kind), unit, capacity=1 + number % 3)
    for number, (kind, unit) in enumerate(((kind, unit) for kind in KINDS[:2] for unit in (*COMMUNES, *PROVINCES)), 1)
]
OFFICES = [AgencyRow(AgencyRef(91, "A91", "office one", "office")), AgencyRow(AgencyRef(92, "A92", "office two", "office"))]
DIRECTORY = DirectorySnapshot(TODAY, [*AGENCIES, *OFFICES], {"00004": [91], "26740": [92], "26743": [91, 92]})
IDS = [row.ref.id for row in DIRECTORY.rows]

days = st.integers(-3, 3).map(lambda shift: TODAY + timedelta(days=shift))
places = st.sampled_from(sorted(COMMUNES)).map(lambda code: Place(COMMUNES[code], code, f"xã {code}"))
answers = st.one_of(
    places,
    st.builds(SplitPlace, st.lists(places, min_size=2, max_size=3, unique=True).map(tuple)),
    st.builds(UnknownPlace),
    st.sampled_from(PROVINCES).map(lambda code: Place(code, "", f"tỉnh {code}")),
)
facts = st.builds(
    Facts,
    on=st.just(TODAY),
    places=st.dictionaries(st.sampled_from(FACTS), answers, max_size=2),
    filing_commune_code=st.sampled_from(["", *COMMUNES]),
    filing_province_code=st.sampled_from(["", *PROVINCES]),
    applicant_choice=st.none() | st.sampled_from(IDS),
)
rule = st.builds(
    Rule,
    id=st.integers(1, 6),
    version=st.integers(1, 3),
    rank=st.integers(1, 4),
    ground=st.sampled_from(Ground),
    kind=st.sampled_from(RuleKind),
    agency_kind=st.sampled_from(KINDS),
    agency=st.none() | st.sampled_from([*IDS, 999]),
    place_fact=st.sampled_from(FACTS),
    valid_from=st.none() | days,
    valid_to=st.none() | days,
    within=st.sampled_from(["", "", "", *PROVINCES, *COMMUNES]),
    is_choice=st.booleans(),
)
rules = st.lists(rule, max_size=6, unique_by=lambda each: each.id)
delegation = st.builds(
    Delegation,
    id=st.integers(1, 99),
    from_agency=st.sampled_from(IDS),
    to_agency=st.sampled_from(IDS),
    valid_from=st.none() | days,
    valid_to=st.none() | days,
    legal_basis=st.just("1/QĐ"),
    rule_id=st.none() | st.integers(1, 6),
    procedure_id=st.none() | st.sampled_from([1, 2]),
)
delegations = st.lists(delegation, max_size=4)


@given(rules, facts, delegations)
def test_it_always_answers_and_the_same_question_has_the_same_answer(some: list[Rule], known: Facts, given_on: list[Delegation]) -> None:
    first = decide(some, known, DIRECTORY, given_on)

    assert isinstance(first, Competent | Ambiguous | NoCompetentAgency)
    assert decide(list(reversed(some)), known, DIRECTORY, given_on) == first
    assert first.reasons
    if isinstance(first, Ambiguous):
        assert first.candidates


@given(rules, facts)
def test_a_rule_of_a_higher_number_never_changes_what_a_lower_one_decided(some: list[Rule], known: Facts) -> None:
    decision = decide(some, known, DIRECTORY)
    if isinstance(decision, Competent):
        later = Rule(99_999, 1, 5, Ground.PROCEDURE, RuleKind.MINISTRY, "committee")
        assert decide([*some, later], known, DIRECTORY) == decision
        applied = [each for each in some if each.rank < decision.rule.rank and each.is_in_force(TODAY)]
        assert all(each.id in {one.rule.id for one in decision.rejected} for each in applied)


@given(rules, facts)
def test_a_rule_outside_its_days_is_as_if_it_were_not_there(some: list[Rule], known: Facts) -> None:
    in_force = [each for each in some if each.is_in_force(TODAY)]

    assert leads_to(decide(some, known, DIRECTORY)) == leads_to(decide(in_force, known, DIRECTORY))


@given(rule, days)
def test_both_ends_of_a_period_are_inside_it(one: Rule, day: date) -> None:
    inside = (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or day <= one.valid_to)

    assert one.is_in_force(day) == inside
    if one.valid_to is not None:
        assert not one.is_in_force(one.valid_to + timedelta(days=1))
    if one.valid_from is not None:
        assert not one.is_in_force(one.valid_from - timedelta(days=1))


@given(rules, facts)
def test_renaming_places_and_agencies_never_moves_a_route(some: list[Rule], known: Facts) -> None:
    renamed = DirectorySnapshot(
        TODAY, [replace(row, ref=replace(row.ref, name=f"mới {row.ref.name}")) for row in DIRECTORY.rows], DIRECTORY.areas
    )
    elsewhere = replace(known, places={fact: rename(answer) for fact, answer in known.places.items()})

    assert leads_to(decide(some, known, DIRECTORY)) == leads_to(decide(some, elsewhere, renamed))


@given(rules, facts)
def test_one_rule_or_a_book_or_a_pickled_book_decide_alike(some: list[Rule], known: Facts) -> None:
    own = [replace(each, ground=Ground.PROCEDURE) for each in some]
    book = RuleBook(TODAY, tuple(RuleRow(each, procedure_id=1) for each in own))
    carried, directory = pickle.loads(pickle.dumps(book)), pickle.loads(pickle.dumps(DIRECTORY))  # noqa: S301 -- our own bytes

    assert competent(book, Subject(1), known, DIRECTORY) == decide(own, known, DIRECTORY, procedure_id=1)
    assert competent(carried, Subject(1), known, directory) == competent(book, Subject(1), known, DIRECTORY)
    assert competent(book, Subject(2), known, DIRECTORY) == decide([], known, DIRECTORY)


@settings(max_examples=200)
@given(rules, facts)
def test_a_narrower_place_only_ever_decides_inside_it(some: list[Rule], known: Facts) -> None:
    decision = decide(some, known, DIRECTORY)
    if isinstance(decision, Competent) and decision.rule.within:
        answer = known.places[decision.rule.place_fact]
        parts = answer.candidates if isinstance(answer, SplitPlace) else (answer,)
        assert any(isinstance(part, Place) and decision.rule.within in (part.province_code, part.commune_code) for part in parts)


choice = st.builds(
    RuleRow,
    rule=st.builds(
        Rule,
        id=st.just(900),
        version=st.just(1),
        rank=st.integers(1, 4),
        ground=st.just(Ground.PROCEDURE),
        kind=st.just(RuleKind.APPLICANT_CHOICE),
        agency_kind=st.sampled_from(KINDS),
    ),
    procedure_id=st.just(1),
    choice_facts=st.sampled_from([(), FACTS]),
)


@settings(max_examples=300)
@given(rules, choice, facts, delegations)
def test_whoever_chooses_gets_what_was_chosen_or_what_it_delegates_to(
    some: list[Rule], offered: RuleRow, known: Facts, given_on: list[Delegation]
) -> None:
    """Each offer of a lawful choice can be taken: by its agency, and by its place, which both lead to the same one."""
    own = tuple(
        RuleRow(replace(each, ground=Ground.PROCEDURE, is_choice=False), procedure_id=1)
        for each in some
        if each.kind is not RuleKind.APPLICANT_CHOICE  # of one ground and rank there is one rule
    )
    book = RuleBook(TODAY, (*own, offered), {each.from_agency: [each] for each in given_on})
    asked = competent(book, Subject(1), replace(known, applicant_choice=None), DIRECTORY)
    if not isinstance(asked, Ambiguous) or not asked.is_choice:
        return
    assert len(asked.offers) == len(asked.candidates)
    assert len(asked.candidates) + len(asked.open_rules) > 1
    for agency, rule in zip(asked.candidates, asked.offers, strict=True):
        by_agency = competent(book, Subject(1), replace(known, applicant_choice=agency.id), DIRECTORY)
        if not given_on:
            assert isinstance(by_agency, Competent)
            assert by_agency.agency == agency
        if rule.place_fact:
            by_place = competent(book, Subject(1), replace(known, applicant_choice=None), DIRECTORY, chosen_fact=rule.place_fact)
            assert leads_to(by_place) == leads_to(by_agency)


@settings(max_examples=200)
@given(rules, facts, st.sampled_from(["", *FACTS]), delegations)
def test_nobody_chooses_what_the_law_does_not_offer(some: list[Rule], known: Facts, chosen: str, given_on: list[Delegation]) -> None:
    """An agency that was chosen decides only if some rule leads to it; without a choice rule the choice changes nothing."""
    own = tuple(
        RuleRow(replace(each, ground=Ground.PROCEDURE, is_choice=False), procedure_id=1)
        for each in some
        if each.kind is not RuleKind.APPLICANT_CHOICE
    )
    book = RuleBook(TODAY, own, {each.from_agency: [each] for each in given_on})
    without = competent(book, Subject(1), replace(known, applicant_choice=None), DIRECTORY)

    assert competent(book, Subject(1), known, DIRECTORY, chosen_fact=chosen) == without


@settings(max_examples=200)
@given(rules, facts, delegations)
def test_one_day_earlier_or_later_only_what_ends_or_begins_there_counts(some: list[Rule], known: Facts, given_on: list[Delegation]) -> None:
    """The decision of a day is that of the rules and delegations in force on it, with their dates taken away."""
    for shift in (-1, 0, 1):
        day = TODAY + timedelta(days=shift)
        directory = DirectorySnapshot(day, DIRECTORY.rows, DIRECTORY.areas)
        there = replace(known, on=day)
        held = [replace(each, valid_from=None, valid_to=None) for each in some if each.is_in_force(day)]
        given = [
            replace(each, valid_from=None, valid_to=None)
            for each in given_on
            if (each.valid_from is None or each.valid_from <= day) and (each.valid_to is None or day <= each.valid_to)
        ]

        assert leads_to(decide(some, there, directory, given_on, procedure_id=1)) == leads_to(
            decide(held, there, directory, given, procedure_id=1)
        )


def rename(answer: PlaceAnswer) -> PlaceAnswer:
    if isinstance(answer, Place):
        return replace(answer, name=f"mới {answer.name}")
    return SplitPlace(tuple(replace(each, name="mới") for each in answer.candidates)) if isinstance(answer, SplitPlace) else answer


def leads_to(decision: Decision) -> tuple[str, tuple[int, ...]]:
    if isinstance(decision, Competent):
        return "agency", (decision.agency.id,)
    return type(decision).__name__, tuple(each.id for each in decision.candidates) if isinstance(decision, Ambiguous) else ()
