"""Texts that stand in the wrong part: the source was cut wherever a heading's words happened to occur inside a sentence."""

import re
from collections.abc import Mapping

from procedures.catalogue_load.national.legal import HEAD as LEGAL_HEAD
from procedures.catalogue_load.national.papers import HEAD as PAPERS_HEAD
from procedures.catalogue_load.national.values import Findings
from procedures.catalogue_load.national.wording import clean, stated

_LEAST = 20
_PARTS = {
    "can_cu_phap_ly": "legal_basis",
    "cach_thuc_thuc_hien": "methods",
    "thanh_phan_ho_so": "papers",
    "trinh_tu_thuc_hien": "steps",
    "ket_qua_xu_ly": "results",
    "co_quan_thuc_hien": "executing",
}


def unshifted(texts: Mapping[str, str], found: Findings) -> dict[str, str]:
    """The same texts, with every piece that was cut off put back where it was cut."""
    parts = dict(texts)
    if parts["cach_thuc_thuc_hien"].rstrip().endswith("(") and LEGAL_HEAD not in parts["can_cu_phap_ly"]:
        _moved(parts, "can_cu_phap_ly", "cach_thuc_thuc_hien", "Căn cứ pháp lý", found)
    papers = clean(parts["thanh_phan_ho_so"])
    if PAPERS_HEAD not in papers and len(papers) > _LEAST:
        _moved(parts, "thanh_phan_ho_so", "trinh_tu_thuc_hien", " Thành phần hồ sơ ", found)
    results = clean(parts["ket_qua_xu_ly"])
    if "Mã:" not in results and re.search(r"\d bản (?:chính|sao)", results):
        _moved(parts, "ket_qua_xu_ly", "thanh_phan_ho_so", " kết quả xử lý ", found)
    executing = stated(parts["co_quan_thuc_hien"])
    if executing[:1].islower() and "\n" in executing:
        _moved(parts, "co_quan_thuc_hien", "trinh_tu_thuc_hien", " Cơ quan thực hiện ", found)
    return parts


def _moved(parts: dict[str, str], out_of: str, into: str, words: str, found: Findings) -> None:
    found.repaired(_PARTS[out_of], "shifted_text", parts[out_of].strip(), f"→ {_PARTS[into]}")
    parts[into] = f"{parts[into].rstrip()}{words}{parts[out_of].strip()}"
    parts[out_of] = ""
