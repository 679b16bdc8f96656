"""The "if" of a component, told apart from its name. What opens a rule of its own is no condition of the paper."""

import re

from procedures.catalogue_load.national.wording import capitalised

PAPER = re.compile(
    r"^(?:\(?[\dIVXa-zđ]{1,4}[.)]+\d*\.?\)?\s*)?(?:0?\d+\s+)?(?:\(?\w+\)?\s+)?(?:nộp |xuất trình |trình )?(?:\d+ )?(?:bộ |các |"
    r"một trong |tập |bản |mỗi )?"
    r"(?:đơn|vận tải đơn|tờ|giấy|văn bản|bản|phiếu|hồ sơ|quyết định|hợp đồng|báo cáo|danh sách|chứng|thẻ|hộ chiếu|biên bản|ảnh|sơ đồ|"
    r"phương án|tài liệu|thuyết minh|công văn|thông báo|hóa đơn|hoá đơn|kế hoạch|đề án|dự án|dự thảo|lý lịch|sổ|tờ trình|nghị quyết|"
    r"điều lệ|mẫu|bảng|bằng|kết quả|bìa|thư|vận đơn|lệnh|di chúc|bảo lãnh|biên lai|hình|file|tệp|video|catalog|thiết kế|quy trình|"
    r"chương trình|đề cương|lịch|nội dung|thông tin|cam kết|giải trình)",
    re.IGNORECASE,
)
"""How the names of papers begin."""

LEADING = re.compile(
    r"^(?P<condition>(?:trong trường hợp|trường hợp|đối với|nếu)\b[^:;]{4,600}?)(?:\s*:\s*|,?\s+thì\s+|,\s*(?:có |nộp |xuất trình |kèm )"
    r"(?:thêm |theo )?|,\s*(?:phải |cần )(?:có |nộp |bổ sung |xuất trình |kèm )(?:thêm |theo )?|\s+(?:phải|cần) (?:có |nộp |"
    r"bổ sung |xuất trình )(?:thêm )?)(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_OPENS_WITH_IF = re.compile(
    r"(?P<condition>(?:trong trường hợp|trường hợp|đối với|nếu)\b(?:[^:;]{4,400}(?=:)|(?:(?! thì )[^,:;]){4,300}))(?:[,:;]| thì )",
    re.IGNORECASE,
)
_OPENS_WITH_LIST = re.compile(
    r"(?P<condition>(?:trong trường hợp|trường hợp|đối với|nếu)\b(?:(?! thì )[^:;.]){4,400}?),\s*"
    r"(?:(?:doanh nghiệp|tổ chức|cá nhân|công ty|người \w+|chủ \w+|bên \w+)\s+(?:phải |cần )?(?:có|nộp|gửi|bổ sung|xuất trình)\b|"
    r"(?:phải|cần) (?:có|nộp|gửi|bổ sung|xuất trình|kèm)\b)",
    re.IGNORECASE,
)
"""The condition has commas of its own: it ends where somebody has to hand something in."""
_ENUMERATOR = re.compile(r"\(?(?:[a-zđ]|[ivx]+|\d{1,2}(?:\.\d{1,2})*)[.)]+\s*", re.IGNORECASE)
_COUNT_AT_END = re.compile(r"\s*:\s*0?\d{1,2} bản \w+[.;]?$", re.IGNORECASE)
_BRACKETED = re.compile(
    r"\((?P<condition>(?:nếu|trong trường hợp|đối với|(?:áp |sử )?dụng (?:đối với|trong|cho)|dùng (?:trong|cho)|trường hợp|"
    r"chỉ (?:áp dụng|nộp|yêu cầu))\b"
    r"[^()]*(?:\([^()]*\)[^()]*)*)\)",
    re.IGNORECASE,
)
_ABOUT_COPIES = re.compile(r"(?:nếu|trường hợp)(?: là| nộp| gửi)? (?:bản sao|bản chụp|bản phô)", re.IGNORECASE)
"""How a copy is certified or shown says nothing about who needs the paper."""
_RULE_OF_ITS_OWN = re.compile(r":|\bđược (?:thay thế|miễn|cắt giảm)\b", re.IGNORECASE)
_NEXT_SENTENCE = re.compile(r"\.\s+(?=[A-ZĐÀ-Ỹ])")
_TRAILING = re.compile(
    r"[\s,.;]+(?P<condition>(?:trừ (?:các )?trường hợp|đối với (?:các )?trường hợp|trong (?:các )?trường hợp|trường hợp|"
    r"áp dụng (?:đối với|trong trường hợp|cho)|nếu)\b(?! (?:nêu|quy định) trên)[^;]*)$",
    re.IGNORECASE | re.DOTALL,
)
_TRAILING_FOR = re.compile(r"(?:,|;|\.) ?(?P<condition>đối với\b[^;.]*)[.;]?$", re.IGNORECASE)
_BELONGS_TO_NOUN = re.compile(
    r"\b(?:các|những|cho|thuộc|một số|từng|về|của|mọi|tất cả|mỗi|một trong|đến|với|theo|tại|và|hoặc)$", re.IGNORECASE
)


def condition_of(text: str) -> tuple[str, str]:
    """The name without its "if", and the "if". Where the two cannot be parted the name is whole; several conditions stay in it."""
    count = _COUNT_AT_END.search(text)
    tail = count.group().rstrip(" .;") if count else ""
    enumerator = _ENUMERATOR.match(text)
    head = enumerator.group() if enumerator else ""
    name, condition = _parted(text[len(head) : count.start() if count else len(text)].rstrip(" ;.,"))
    return f"{head}{name}{tail}", condition


def _parted(name: str) -> tuple[str, str]:
    leading = LEADING.match(name)
    if leading and PAPER.match(leading["rest"]):
        return capitalised(leading["rest"].strip()), capitalised(leading["condition"].strip(" ,:"))
    opening = _OPENS_WITH_LIST.match(name) or _OPENS_WITH_IF.match(name)
    if opening:
        return name, capitalised(opening["condition"].strip())
    bracketed = list(_BRACKETED.finditer(name))
    if len(bracketed) > 1 or (bracketed and _ABOUT_COPIES.match(bracketed[0]["condition"])):
        return name, ""
    if bracketed and _governs_all(name, bracketed[0]):
        before, after = name[: bracketed[0].start()].rstrip(), name[bracketed[0].end() :].lstrip()
        joined = f"{before}{'' if after[:1] in ',.;:' else ' '}{after}"
        return (joined.strip(" ;.,") or name), capitalised(bracketed[0]["condition"].strip())
    trailing = _TRAILING.search(name) or _TRAILING_FOR.search(name)
    if trailing and trailing.start() > 4 and not _is_of_its_own(name, trailing):
        return name[: trailing.start()].rstrip(" ,;."), capitalised(trailing["condition"].strip(" .;"))
    return _first_sentence(name)


def _first_sentence(name: str) -> tuple[str, str]:
    """A condition at the end of the first of several sentences; the others stay with the name."""
    end = _NEXT_SENTENCE.search(name)
    first = name[: end.start()] if end else ""
    trailing = _TRAILING.search(first)
    if trailing is None or trailing.start() <= 4 or _RULE_OF_ITS_OWN.search(first[: trailing.start()]) or _is_of_its_own(first, trailing):
        return name, ""
    if trailing["condition"].lower().startswith(("nếu", "trừ")):
        return name, ""
    return f"{name[: trailing.start()].rstrip(' ,;.')}{name[len(first) :]}", capitalised(trailing["condition"].strip(" .;"))


def _governs_all(name: str, bracketed: re.Match[str]) -> bool:
    """Whether the bracket speaks of the whole component: "(if any)" only at its end, and never after a list."""
    if ";" in name:
        return False
    return not name[bracketed.end() :].strip(" .;") or "nếu có" not in bracketed[0].lower()


def _is_of_its_own(name: str, trailing: re.Match[str]) -> bool:
    """Whether the "in case of" belongs to a noun before it, or opens a sentence with a rule of its own."""
    condition, before = trailing["condition"].strip(), name[: trailing.start("condition")]
    low, marked = condition.lower(), before.rstrip().endswith((",", "(", ";"))
    if before.rfind("(") > before.rfind(")") or "miễn trừ" in before or ":" in condition:
        return True
    if low.startswith(("áp dụng", "nếu")) and low != "nếu có" and not marked:
        return True
    if low.startswith("trường hợp") and _BELONGS_TO_NOUN.search(before.rstrip()):
        return True
    if re.search(r"\bthì\b", condition) or ". " in condition:
        return True
    opens = before.rstrip().endswith((".", ";"))
    return opens and ("," in condition or bool(re.search(r"\b(?:phải|không|được|cần)\b", condition)))
