"""Both adapters keep the port's contract against the simulator, over HTTP."""

import itertools
from collections.abc import Callable
from datetime import date

import pytest
from django.test.utils import override_settings

from dossiers.national import client, generation2026, provincial
from dossiers.national.adapters import ADAPTERS, national_port
from dossiers.national.checks import check_generation
from dossiers.national.faults import NotOffered, Refused
from dossiers.national.port import NationalPort, Result, Step
from dossiers.national.transport import Reply
from dossiers.states import NATIONAL_STATUS, State
from tests.national.test_mapping import content
from tests.sandbox.client import Services

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)
NewStep = Callable[..., Step]


@pytest.fixture(params=sorted(ADAPTERS))
def port(request: pytest.FixtureRequest, national: Services) -> NationalPort:
    return ADAPTERS[request.param]()


@pytest.fixture
def dossier(port: NationalPort) -> NewStep:
    """`dossier(2, "assigned")` is the second step of one and the same new dossier."""
    code = f"H26.{next(_numbers)}-261102-0001"

    def step(seq: int, state: str = "accepted", **changes: object) -> Step:
        body = content(code=code, seq=seq, state=state, **changes)
        return Step(code=code, seq=seq, kind="create" if seq == 1 else "status", key=f"{code}:{seq}", content=body)

    return step


def results(port: NationalPort, *steps: Step) -> list[Result]:
    return [answer.result for answer in port.deliver(steps)]


def test_a_dossier_is_created_and_moved_on(port: NationalPort, dossier: NewStep) -> None:
    assert port.status(dossier(1).code) is None
    assert results(port, dossier(1)) == [Result.DONE]
    assert results(port, dossier(2, "assigned")) == [Result.DONE]

    shown = port.status(dossier(1).code)

    assert shown is not None
    assert (shown.code, shown.seq, shown.status) == (dossier(1).code, 2, 4)


def test_a_repetition_changes_nothing(port: NationalPort, dossier: NewStep) -> None:
    results(port, dossier(1))
    results(port, dossier(2, "assigned"))

    assert results(port, dossier(1)) == [Result.DONE]
    assert results(port, dossier(2, "assigned")) == [Result.DONE]
    shown = port.status(dossier(1).code)
    assert shown is not None
    assert (shown.seq, shown.status) == (2, 4)


def test_a_hole_is_named_and_nothing_is_skipped(port: NationalPort, dossier: NewStep) -> None:
    results(port, dossier(1))

    [answer] = port.deliver([dossier(3, "issued", finished_at="2026-11-03T09:00:00+07:00")])

    assert (answer.result, answer.expected) == (Result.GAP, 2)


def test_one_bad_item_leaves_its_neighbours_alone(port: NationalPort) -> None:
    codes = [f"H26.{next(_numbers)}-261102-0001" for _each in range(12)]
    steps = [Step(code, 1, "create", f"{code}:1", content(code=code, agency="" if n == 5 else "UBND xã")) for n, code in enumerate(codes)]

    answers = port.deliver(steps)

    assert [answer.result for answer in answers] == [Result.INVALID if n == 5 else Result.DONE for n in range(12)]
    assert answers[5].reason


def test_a_word_without_a_code_is_refused_before_it_is_sent(port: NationalPort, dossier: NewStep) -> None:
    [answer] = port.deliver([dossier(1, channel="pigeon")])

    assert answer.result is Result.INVALID
    assert "channel" in answer.reason


def test_every_state_is_taken_by_the_portal(port: NationalPort) -> None:
    moments = dict.fromkeys(("finished_at", "returned_at"), "2026-11-03T09:00:00+07:00")
    for state in State:
        code = f"H26.{next(_numbers)}-261102-0001"
        created = Step(code, 1, "create", f"{code}:1", content(code=code))
        moved = Step(code, 2, "status", f"{code}:2", content(code=code, seq=2, state=state.value, note="Lý do", **moments))
        assert results(port, created) + results(port, moved) == [Result.DONE, Result.DONE], state
        shown = port.status(code)
        assert shown is not None
        assert shown.status == NATIONAL_STATUS[state]


def test_wrong_credentials_are_an_alarm(port: NationalPort) -> None:
    client._token.value = provincial._session.value = ""

    with override_settings(NATIONAL_CLIENT_SECRET="guess"), pytest.raises(Refused):
        port.check()


def test_a_session_or_token_that_is_over_is_renewed_once(port: NationalPort, dossier: NewStep) -> None:
    client._token.value, client._token.good_until = "gone", 1e12
    provincial._session.value = "gone"

    assert results(port, dossier(1)) == [Result.DONE]


def test_codes_files_lists_and_summaries_of_the_newer_generation(national: Services) -> None:
    port = ADAPTERS["2026"]()

    first, second = port.next_code("H26.9", date(2026, 11, 2)), port.next_code("H26.9", date(2026, 11, 2))
    kept = port.upload("Giấy xác nhận.pdf", b"%PDF-1.7 \x00 \xff")
    page = port.page(day=date(2026, 11, 2))

    assert first != second
    assert first.startswith("H26.9-261102-")
    assert (len(kept.sha256), bool(kept.id)) == (64, True)
    assert port.summary(day=date(2026, 11, 2)).count >= len(page.dossiers)
    assert [each.code for each in page.dossiers] == sorted(each.code for each in page.dossiers)


def test_the_older_generation_says_what_it_does_not_offer(national: Services) -> None:
    port = ADAPTERS["provincial"]()

    for call in (lambda: port.next_code("H26", date(2026, 11, 2)), lambda: port.upload("a", b"a"), port.page, port.summary):
        with pytest.raises(NotOffered):
            call()


def test_the_setting_chooses_the_adapter() -> None:
    for name in ADAPTERS:
        with override_settings(NATIONAL_GENERATION=name):
            assert national_port().name == name
            assert check_generation() == []
    with override_settings(NATIONAL_GENERATION="2019"):
        assert [message.id for message in check_generation()] == ["portal.E020"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [(r'"sai\u0000 c\u0000\u0000\u0111"', "sai cđ"), (r'"a\\u0000"', r"a\u0000"), (r'"a\\\u0000b"', "a\\b"), (r'"\u00001"', "1")],
)
def test_a_nul_in_the_portals_words_never_reaches_a_column(text: str, reason: str) -> None:
    entry = '{"key":"k","dossier_code":"H1","seq":1,"result":"invalid","reason":' + text + "}"
    step = Step("H1", 1, "create", "k", {})

    newer = client._understood(Reply(200, f'{{"items":[{entry}]}}'.encode(), {}))
    older = provincial._understood(Reply(200, f'{{"error_code":"1","message":{text}}}'.encode(), {}))

    assert generation2026._answer(step, newer["items"]).reason == f"invalid: {reason}"
    assert provincial._result(older).reason == f"error_code 1: {reason}"
