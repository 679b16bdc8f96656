"""The adapter of the 2026 generation: batches with an answer for each item, and everything else that it offers."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from json.encoder import encode_basestring as quoted
from typing import Any
from urllib.parse import quote, urlencode

from dossiers.national import client
from dossiers.national.faults import Malformed, Unreachable
from dossiers.national.mapping2026 import body_of
from dossiers.national.port import Answer, Group, Mirrored, MirroredPage, Result, Step, Summary, Uploaded, status_told
from portal.core.canonical import canonical

PAGE = 500
MOST_STEPS = 2**31 - 1
RESULTS = {
    "applied": Result.DONE,
    "duplicate": Result.DONE,
    "gap": Result.GAP,
    "conflict": Result.CONFLICT,
    "invalid": Result.INVALID,
    "error": Result.UNKNOWN,
}
_DONE = Answer(Result.DONE)
_WELL = ("applied", "duplicate")


class Generation2026:
    """`NationalPort` over OAuth client credentials and signed calls."""

    name = "2026"
    takes_files = True

    def deliver(self, steps: Sequence[Step]) -> list[Answer]:
        """One call for all steps that have words there; a step that has none is answered here."""
        answers: dict[str, Answer] = {}
        items = []
        for step in steps:
            try:
                items.append(item_of(step))
            except Malformed as fault:
                answers[step.key] = Answer(Result.INVALID, fault.reason)
        entries: dict[str, list[dict[str, Any]]] = {}
        for entry in client.post_messages(items) if items else []:
            entries.setdefault(str(entry.get("key")), []).append(entry)
        return [answers.get(step.key) or _answer(step, entries.get(step.key, [])) for step in steps]

    def status(self, code: str) -> Mirrored | None:
        """The dossier as the portal shows it; None if it does not have it."""
        try:
            return _mirrored(client.fetch(f"/npsp/v2/dossiers/{quote(code, safe='')}"))
        except client.NotThere:
            return None

    def statuses(self, codes: Sequence[str]) -> dict[str, Mirrored]:
        """One call for every five hundred."""
        found: dict[str, Mirrored] = {}
        for start in range(0, len(codes), PAGE):
            answer = client.post("/npsp/v2/lookups", json.dumps({"codes": list(codes[start : start + PAGE])}).encode())
            with _readable("a list"):
                found |= {line.code: line for line in map(_mirrored, answer["items"])}
        return found

    def upload(self, name: str, content: bytes) -> Uploaded:
        """The portal keeps the file, and its fingerprint is ours."""
        answer = client.post("/npsp/v2/files", content, client.file_headers(name), endpoint=client.FILES)
        digest = hashlib.sha256(content).hexdigest()
        if answer.get("HashTepTin") != digest or not answer.get("IdTepTin"):
            raise Unreachable("the file arrived with another fingerprint")
        return Uploaded(str(answer["IdTepTin"]), digest)

    def reply(self, question_id: str, text: str) -> None:
        """The same answer again changes nothing there."""
        client.post("/npsp/v2/replies", json.dumps({"remote_id": question_id, "NoiDungTraLoi": text}, ensure_ascii=False).encode())

    def next_code(self, unit: str, day: date) -> str:
        """A code of the unit's series at the portal."""
        body = json.dumps({"MaDonVi": unit, "Ngay": f"{day:%y%m%d}"}).encode()
        answer = client.post("/npsp/v2/GetNextValue", body)
        if not isinstance(answer.get("MaHoSo"), str):
            raise Unreachable("answer without a code")
        return str(answer["MaHoSo"])

    def page(self, *, day: date | None = None, province: str = "", after: str = "") -> MirroredPage:
        """Dossiers by code."""
        answer = client.fetch("/npsp/v2/dossiers?" + _query(day, province, {"after": after, "limit": str(PAGE)}))
        try:
            return MirroredPage([_mirrored(line) for line in answer["items"]], answer.get("next") or None)
        except (KeyError, TypeError) as error:
            raise Unreachable("a page that cannot be read") from error

    def summary(self, *, day: date | None = None, province: str = "") -> Summary:
        """The fingerprint of those dossiers."""
        query = _query(day, province, {})
        answer = client.fetch("/npsp/v2/summary" + (f"?{query}" if query else ""))
        try:
            return Summary(int(answer["count"]), str(answer["digest"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable("a summary that cannot be read") from error

    def groups(self, *, since: date | None, until: date | None) -> list[Group]:
        """Every day and province between the days, in one call."""
        asked = {"since": since.isoformat() if since else "", "until": until.isoformat() if until else ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        answer = client.fetch("/npsp/v2/summaries" + (f"?{query}" if query else ""))
        with _readable("a summary"):
            return [
                Group(date.fromisoformat(row["day"]) if row["day"] else None, str(row["province"]), int(row["count"]), str(row["digest"]))
                for row in answer["items"]
            ]

    def hours(self, group: Group) -> dict[str, str]:
        """The digest of each filing hour of the group."""
        answer = client.fetch("/npsp/v2/summaries/hours?" + _group(group))
        with _readable("a summary"):
            return {str(row["hour"]): str(row["digest"]) for row in answer["items"]}

    def members(self, group: Group, hour: str) -> list[Mirrored]:
        """The dossiers of one hour of the group."""
        found: list[Mirrored] = []
        after: str | None = ""
        while after is not None:
            answer = client.fetch(f"/npsp/v2/summaries/dossiers?{_group(group)}&" + urlencode({"hour": hour, "after": after}))
            with _readable("a page"):
                found += [_mirrored(line) for line in answer["items"]]
                after = answer.get("next") or None
        return found

    def record(self, code: str) -> dict[str, Any] | None:
        """The dossier with its snapshot and steps; None if the portal does not have it."""
        try:
            return client.fetch(f"/npsp/v2/dossiers/{quote(code, safe='')}")
        except client.NotThere:
            return None

    def procedures(self, *, since: datetime | None, after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
        """One page of the catalogue's feed."""
        asked = {"limit": str(limit), "since": since.isoformat() if since else "", "after": after}
        answer = client.fetch("/npsp/v2/procedures?" + urlencode({name: value for name, value in asked.items() if value}))
        items, following = answer.get("items"), answer.get("next")
        if not isinstance(items, list):
            raise Unreachable("answer without items")
        return [item for item in items if isinstance(item, dict)], following if isinstance(following, str) else ""

    def handed_over(self, after: int) -> tuple[list[tuple[int, dict[str, Any]]], bool]:
        """What people ever did there, after that number."""
        answer = client.fetch(f"/npsp/v2/inbound?after={after}")
        with _readable("a list"):
            return [(int(row["n"]), dict(row["body"])) for row in answer["items"]], bool(answer.get("next"))

    def check(self) -> None:
        """A signed reading call is accepted."""
        client.fetch("/npsp/v2/dossiers?limit=1")


def item_of(step: Step) -> bytes:
    """The step as the portal takes it, in JSON; its body stands there in the very bytes that were hashed. Raises Malformed."""
    body = canonical(body_of(step.content, step.files))
    kind = "status" if step.before and step.kind == "create" else step.kind  # the portal had it before us: nothing is created twice
    names = f'{{"key":{quoted(step.key)},"dossier_code":{quoted(step.code)},"seq":{_there(step)},"kind":{quoted(kind)}'
    return b'%b,"body_hash":"%b","body":%b}' % (names.encode(), hashlib.sha256(body).hexdigest().encode(), body)


def _there(step: Step) -> int:
    """The number of the step in the portal's count."""
    return step.seq + step.before


def _answer(step: Step, mine: Sequence[Mapping[str, Any]]) -> Answer:
    """The answer to this very step out of those under its key; contradicting ones, or one that names another dossier, are none."""
    if len(mine) == 1 and _is_done(step, mine[0]):
        return _DONE
    words = {str(entry.get("result")) for entry in mine}
    if len(words) != 1 or any(entry.get("dossier_code") != step.code or entry.get("seq") != _there(step) for entry in mine):
        return Answer(Result.UNKNOWN, "no clear answer for this item")
    word, entry = words.pop(), mine[0]
    if not isinstance(entry.get("result"), str):
        return Answer(Result.UNKNOWN, "an answer of the wrong type")
    if word not in RESULTS:
        return Answer(Result.INVALID, f"unknown answer '{word[:40]}'")
    expected, reason = entry.get("expected"), f"{word}: {entry.get('reason', '')}"[:500]
    if RESULTS[word] is Result.GAP and isinstance(expected, int) and expected <= step.before:
        return Answer(Result.INVALID, f"{reason} (the portal lost steps that were there before ours)"[:500])
    return Answer(RESULTS[word], reason, expected - step.before if isinstance(expected, int) else None)


def _is_done(step: Step, entry: Mapping[str, Any]) -> bool:
    """The usual answer, told apart without a search."""
    return entry.get("result") in _WELL and entry.get("seq") == _there(step) and entry.get("dossier_code") == step.code


def _mirrored(line: Mapping[str, Any]) -> Mirrored:
    try:
        return Mirrored(str(line["MaHoSo"]), min(max(int(line["seq"]), 0), MOST_STEPS), status_told(line["TrangThaiHoSo"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreachable("a dossier that cannot be read") from error


def _group(group: Group) -> str:
    return urlencode({"day": group.day.isoformat() if group.day else "", "province": group.province})


@contextmanager
def _readable(what: str) -> Iterator[None]:
    """Raises Unreachable for an answer without the expected fields."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise Unreachable(f"{what} that cannot be read") from error


def _query(day: date | None, province: str, more: Mapping[str, str]) -> str:
    asked = {"day": day.isoformat() if day else "", "province": province, **more}
    return urlencode({name: value for name, value in asked.items() if value})
