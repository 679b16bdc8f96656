"""One component: paper or note, how often, under which condition; and what a table's heading means."""

import re
from collections.abc import Sequence

from procedures.catalogue_load.national.conditions import LEADING, PAPER, condition_of
from procedures.catalogue_load.national.values import Findings, Paper
from procedures.catalogue_load.national.wording import capitalised, one_line

_TAIL = " ;.,:/"
_BULLET = re.compile(r"^(?:[-–+*•.]\s*)+")
_NOTE = re.compile(
    r"^\(?(?:lưu ý|ghi chú|chú ý|chú thích|số lượng hồ sơ|số bộ hồ sơ|số lượng:|\d\) số lượng hồ sơ|ngoài các (?:giấy tờ|"
    r"tài liệu) (?:quy định )?nêu trên|"
    r"người [^.;]{0,120}(?:có trách nhiệm|chịu trách nhiệm|có thể nộp)|bản chụp các giấy tờ gửi kèm|trường hợp (?:không )?khai thác được|"
    r"(?:các )?(?:tài liệu|giấy tờ)[^.;]{0,60}tiếng nước ngoài[^.;]{0,40}phải|"
    r"việc xác định|cá nhân có quyền|đối với giấy tờ (?:xuất trình|gửi kèm))",
    re.IGNORECASE,
)
_NOTE_UNCOUNTED = re.compile(
    r"^(?:thời hạn|trong trường hợp cần thiết|cơ quan |người |tổ chức, cá nhân|các giấy tờ|giấy tờ (?:nêu )?trên|việc |sau khi |khi |"
    r"hồ sơ (?:được|phải|nộp|gửi|đăng ký bao gồm|bằng)|thành phần hồ sơ|quy định (?:về|tại|trên)|theo quy định tại|không quy định|do |"
    r"trường hợp nộp hồ sơ trực tuyến|giấy tờ phải (?:nộp|xuất trình)$)",
    re.IGNORECASE,
)
_EXEMPTING = re.compile(
    r"không phải (?:nộp|tải|xuất trình|yêu cầu|gửi|cung cấp)|không yêu cầu (?:nộp|xuất trình|cung cấp)|thì hồ sơ không bao gồm|"
    r"được hệ thống điền tự động|không cần nộp|miễn nộp|cơ quan (?:tiếp nhận|đăng ký)[^.]{0,40}(?:khai thác|tra cứu)",
    re.IGNORECASE,
)
_DEMANDED = re.compile(r"tài liệu phải có trong|phải (?:nộp|có|bổ sung|kèm theo) (?:thêm )?(?:bản|giấy|văn bản|đơn)", re.IGNORECASE)
_REFERENCE = re.compile(r"^Theo quy định tại [^:]{5,250}, cụ thể(?: như sau)?:\s*", re.IGNORECASE)
_CERTIFIED = re.compile(
    r"bản sao[^.;,]{0,30}(?:có |được |đã )?(?:chứng thực|công chứng)|(?:chứng thực|công chứng) từ bản chính", re.IGNORECASE
)
_NOT_CERTIFIED = re.compile(r"không (?:yêu cầu|cần|phải)[^.;,]{0,12}(?:chứng thực|công chứng)", re.IGNORECASE)
_OR_COPY = re.compile(r"hoặc (?:nộp |bản chụp|bản sao|xuất trình)", re.IGNORECASE)
_COUNTED = re.compile(r"(?:^|[:;,(]\s*|nộp |số lượng:? )0?(\d{1,2}) (bản chính|bản sao|bản gốc|bản chụp)", re.IGNORECASE)
_SHOWN = re.compile(r"^(?:\(?\w{1,3}[.)]\s*)?xuất trình (?!hoặc)(?!.{0,60}hoặc (?:nộp|gửi))", re.IGNORECASE)
_CASE = re.compile(
    r"^(?:\(?[\dIVXa-zđ]{1,4}(?:\.\d+)*[.)]+\s*)?(?:hồ sơ |thành phần hồ sơ )?(?:\(?[\dIVXa-zđ]{1,4}[.)]+\s*)?(?:trường hợp|đối với|"
    r"trong trường hợp|hồ sơ (?:đề nghị|đăng ký|cấp|gia hạn|thay đổi|điều chỉnh)|"
    r"cấp (?:mới|lại|đổi|giấy|phép)|gia hạn|đăng ký|điều chỉnh|thay đổi|khi |nếu )",
    re.IGNORECASE,
)
_PART = re.compile(r"(?:nhóm \d|hồ sơ|tài liệu|các (?:giấy tờ|tài liệu)|giấy tờ|bao gồm|gồm|phần \w|thành phần)\b.{0,45}$", re.IGNORECASE)
"""Headings of parts of one and the same dossier, which are all handed in."""


def group_kind(title: str) -> str:
    """What a heading says about the papers under it."""
    low = title.lower()
    if not title:
        return "common"
    if re.match(r"(?:lưu ý|ghi chú|chú ý)\b", low):
        return "note"
    if re.search(r"\bxuất trình\b", low) and not re.search(r"\bnộp\b|hoặc gửi|\blưu giữ\b", low) and not _CASE.match(title):
        return "present"
    if re.search(r"giấy tờ(?: phải)? nộp|phải nộp", low) and not _CASE.match(title):
        return "submit"
    if re.match(r"(?:\w\) )?(?:thành phần hồ sơ|hồ sơ|bao gồm|hồ sơ (?:bao )?gồm)(?: (?:bao )?gồm)?(?: có)?$", low):
        return "common"
    return "common" if _PART.match(title) and not _CASE.match(title) else "case"


def component(text: str, originals: int, copies: int, attachments: Sequence[str], kind: str, found: Findings) -> list[Paper]:
    """The paper or note of one row; nothing when the row is only punctuation."""
    said = one_line(text)
    name = _BULLET.sub("", said).strip()
    name = name if re.match(r"[a-zđ]\)", name) else capitalised(name)
    if not name.strip(" .,;:-"):
        return []
    files = tuple(attachments)
    if _is_note(name, originals, copies, files, kind):
        if (originals, copies) != (0, 0):
            found.repaired("papers", "note_not_paper", name, "ghi chú")
        return [Paper(name, "note", 0, 0, 0, files)]
    if (originals, copies) == (0, 0):
        originals, copies = _counted(name, found)
    name = _REFERENCE.sub("", name) or name
    name, condition = condition_of(name.rstrip(_TAIL))
    shown = kind == "present" or bool(_SHOWN.match(name))
    role = "present_only" if shown else "conditional" if condition else "required"
    return [Paper(name, role, originals, copies, _certified(name, copies), files, condition)]


def _is_note(name: str, originals: int, copies: int, files: Sequence[str], kind: str) -> bool:
    if files:
        return False
    if kind == "note" or _NOTE.match(name):
        return True
    if (originals, copies) != (0, 0):
        return bool(_EXEMPTING.search(name)) and not PAPER.match(name) and not _DEMANDED.search(name)
    if kind == "present" and not name.endswith(":"):
        return bool(_EXEMPTING.search(name)) and name.lower().startswith("trường hợp")
    if name.endswith(":") or _NOTE_UNCOUNTED.match(name):
        return True
    if _COUNTED.search(name):
        return False
    conditional = LEADING.match(name)
    return not PAPER.match(conditional["rest"] if conditional else name) or (
        bool(_EXEMPTING.search(name)) and name.lower().startswith("trường hợp")
    )


def _counted(name: str, found: Findings) -> tuple[int, int]:
    """The numbers that the text states where the table says 0."""
    originals = copies = 0
    for number, what in _COUNTED.findall(name):
        if what.lower() in {"bản chính", "bản gốc"}:
            originals = originals or int(number)
        else:
            copies = copies or int(number)
    if originals and copies and re.search(r"hoặc", name):
        copies = 0
    if originals or copies:
        found.repaired("papers", "quantity_from_text", f"0 bản chính: {name}", f"{originals} bản chính, {copies} bản sao")
    return originals, copies


def _certified(name: str, copies: int) -> int:
    return (
        max(copies, 1)
        if _CERTIFIED.search(name) and not _NOT_CERTIFIED.search(name) and not _OR_COPY.search(name.split("chứng thực", maxsplit=1)[0])
        else 0
    )
