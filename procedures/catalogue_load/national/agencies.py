"""Who decides, who may file, at which level; and the districts that exist no more."""

import re

from procedures.catalogue_load.national.values import Findings
from procedures.catalogue_load.national.wording import one_line, stated

LEVELS = {"Cấp bộ": "ministry", "Cấp tỉnh": "province", "Cấp xã": "commune", "Cơ quan khác": "other", "Cấp huyện": "district"}
_SUBJECTS = (
    "Tổ chức (không bao gồm doanh nghiệp, HTX)",
    "Cán bộ, công chức, viên chức",
    "Doanh nghiệp có vốn đầu tư nước ngoài",
    "Người nước ngoài cư trú tại Việt Nam",
    "Người Việt Nam định cư ở nước ngoài",
)
_DISTRICTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), after)
    for pattern, after in (
        (r"bảo hiểm xã hội (?:cấp )?(?:quận, )?huyện", "Bảo hiểm xã hội cơ sở"),
        (r"chi cục thuế (?:cấp )?(?:quận, )?huyện", "Thuế cơ sở"),
        (r"công an (?:cấp )?(?:quận, )?huyện", "Công an cấp xã"),
        (
            r"phòng tư pháp(?: (?:cấp )?huyện)?|phòng (?:văn hóa|tài chính|kinh tế|nội vụ|giáo dục)[^,;.]{0,40}(?:cấp )?huyện",
            "Ủy ban nhân dân cấp xã",
        ),
        (r"(?:ủy|uỷ) ban nhân dân (?:cấp )?(?:quận, )?huyện|ubnd (?:cấp )?huyện", "Ủy ban nhân dân cấp xã"),
        (r"chủ tịch (?:ủy|uỷ) ban nhân dân (?:cấp )?huyện", "Chủ tịch Ủy ban nhân dân cấp xã"),
    )
)
_NEXT_AGENCY = re.compile(
    r",\s+(?=(?:Bộ|Sở|Cục|Chi cục|Chi nhánh|Quỹ|Giám đốc|Tổng cục|Trường|Học viện|Văn phòng|Cảng vụ|Cảng|Ủy ban|Uỷ ban|UBND|"
    r"Công an|Phòng|Ban|Chủ tịch|Cơ quan|Trung tâm|Ngân hàng|Thuế|Hải quan|Kho bạc|Bảo hiểm|Tòa án|Viện|Đội|Trạm|Biên phòng)\b)"
)
_ANY_DISTRICT = re.compile(r"(?:cấp huyện|(?:ủy|uỷ) ban nhân dân (?:quận|huyện)|ubnd (?:quận|huyện)|công an (?:quận|huyện))", re.IGNORECASE)


def levels(text: str, found: Findings) -> tuple[str, ...]:
    """The levels in the source's order; a district level becomes a commune."""
    named = [LEVELS[part] for part in (item.strip() for item in text.split(",")) if part in LEVELS]
    if "district" in named:
        found.repaired("levels", "district", "Cấp huyện", "Cấp xã")
    if not named:
        found.missing("levels", "none_given", text)
    return tuple(dict.fromkeys("commune" if level == "district" else level for level in named))


def subjects(text: str) -> tuple[str, ...]:
    """Who may file; names that hold commas themselves are kept whole."""
    left, named = one_line(text), []
    for whole in _SUBJECTS:
        if whole in left:
            named.append((left.index(whole), whole))
            left = left.replace(whole, "\x1f" * len(whole))
    at = 0
    for part in left.split(","):
        name = part.replace("\x1f", "").strip()
        if name:
            named.append((at, name))
        at += len(part) + 1
    return tuple(dict.fromkeys(name for _at, name in sorted(named)))


def agency(text: str, part: str, found: Findings) -> str:
    """The agency's name of today. A district's agency is replaced by its successor, and a person is asked to confirm it."""
    named = one_line(stated(text))
    repaired = named
    for pattern, after in _DISTRICTS:
        repaired = pattern.sub(after, repaired)
    if repaired != named:
        found.repaired(part, "district", named, repaired)
        found.missing(part, "district_competence", f"{named} → {repaired}")
    return repaired


def agencies(text: str, found: Findings) -> tuple[str, ...]:
    """The executing agencies. Commas also stand inside their names, so a name begins with a capital."""
    named = agency(text, "executing", found)
    parts = _NEXT_AGENCY.split(named)
    return tuple(dict.fromkeys(part.strip(" ,") for part in parts if part.strip(" ,")))


def mention_districts(steps: str, found: Findings) -> None:
    """Steps that still speak of districts are left as the law's text has them, and a person is told."""
    named = sorted({match.group().lower() for match in _ANY_DISTRICT.finditer(steps)})
    if named:
        found.missing("steps", "district_in_steps", "; ".join(named))
