"""Papers that only some cases need: the answer decides, online and at the counter alike, for every such paper of the catalogue."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from counters.intake import intake_of
from dossiers.actions.drafts import start_draft
from dossiers.models import Draft
from dossiers.views.applicant.progress import paper_rows
from procedures.catalogue_load.files import OURS, read_source
from procedures.formschema.check import check_schema
from procedures.formschema.conditions import Json, fields_in, parse_condition
from procedures.formschema.paperquestions import SOURCE, show_of
from procedures.formschema.schema import parse_schema
from procedures.models import Channel, Requirement
from procedures.queries import grounds_of, version_or_404
from tests.factories import MONDAY, TODAY, centre, citizen

pytestmark = pytest.mark.django_db
PAPERS = [(code, seq) for code, papers in yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["papers"].items() for seq in papers]
GROUND = "exemption"


def answers_for(raw: Any, *, wanted: bool) -> dict[str, Json]:
    """Answers under which the condition holds, or does not."""
    if "all" in raw:
        parts = [answers_for(part, wanted=wanted) for part in raw["all"]]
        return {key: value for part in parts for key, value in part.items()}
    if "not" in raw:
        return answers_for(raw["not"], wanted=not wanted)
    if "filled" in raw:
        return {raw["field"]: "filled"} if wanted else {}
    value = raw["in"][0] if "in" in raw else raw["eq"]
    if wanted:
        return {raw["field"]: value}
    return {raw["field"]: not value} if isinstance(value, bool) else {}


def draft_of(code: str, answers: dict[str, Json]) -> Draft:
    """A draft of the procedure at a counter with these answers; a claimed ground is one that the procedure knows."""
    version = version_or_404(code, TODAY)
    parties = {GROUND: grounds_of(version.procedure, TODAY)[0][0]} if answers.pop(GROUND, None) else {}
    case = version.cases.get(is_default=True)
    return start_draft(version, case, owner=citizen(), office=centre(), channel=Channel.DIRECT, at=MONDAY, answers=answers, parties=parties)


def required(draft: Draft) -> Iterator[set[int]]:
    """The numbers of the components that must be handed in: as the applicant's page lists them, and as the counter misses them."""
    yield {row.requirement.seq for row in paper_rows(draft) if row.is_missing}
    yield {each.seq for each in intake_of(draft, on=TODAY).missing() if not each.is_declaration}


@pytest.mark.parametrize(("code", "seq"), PAPERS, ids=[f"{code}-{seq}" for code, seq in PAPERS])
def test_the_answer_decides_online_and_at_the_counter(code: str, seq: int) -> None:
    show = show_of(code, seq)

    needed = list(required(draft_of(code, answers_for(show, wanted=True))))
    not_needed = list(required(draft_of(code, answers_for(show, wanted=False))))

    assert [seq in each for each in needed] == [True, True]
    assert [seq in each for each in not_needed] == [False, False]


def test_every_conditional_paper_has_its_condition_and_its_words() -> None:
    conditional = Requirement.objects.filter(kind=Requirement.Kind.CONDITIONAL, case__version__state="published")

    assert conditional.count() >= 54
    assert [str(each) for each in conditional if each.show is None or not each.condition_vi] == []
    assert not Requirement.objects.filter(condition_vi__contains="[").exists()


@pytest.mark.parametrize("code", sorted({code for code, _seq in PAPERS}))
def test_what_a_condition_reads_is_asked_by_the_form(code: str) -> None:
    form = version_or_404(code, TODAY).cases.get(is_default=True).form
    asked = {item.key for _section, item in parse_schema(form).fields()} | {GROUND}

    read = {name for each, seq in PAPERS if each == code for name in fields_in(parse_condition(show_of(code, seq)))}

    assert check_schema(form) == []
    assert read - asked == set()


def test_the_numbers_are_those_of_the_source() -> None:
    components = {(row["code"], each["seq"]): each for row in read_source(OURS).rows for each in row["components"]}
    conditional = {key for key, each in components.items() if each["role"] not in {"required", "present_only"}}

    assert conditional - set(PAPERS) == set()
    assert set(PAPERS) - components.keys() == set()
