"""What becomes of one message, given what the portal has. Pure: plain values in, plain values out.

A step is applied only if it is the next one of its dossier. An older step answers `duplicate` if it is the same and
`conflict` if it differs; a later one answers `gap` with the number that is expected. Nothing is ever overwritten.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from portal.sandbox.national.schema import CODE, problems
from portal.sandbox.signing import canonical, digest_of_text

KINDS = ("create", "status", "progress")
MAX_SEQ = 1_000_000
NO_FILES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one item."""

    key: str
    dossier_code: str
    seq: int
    result: str
    head: int = 0
    expected: int | None = None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Without what does not apply."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


@dataclass(slots=True)
class Known:
    """What is known of one dossier: its head, its procedure, and the fingerprints of the steps that were asked about."""

    head: int = 0
    procedure_code: str = ""
    hashes: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A message whose envelope is sound; `text` is its body in canonical JSON."""

    key: str
    code: str
    seq: int
    kind: str
    body: dict[str, Any]
    body_hash: str
    text: str


def opened(item: Any) -> Item | Answer:
    """The message, or why it is none."""
    problem, text = _envelope_problem(item)
    code, seq, key = names(item)
    if problem:
        return Answer(key, code, seq, "invalid", reason=problem)
    return Item(key, code, seq, item["kind"], item["body"], item["body_hash"], text)


def files_in(value: Any) -> list[tuple[str, Any]]:
    """IdTepTin and HashTepTin of every file that the body names, at whatever depth."""
    if isinstance(value, list):
        return [each for row in value for each in files_in(row)]
    if not isinstance(value, dict):
        return []
    own = [(str(value["IdTepTin"]), value.get("HashTepTin"))] if value.get("IdTepTin") else []
    return own + [each for row in value.values() for each in files_in(row)]


def names(item: Any) -> tuple[str, int, str]:
    """Code, sequence and key as far as they can be told."""
    if not isinstance(item, dict):
        return "", 0, ""
    seq = item.get("seq")
    return str(item.get("dossier_code", ""))[:60], seq if isinstance(seq, int) else 0, str(item.get("key", ""))[:200]


def _envelope_problem(item: Any) -> tuple[str, str]:
    """Why this is no message at all (empty if it is one), and its body's canonical text."""
    if not isinstance(item, dict) or not isinstance(item.get("body"), dict):
        return "Mỗi mục cần key, dossier_code, seq, kind, body, body_hash", ""
    code, seq, key = item.get("dossier_code"), item.get("seq"), item.get("key")
    if not isinstance(code, str) or len(code) > 60 or not CODE.fullmatch(code):
        return "dossier_code phải có dạng H26.1-261122-0001", ""
    if isinstance(seq, bool) or not isinstance(seq, int) or not 1 <= seq <= MAX_SEQ:
        return "seq là số nguyên từ 1", ""
    if not isinstance(key, str) or not 0 < len(key) <= 200:
        return "key là chuỗi từ 1 đến 200 ký tự", ""
    if item.get("kind") not in KINDS:
        return "kind là create, status hoặc progress", ""
    text = canonical(item["body"])
    if "\\u0000" in text or "\x00" in key:
        return "Nội dung chứa ký tự không hợp lệ", ""
    if item.get("body_hash") != digest_of_text(text):
        return "body_hash không khớp với body (SHA-256 của JSON chuẩn hóa)", ""
    return "", text


def judge(
    item: Item,
    known: Known,
    *,
    used_keys: Mapping[str, tuple[str, int]],
    rejected: Collection[str] = (),
    files: Mapping[str, str] = NO_FILES,
) -> Answer:
    """The answer to one message. `used_keys` says which step each known key belongs to, `files` the fingerprint of each uploaded file."""
    key, code, seq, head = item.key, item.code, item.seq, known.head
    if seq <= head:
        if known.hashes.get(seq) != item.body_hash:
            return Answer(key, code, seq, "conflict", head, reason=f"Bước {seq} đã nhận với nội dung khác: cần kiểm tra")
        return Answer(key, code, seq, "duplicate", head)
    if key in used_keys:
        return Answer(key, code, seq, "conflict", head, reason="Khóa này đã dùng cho một bước khác")
    if seq > head + 1:
        return Answer(key, code, seq, "gap", head, expected=head + 1, reason=f"Chưa nhận bước {head + 1}")
    named = [name for name in (code, str(item.body.get("MaTTHC", "")), known.procedure_code) if name and name in rejected]
    if named:
        return Answer(key, code, seq, "invalid", head, reason=f"Cấu trúc dữ liệu của {named[0]} chưa được chấp nhận")
    found = problems(item.kind, code, item.body)
    found += _file_problems(item, files)
    if seq == 1 and item.kind != "create":
        found.insert(0, "Bước đầu tiên (seq 1) phải là create")
    if found:
        return Answer(key, code, seq, "invalid", head, reason="; ".join(found))
    return Answer(key, code, seq, "applied", seq)


def _file_problems(item: Item, files: Mapping[str, str]) -> list[str]:
    named = files_in(item.body)
    missing = [f"Tệp {name[:60]} chưa được tải lên" for name, _digest in named if name not in files]
    return missing + [f"HashTepTin của tệp {name[:60]} không đúng" for name, digest in named if name in files and files[name] != digest]
