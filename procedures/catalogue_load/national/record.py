"""One national record: checked, and read part by part."""

import hashlib
import json
import re
from collections.abc import Mapping

from procedures.catalogue_load.national.agencies import agencies, agency, levels, mention_districts, subjects
from procedures.catalogue_load.national.legal import legal_acts
from procedures.catalogue_load.national.methods import methods
from procedures.catalogue_load.national.outcomes import results, without_furniture
from procedures.catalogue_load.national.papers import groups
from procedures.catalogue_load.national.shifted import unshifted
from procedures.catalogue_load.national.values import Findings, NationalProcedure, Refused
from procedures.catalogue_load.national.wording import capitalised, clean, one_line, shortened, stated

CODE = re.compile(r"\d\.\d{6}")
NEEDED = (
    "ma_thu_tuc",
    "ten_thu_tuc",
    "so_quyet_dinh",
    "cap_thuc_hien",
    "linh_vuc",
    "trinh_tu_thuc_hien",
    "cach_thuc_thuc_hien",
    "thanh_phan_ho_so",
)
OPTIONAL = (
    "loai_thu_tuc", "doi_tuong_thuc_hien", "co_quan_co_tham_quyen", "dia_chi_tiep_nhan", "co_quan_duoc_uy_quyen", "co_quan_phoi_hop",
    "thu_tuc_lien_quan", "can_cu_phap_ly", "co_quan_thuc_hien", "yeu_cau_dieu_kien", "ket_qua_xu_ly",
)  # fmt: skip
LONGEST_TEXT = 400_000
SHORT_NAME = 250
LONG_NAME = 300
_STEP = re.compile(r"(?<=[.;:)])\s*(?=(?:[-*+•]\s*)?Bước \d+\s*[:.])")
_BARE = re.compile(r"[-*+•–]+|\(?\w{1,2}[.)]")
"""A bullet or a letter that lost the line it belongs to."""
_NO_CONDITION = re.compile(r"(?:không(?: có)?|không (?:có )?quy định|không yêu cầu|không có yêu cầu(?:, điều kiện)?)[\s.]*", re.IGNORECASE)


def checked(raw: object) -> dict[str, str]:
    """The record's texts. Raises Refused."""
    if not isinstance(raw, Mapping):
        raise Refused("bản ghi không phải một đối tượng JSON")
    code = raw.get("ma_thu_tuc")
    if not isinstance(code, str) or not CODE.fullmatch(code.strip()):
        raise Refused(f"mã thủ tục không hợp lệ: {str(code)[:60]!r}")
    missing = [name for name in NEEDED if not isinstance(raw.get(name), str)]
    wrong = [name for name in OPTIONAL if not isinstance(raw.get(name, ""), str)]
    if missing or wrong:
        raise Refused(f"thiếu hoặc sai kiểu: {', '.join(missing + wrong)}")
    texts = {name: str(raw.get(name, "")) for name in (*NEEDED, *OPTIONAL)}
    if not clean(texts["ten_thu_tuc"]):
        raise Refused("không có tên thủ tục")
    if max(map(len, texts.values())) > LONGEST_TEXT:
        raise Refused(f"một phần dài hơn {LONGEST_TEXT} ký tự")
    try:
        json.dumps(texts, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Refused("chứa ký tự không lưu được") from error
    return texts


def fingerprint(texts: Mapping[str, str]) -> str:
    """The hash of what the record says, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_record(raw: Mapping[str, str]) -> tuple[NationalProcedure, Findings]:
    """The structured record with everything that was repaired or is missing. `raw` comes from `checked`."""
    found = Findings()
    raw = unshifted(raw, found)
    name = _name(raw["ten_thu_tuc"], found)
    steps = _steps(raw["trinh_tu_thuc_hien"])
    mention_districts("\n".join(steps), found)
    read = NationalProcedure(
        code=raw["ma_thu_tuc"].strip(),
        name=name,
        short_name=_short_name(name, found),
        field=one_line(raw["linh_vuc"])[:200],
        decision=one_line(raw["so_quyet_dinh"])[:60],
        law_kind=one_line(raw["loai_thu_tuc"]),
        levels=levels(raw["cap_thuc_hien"], found),
        subjects=subjects(raw["doi_tuong_thuc_hien"]),
        competent=agency(raw["co_quan_co_tham_quyen"], "competent", found),
        executing=agencies(raw["co_quan_thuc_hien"], found),
        coordinating=one_line(stated(raw["co_quan_phoi_hop"])),
        delegated=one_line(stated(raw["co_quan_duoc_uy_quyen"])),
        address=agency(raw["dia_chi_tiep_nhan"], "address", found),
        steps=steps,
        methods=methods(raw["cach_thuc_thuc_hien"], raw["trinh_tu_thuc_hien"], found),
        groups=groups(raw["thanh_phan_ho_so"], found),
        legal_basis=legal_acts(raw["can_cu_phap_ly"], found),
        results=results(raw["ket_qua_xu_ly"], found),
        preconditions=_preconditions(raw["yeu_cau_dieu_kien"], found),
        related=stated(raw["thu_tuc_lien_quan"]),
    )
    _complete(read, found)
    return read, found


def _complete(read: NationalProcedure, found: Findings) -> None:
    if not read.papers:
        found.missing("papers", "no_papers", "")
    if not read.competent and not read.executing:
        found.missing("competent", "none_given", "")


def _name(text: str, found: Findings) -> str:
    name = capitalised(one_line(text)).rstrip(" .;,")
    if "\n" in text.strip():
        found.repaired("name", "name_linebreaks", text.strip(), name)
    return name


def _short_name(name: str, found: Findings) -> str:
    short = capitalised(re.sub(r"^Thủ tục (?:hành chính )?(?=\S)", "", name))
    if len(short) > SHORT_NAME:
        after = shortened(short, SHORT_NAME)
        found.repaired("name", "name_shortened", f"{len(short)} ký tự", after)
        return after
    return short


def _steps(text: str) -> tuple[str, ...]:
    lines: list[str] = []
    for line in _STEP.sub("\n", clean(text)).splitlines():
        if not line.strip():
            continue
        if lines and _BARE.fullmatch(lines[-1]):
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line.strip())
    return tuple(lines)


def _preconditions(text: str, found: Findings) -> str:
    body, _description = without_furniture(text)
    if body != text:
        found.repaired("preconditions", "furniture", text.strip()[-120:], "")
    said = stated(body)
    return "" if _NO_CONDITION.fullmatch(said) else said
