"""The competence rules and the linked procedures that the catalogue should have. Pure: rows of attribute values."""

from typing import Any

import yaml

from procedures.catalogue_load.files import DATA, Row, Source
from procedures.catalogue_load.report import ImportReport

CONTENT = ("procedure_id", "rank", "kind", "place_fact", "choice_facts", "agency_kind", "legal_basis")
"""What a loaded rule says; the rest has its default."""


def competence_rows(source: Source, report: ImportReport) -> list[Row]:
    """Every rule, `procedure` as its code; procedures without one are in the report."""
    rows = []
    for rule in source.competence:
        for code in rule["codes"]:
            rows.append(
                {
                    "procedure": code,
                    "rank": rule.get("rank", 100),
                    "kind": rule["kind"],
                    "place_fact": rule.get("place_fact", ""),
                    "choice_facts": rule.get("choice_facts", []),
                    "agency_kind": rule["agency_kind"],
                    "legal_basis": rule.get("legal_basis", ""),
                }
            )
            place = rule.get("place_fact") or "/".join(rule.get("choice_facts", [])) or "nơi nộp"
            report.note(code, "competence", f"hạng {rule.get('rank', 100)}: {rule['kind']} {rule['agency_kind']} theo {place}")
    ruled = {row["procedure"] for row in rows}
    for entry in source.rows:
        if entry["code"] not in ruled:
            report.note(entry["code"], "competence", "chưa có quy tắc thẩm quyền: hồ sơ sẽ chờ người phân công")
    return rows


def linked_rows() -> list[Row]:
    """Every link, `parent`, `child` and `starts_after` as codes."""
    loaded: Any = yaml.safe_load((DATA / "catalogue_linked.yaml").read_text(encoding="utf-8"))
    return [
        {
            "parent": link["parent"],
            "child": child["code"],
            "seq": seq,
            "facts": child["facts"],
            "answers": child.get("answers", {}),
            "papers_from_result": child.get("papers_from_result", []),
            "show": child.get("if"),
            "starts_after": child.get("after"),
            "is_optional": child.get("optional", False),
            "legal_basis": link["legal_basis"],
        }
        for link in loaded["linked"]
        for seq, child in enumerate(link["children"], 1)
    ]
