"""One catalogue row turned into what a version says. Pure."""

import re
from dataclasses import dataclass, field
from typing import Any

from portal.core.text import fold
from procedures.catalogue_load.files import Row, Source
from procedures.catalogue_load.report import ImportReport
from procedures.formschema.paperquestions import show_of, words_of

_MARKS = re.compile(r"\s*\[[^\]]*\]|\s*\((?:catalogue|bản chụp)[^)]*\)")
_SLUG = re.compile(r"[^a-z0-9]+")
UNKNOWN_DECISION = "chưa đối chiếu"


@dataclass(slots=True)
class Content:
    """Plain attribute values of a version and of its children."""

    version: Row
    cases: list[Row] = field(default_factory=list)
    requirements: list[Row] = field(default_factory=list)
    results: list[Row] = field(default_factory=list)


def content_of(row: Row, source: Source, report: ImportReport) -> Content:
    """What version 1 of the procedure says; choices made on the way are in the report."""
    return Content(
        version=_version(row, source, report),
        cases=_cases(row, source.choices, report),
        requirements=_requirements(row, source.choices, report),
        results=_results(row, source.choices, report),
    )


def _version(row: Row, source: Source, report: ImportReport) -> Row:
    code, choices = row["code"], source.choices
    channels = list(dict.fromkeys(channel["channel"] for channel in row["channels"]))
    if not channels:
        channels = ["direct", "postal"] + (["online"] if row["online_level"] != "none" else [])
        report.note(code, "channels", f"danh mục không nêu cách nộp; dùng {', '.join(channels)}")
    visit = next((item for item in choices["visits"] if code in item["codes"]), {"vi": "", "en": ""})
    if row["online_level"] != "full" and not visit["vi"]:
        report.note(code, "visit", "mức trực tuyến không toàn trình nhưng chưa ghi lần đi lại nào")
    if not row["decision_no"]:
        report.note(code, "decision", f"nguồn không có số quyết định công bố; ghi “{UNKNOWN_DECISION}”")
    if row.get("confidence") != "sourced":
        report.note(code, "confidence", f"độ tin cậy của nguồn: {row.get('confidence')}")
    exempt = choices["exempt_from_pilot"].get(code)
    if exempt:
        report.note(code, "pilot", f"không thuộc quyết định thí điểm: {exempt}")
    policy = choices["supplement_policy"].get(code, choices["supplement_policy"]["default"])
    if code in choices["supplement_policy"]:
        report.note(code, "supplement", policy)
    if code in choices["transfer_excluded"]:
        report.note(code, "transfer", "không tính thời gian chuyển hồ sơ giữa các nơi")
    return {
        "name_vi": row["name"],
        "name_en": row.get("name_en") or "",
        "short_name_vi": row["short_name"],
        "short_name_en": row.get("name_en") or "",
        "levels": row["levels"],
        "competent_text_vi": row.get("competent_agency") or "",
        "channels": channels,
        "online_level": row["online_level"],
        "visit_note_vi": visit["vi"],
        "visit_note_en": visit["en"],
        "acceptance_scope": row["location_scope"],
        "transfer_excluded": code in choices["transfer_excluded"],
        "exempt_from_pilot": bool(exempt),
        "supplement_policy": policy,
        "subjects_vi": _subjects(row["field"], choices),
        "sets_count": 1,
        "steps_vi": _steps(row),
        "fee_note_vi": source.fees["notes"].get(code) or _plain(row["fee"].get("note") or ""),
        "legal_basis": row.get("legal_basis") or [],
        "note_vi": "",
        "decision_number": row["decision_no"] or UNKNOWN_DECISION,
        "source": f"{source.origin}; {row.get('confidence', '')}",
    }


def _subjects(field_vi: str, choices: Row) -> str:
    group = next((name for name, fields in choices["subjects_by_field"].items() if field_vi in fields), "person")
    return str(choices["subjects"][group])


def _steps(row: Row) -> str:
    agency = row.get("competent_agency") or "cơ quan có thẩm quyền"
    hand_in = {
        "full": "Nộp trực tuyến trên trang này, hoặc tại bất kỳ quầy một cửa nào, hoặc qua bưu chính công ích nếu thủ tục cho phép.",
        "partial": "Nộp trực tuyến phần hồ sơ có thể nộp và thực hiện lần có mặt đã nêu, hoặc nộp tại bất kỳ quầy một cửa nào.",
        "none": "Nộp trực tiếp tại quầy một cửa.",
    }[row["online_level"]]
    return "\n".join(
        [
            "Chuẩn bị các giấy tờ nêu ở phần Thành phần hồ sơ.",
            hand_in,
            "Quầy tiếp nhận kiểm tra, số hóa và cấp giấy tiếp nhận hồ sơ; thiếu giấy tờ thì được hướng dẫn một lần, đầy đủ.",
            f"{agency} xem xét và giải quyết trong thời hạn quy định; nếu cần bổ sung hoặc từ chối thì trả lời bằng văn bản, nêu rõ lý do.",
            "Nhận kết quả điện tử, tại quầy đã chọn hoặc qua bưu chính công ích.",
        ]
    )


def _plain(note: str) -> str:
    text = _MARKS.sub("", note).replace("mức do HĐND cấp tỉnh quyết định", "mức do HĐND tỉnh quy định")
    text = text.replace("theo HĐND cấp tỉnh", "mức do HĐND tỉnh quy định").replace("HĐND cấp tỉnh", "HĐND tỉnh").strip()
    if text in {"HĐND tỉnh", "HĐND tỉnh quyết định"}:
        text = "mức do HĐND tỉnh quy định"
    return text[:1].upper() + text[1:] if text else "Không thu"


def _cases(row: Row, choices: Row, report: ImportReport) -> list[Row]:
    code, statutory = row["code"], row["statutory"]
    named = choices["cases"].get(code)
    if named:
        report.note(code, "time", "; ".join(f"{case['name']}: {case.get('value', '')} {case['unit']}" for case in named))
        return [_case(case, is_default=index == 0) for index, case in enumerate(named)]
    note = choices["time_notes"].get(code)
    note = _plain_rule(statutory["rule"]) if note is None else note
    if statutory["kind"] == "in_day":
        return [_case({"unit": "in_day", "note": note})]
    if statutory["kind"] == "window":
        report.note(code, "time", "không có thời hạn cho từng hồ sơ: theo kế hoạch của đợt")
        return [_case({"unit": "", "note": "theo kế hoạch tuyển sinh của địa phương, mở và đóng theo đợt"})]
    if statutory["kind"] in {"variant", "bundle"}:
        report.note(code, "time", f"một thời hạn chung {statutory['value']} {statutory['unit']}; nguồn ghi: {statutory['rule']}")
    if "[" in statutory["rule"] or "bản chụp" in statutory["rule"] or "catalogue" in statutory["rule"]:
        report.note(code, "time", f"dùng {statutory['value']} {statutory['unit']}; nguồn ghi: {statutory['rule']}")
    return [_case({"value": statutory["value"], "unit": statutory["unit"], "note": note})]


def _plain_rule(rule: str) -> str:
    return _MARKS.sub("", rule).strip()


def _case(case: Row, *, is_default: bool = True) -> Row:
    return {
        "key": case.get("key", "default").replace("_", "-"),
        "name_vi": case.get("name", "Trường hợp chung"),
        "name_en": case.get("name_en", "General case"),
        "is_default": is_default,
        "time_value": case.get("value"),
        "time_unit": case["unit"],
        "time_note_vi": case.get("note", ""),
    }


def _requirements(row: Row, choices: Row, report: ImportReport) -> list[Row]:
    wanted: list[Row] = []
    taken: set[str] = set()
    words = tuple(choices["declaration_words"])
    has_declaration = False
    for component in row["components"]:
        is_declaration = not has_declaration and component["role"] == "required" and component["name"].lower().startswith(words)
        has_declaration = has_declaration or is_declaration
        key = "declaration" if is_declaration else _slug(component["name"])
        while key in taken:
            key = f"{key[:56]}-{len(taken)}"
        taken.add(key)
        originals, copies = component.get("qty") or [1, 0]
        show, when = show_of(row["code"], component["seq"]), words_of(row["code"], component["seq"])
        condition = _MARKS.sub("", component.get("condition") or "").strip() or when.vi
        wanted.append(
            {
                "seq": component["seq"],
                "key": key,
                "name_vi": component["name"],
                "kind": component["role"],
                "originals": originals or 0,
                "copies": copies or 0,
                "condition_vi": condition,
                "condition_en": when.en,
                "show": show,
                "is_declaration": is_declaration,
            }
        )
        if is_declaration:
            report.note(row["code"], "declaration", component["name"])
        if show or condition or component["role"] == "conditional":
            told = f"phải nộp khi {show}" if show else "không hỏi"
            report.note(row["code"], "paper", f"{component['name']}: {condition or '(nguồn không nêu điều kiện)'}; {told}")
    return wanted


def _slug(name: str) -> str:
    return _SLUG.sub("-", fold(name)).strip("-")[:60].strip("-")


# A decision not to grant is a result with its reasons, whether the catalogue names it or not. Source: 118/2025/NĐ-CP.
REFUSAL: Row = {
    "code": "",
    "name_vi": "Văn bản từ chối giải quyết thủ tục hành chính",
    "outcome": "refusal",
    "medium": "rendered",
    "template": "refusal",
}


def _results(row: Row, choices: Row, report: ImportReport) -> list[Row]:
    code = row["code"]
    named: list[dict[str, Any]] = list(row["results"])
    extra = choices["extra_results"].get(code, [])
    if not named:
        report.note(code, "result", f"nguồn không nêu kết quả; dùng: {'; '.join(extra)}")
        named = [{"code": "", "name": name} for name in extra]
    wanted = []
    for result in named:
        name = choices["result_names"].get(code, result["name"])
        is_grant = bool(extra) or code in choices["always_grant"]
        outcome = "grant" if is_grant else _outcome(name, choices["result_words"])
        medium = _medium(name, choices["result_words"])
        template = choices["result_templates"].get(code, "") if outcome == "grant" else ""
        medium = "rendered" if template else medium
        number = result.get("code") or ""
        wanted.append({"code": number, "name_vi": name, "outcome": outcome, "medium": medium, "template": template})
        report.note(code, "result", f"{outcome}, {wanted[-1]['medium']}: {name}")
    if not any(result["outcome"] == "grant" for result in wanted):
        report.note(code, "result", "không có kết quả nào là chấp thuận")
    if not any(result["outcome"] == "refusal" for result in wanted):
        wanted.append(REFUSAL)
        report.note(code, "result", f"nguồn không nêu kết quả từ chối; thêm: {REFUSAL['name_vi']}")
    return wanted


def _outcome(name: str, words: Row) -> str:
    low = name.lower()
    if low.startswith(tuple(words["grant"])):
        return "grant"
    for outcome in ("refusal", "notice"):
        if any(word in low for word in words[outcome]):
            return outcome
    return "grant"


def _medium(name: str, words: Row) -> str:
    low = name.lower()
    if low.startswith("thông báo"):
        return "uploaded"
    return next((medium for medium in ("register", "card") if any(word in low for word in words[medium])), "uploaded")
