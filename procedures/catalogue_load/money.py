"""The fee rules and concessions that the catalogue should have. Pure: rows of attribute values."""

import re
from collections.abc import Iterator
from datetime import date

from portal.core.text import fold
from procedures.catalogue_load.files import Row, Source
from procedures.catalogue_load.report import ImportReport

COUNCIL_BASIS = "Nghị quyết của HĐND cấp tỉnh (85/2019/TT-BTC)"
FAR_PAST = date(1900, 1, 1)
_SLUG = re.compile(r"[^a-z0-9]+")


def fee_rows(source: Source, report: ImportReport) -> tuple[list[Row], list[Row]]:
    """Every fee rule (`province` as a code of today) and every concession."""
    priced = list(_priced(source.fees))
    rules = [_rule(code, entry) for code, entry in priced]
    rules += list(_province_rates(source.fees, rules))
    concessions = [each for code, entry in priced for each in _concessions(code, entry, source.fees["grounds"])]
    for row in rules:
        amount = "mức do HĐND tỉnh quy định hoặc theo biểu, chưa thu trực tuyến" if row["amount_vnd"] is None else f"{row['amount_vnd']} đ"
        place = f" (tỉnh {row['province']})" if row["province"] else ""
        report.note(row["procedure"], "fee", f"{row['kind']}: {row['name_vi']} {row['channel']}{place}: {amount}")
    for row in concessions:
        report.note(row["procedure"], "exemption", f"{row['name_vi']} ({row['valid_from']} – {row['valid_to'] or ''})")
    known = {code for code, _ in priced}
    for each in source.rows:
        if each["code"] not in known:
            report.note(each["code"], "fee", f"không thu; nguồn ghi: {each['fee'].get('note') or '(trống)'}")
    return rules, _once(concessions)


def _priced(fees: Row) -> Iterator[tuple[str, Row]]:
    levy = fees["council_levy"]
    yield from ((code, levy) for code in levy["codes"])
    for group in ("council_other", "by_table", "late_registration"):
        for entry in fees[group]:
            yield from ((code, entry) for code in entry["codes"])
    yield from ((entry["code"], entry) for entry in fees["fixed"])


def _rule(code: str, entry: Row) -> Row:
    is_council = "amount" not in entry
    return {
        "procedure": code,
        "code": fee_code(entry),
        "kind": entry.get("kind", "levy"),
        "name_vi": entry["name"],
        "name_en": entry.get("name_en", ""),
        "amount_vnd": entry.get("amount"),
        "basis": entry.get("basis", "per_dossier"),
        "tiers": entry.get("tiers", []),
        "cap_vnd": entry.get("cap"),
        "channel": entry.get("channel", ""),
        "province": "",
        "legal_basis": entry.get("legal_basis", COUNCIL_BASIS if is_council else ""),
        "valid_from": FAR_PAST,
        "valid_to": None,
    }


def fee_code(entry: Row) -> str:
    """The key under which rules are one fee."""
    return _SLUG.sub("-", fold(entry["name"])).strip("-")[:60]


def _concessions(code: str, entry: Row, grounds: Row) -> Iterator[Row]:
    base = {
        "procedure": code,
        "fee_code": fee_code(entry),
        "percent": 100,
        "ground": "",
        "condition": "",
        "since_answer": "",
        "within_days": None,
        "name_en": "",
        "legal_basis": entry.get("exemption_basis") or entry.get("legal_basis", COUNCIL_BASIS),
        "valid_from": entry.get("exemption_from", FAR_PAST),
        "valid_to": entry.get("exemption_to"),
    }
    for ground in entry.get("grounds", []):
        yield base | {"ground": ground, "name_vi": grounds[ground][0], "name_en": grounds[ground][1]}
    if "condition" in entry:
        yield base | {
            "condition": entry["condition"],
            "since_answer": entry.get("since_answer", ""),
            "within_days": entry.get("within_days"),
            "name_vi": entry["exemption"],
            "name_en": entry.get("exemption_en", ""),
        }


def _once(rows: list[Row]) -> list[Row]:
    keys = ("procedure", "fee_code", "ground", "condition", "valid_from")
    return list({tuple(row[key] for key in keys): row for row in rows}.values())


def _province_rates(fees: Row, general: list[Row]) -> Iterator[Row]:
    for rate in fees["province_rates"]:
        base = next(row for row in general if row["procedure"] == rate["code"] and row["amount_vnd"] is None)
        yield base | {
            "amount_vnd": rate["amount"],
            "province": rate["province"],
            "channel": rate.get("channel", ""),
            "valid_from": rate.get("from", date(2025, 7, 1)),
            "legal_basis": rate["source"],
        }
