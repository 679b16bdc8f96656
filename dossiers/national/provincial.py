"""The adapter of the older, provincial generation: a session, one endpoint with named services, chunks of ten.

That portal counts no steps, so ours travel in `MaBuoc` of the snapshot; by it a repetition and a gap are told apart.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from dossiers.national.faults import Malformed, NotOffered, Refused, Unreachable
from dossiers.national.mapping_provincial import dossier_of, progress_of
from dossiers.national.port import Answer, Group, Mirrored, MirroredPage, Result, Step, Summary, Uploaded, status_told
from dossiers.national.transport import Endpoint, Reply, ask, asked_wait, without_nul

SERVICE = Endpoint("national.messages", stream="national")
SESSION = Endpoint("national.token", stream="national")
CHUNK = 10
OK, EXISTS, NOT_FOUND, SESSION_OVER, REFUSED = "0", {"3", "-3"}, "2", "-2", "1"


@dataclass(slots=True)
class _Session:
    value: str = ""


_session = _Session()


class Provincial:
    """`NationalPort` over DongBoHoSoMC, CapNhatTienDoHoSoMC and TraCuuHoSo."""

    name = "provincial"
    takes_files = False

    def deliver(self, steps: Sequence[Step]) -> list[Answer]:
        """Each dossier is looked up, created or updated, and its progress added."""
        answers: dict[str, Answer] = {}
        rows: dict[str, tuple[dict[str, Any], bool]] = {}
        for step in steps:
            try:
                found = _prepared(step)
            except Malformed as fault:
                found = Answer(Result.INVALID, fault.reason)
            if isinstance(found, Answer):
                answers[step.key] = found
            else:
                rows[step.key] = found
        for is_updating in (False, True):
            chosen = [step for step in steps if step.key in rows and rows[step.key][1] is is_updating]
            for chunk in _chunks(chosen):
                answers |= _store(chunk, [rows[step.key][0] for step in chunk], is_updating=is_updating)
        done = [step for step in steps if answers[step.key].result is Result.DONE]
        for chunk in _chunks(done):
            answers |= _progress(chunk)
        return [answers[step.key] for step in steps]

    def status(self, code: str) -> Mirrored | None:
        """The dossier as the portal shows it; None if it does not have it."""
        found = _look_up(code)
        if found is None:
            return None
        return Mirrored(code, _step_of(found), status_told(found.get("TrangThaiHoSo")))

    def statuses(self, codes: Sequence[str]) -> dict[str, Mirrored]:
        """One call for each."""
        return {code: found for code in codes if (found := self.status(code))}

    def upload(self, name: str, content: bytes) -> Uploaded:
        """Raises NotOffered: this generation takes addresses of files, not files."""
        raise NotOffered("the provincial generation takes no files")

    def reply(self, question_id: str, text: str) -> None:
        """Raises NotOffered."""
        raise NotOffered("the provincial generation takes no answers to questions")

    def next_code(self, unit: str, day: date) -> str:
        """Raises NotOffered: codes are ours."""
        raise NotOffered("the provincial generation gives no codes")

    def page(self, *, day: date | None = None, province: str = "", after: str = "") -> MirroredPage:
        """Raises NotOffered: dossiers are looked up one by one."""
        raise NotOffered("the provincial generation lists no dossiers")

    def summary(self, *, day: date | None = None, province: str = "") -> Summary:
        """Raises NotOffered."""
        raise NotOffered("the provincial generation has no summary")

    def groups(self, *, since: date | None, until: date | None) -> list[Group]:
        """Raises NotOffered."""
        raise NotOffered("the provincial generation has no summary")

    def hours(self, group: Group) -> dict[str, str]:
        """Raises NotOffered."""
        raise NotOffered("the provincial generation has no summary")

    def members(self, group: Group, hour: str) -> list[Mirrored]:
        """Raises NotOffered."""
        raise NotOffered("the provincial generation lists no dossiers")

    def record(self, code: str) -> dict[str, Any] | None:
        """The dossier as it was looked up; None if the portal does not have it."""
        return _look_up(code)

    def procedures(self, *, since: datetime | None, after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
        """Every procedure in force, by code: this generation does not say what changed, nor what was withdrawn."""
        answer = _ask({"service": "LayDanhSachTTHC"})
        codes = sorted(str(row["MATTHC"]) for row in _rows(answer) if row.get("MATTHC"))
        page = [code for code in codes if code > after][:limit]
        found = [_rows(_ask({"service": "LayThuTuc", "maTTHC": code})) for code in page]
        return [row for rows in found for row in rows], page[-1] if len(page) == limit else ""

    def handed_over(self, after: int) -> tuple[list[tuple[int, dict[str, Any]]], bool]:
        """Raises NotOffered."""
        raise NotOffered("the provincial generation lists nothing that was done there")

    def check(self) -> None:
        """A session is given."""
        _session.value = ""
        _sign_in()


def _prepared(step: Step) -> Answer | tuple[dict[str, Any], bool]:
    """The row to send and whether it updates, or the answer if nothing is to be sent."""
    before = _look_up(step.code)
    there = _step_of(before) if before else 0
    if there >= step.seq:
        return Answer(Result.DONE, "duplicate: the portal has this step")
    if there < step.seq - 1:
        return Answer(Result.GAP, f"gap: the portal has step {there}", expected=there + 1)
    return dossier_of(step.content, before or {}), before is not None


def _store(steps: Sequence[Step], rows: Sequence[Mapping[str, Any]], *, is_updating: bool) -> dict[str, Answer]:
    """A refusal takes back the whole chunk, so its dossiers are then sent one by one."""
    answer = _ask({"service": "DongBoHoSoMC", "isUpdating": str(is_updating), "data": list(rows)})
    result = _result(answer)
    if result.result is not Result.INVALID:
        return {step.key: result for step in steps}
    if len(steps) > 1:
        found: dict[str, Answer] = {}
        for step, row in zip(steps, rows, strict=True):
            found |= _store([step], [row], is_updating=is_updating)
        return found
    if _code(answer) in EXISTS and not is_updating:
        return _store(steps, rows, is_updating=True)
    return {steps[0].key: result}


def _progress(steps: Sequence[Step]) -> dict[str, Answer]:
    result = _result(_ask({"service": "CapNhatTienDoHoSoMC", "data": [progress_of(step.content) for step in steps]}))
    if result.result is Result.INVALID and len(steps) > 1:
        return {key: answer for step in steps for key, answer in _progress([step]).items()}
    return {step.key: result for step in steps}


def _result(answer: Mapping[str, Any]) -> Answer:
    """What the code says; the words beside it decide nothing."""
    code, words = _code(answer), str(answer.get("message", ""))[:300]
    if code == OK:
        return Answer(Result.DONE)
    if code in {REFUSED, NOT_FOUND, *EXISTS}:
        return Answer(Result.INVALID, f"error_code {code}: {words}")
    return Answer(Result.INVALID, f"unknown error_code '{code[:20]}': {words}")


def _look_up(code: str) -> dict[str, Any] | None:
    answer = _ask({"service": "TraCuuHoSo", "mahoso": code})
    if _code(answer) == NOT_FOUND:
        return None
    rows = answer.get("data")
    if _code(answer) != OK:
        raise Malformed(_result(answer).reason)
    if not isinstance(rows, list) or len(rows) != 1 or not isinstance(rows[0], dict) or rows[0].get("MaHoSo") != code:
        raise Unreachable("a dossier that cannot be read")
    return dict(rows[0])


def _rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer. Raises Unreachable; what was not found is no row."""
    if _code(answer) == NOT_FOUND:
        return []
    rows = answer.get("data")
    if _code(answer) != OK or not isinstance(rows, list):
        raise Unreachable(f"a list that cannot be read: {_result(answer).reason}"[:300])
    return [row for row in rows if isinstance(row, dict)]


def _step_of(row: Mapping[str, Any]) -> int:
    value = str(row.get("MaBuoc", ""))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _chunks(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    for start in range(0, len(steps), CHUNK):
        yield steps[start : start + CHUNK]


def _ask(call: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of the one endpoint; a session that is over is renewed once."""
    for is_last in (False, True):
        body = {"session": _session.value or _sign_in(), "madonvi": settings.NATIONAL_UNIT_CODE, **call}
        answer = _post(SERVICE, "/npsp/v1/service", body)
        if _code(answer) != SESSION_OVER:
            return answer
        _session.value = ""
        if is_last:
            raise Refused("the session is over as soon as it begins")
    raise AssertionError


def _sign_in() -> str:
    answer = _post(SESSION, "/npsp/v1/session", {"username": settings.NATIONAL_CLIENT_ID, "password": settings.NATIONAL_CLIENT_SECRET})
    session = answer.get("session")
    if _code(answer) != OK or not isinstance(session, str) or not session:
        raise Refused(f"no session: error_code {_code(answer)}")
    _session.value = session
    return session


def _code(answer: Mapping[str, Any]) -> str:
    return str(answer.get("error_code", ""))


def _post(endpoint: Endpoint, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    raw = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "dstcode": settings.NATIONAL_UNIT_CODE}
    return ask(endpoint, "POST", path, body=raw, headers=headers, understand=_understood)


def _understood(reply: Reply) -> dict[str, Any]:
    if reply.status in {401, 403}:
        raise Refused(f"HTTP {reply.status}")
    if reply.status != 200:
        raise Unreachable(f"HTTP {reply.status}", asked_wait(reply.headers))
    try:
        answer = json.loads(without_nul(reply.data))
    except (ValueError, RecursionError) as error:
        raise Unreachable("answer is not JSON") from error
    if not isinstance(answer, dict) or "error_code" not in answer:
        raise Unreachable("answer without error_code")
    return answer
