"""A national record turned into what a draft version says. Pure.

What the national database does not know (acceptance scope, needed visit, supplement policy, short and English names, the form) comes
from the published version, where there is one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.core.text import fold
from procedures.catalogue_load.content import REFUSAL
from procedures.catalogue_load.national.matching import Known, matched
from procedures.catalogue_load.national.spoken import CHANNEL_NAMES, fee_note, spoken
from procedures.catalogue_load.national.values import Duration, Findings, Group, NationalProcedure, Paper
from procedures.catalogue_load.national.wording import shortened

Row = dict[str, Any]
_IN_DAYS = {"in_day": 0.5, "hour": 1 / 8, "working_day": 1.4, "day": 1.0, "month": 30.0, "year": 365.0}
_SLUG = re.compile(r"[^a-z0-9]+")
_DECLARATION = ("tờ khai", "đơn ", "giấy đề nghị", "phiếu ", "văn bản đề nghị", "bản đăng ký", "giấy đăng ký", "thông báo ")
_WITH = re.compile(r"ủy quyền|uỷ quyền|kèm theo|ngoài |trực tuyến|môi trường điện tử|bưu chính|bưu điện", re.IGNORECASE)
_NATIONWIDE = re.compile(r"không phụ thuộc (?:vào )?(?:nơi cư trú|địa giới)|không phân biệt nơi cư trú", re.IGNORECASE)
_RESTART = re.compile(r"thời (?:hạn|gian) (?:giải quyết )?(?:được )?tính lại|tính lại (?:từ đầu|thời (?:hạn|gian))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Base:
    """The published version, as far as the draft keeps it: its values, its cases, its papers and results."""

    version: Mapping[str, Any] = field(default_factory=dict)
    cases: Sequence[Row] = ()
    papers: Sequence[Known] = ()
    results: Mapping[str, Row] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """Attribute values of a version, its cases (each with its papers under "papers") and its results."""

    version: Row
    cases: list[Row]
    results: list[Row]


def draft_of(read: NationalProcedure, base: Base, words: Row, found: Findings) -> Draft:
    """What the draft says. `words` are the lists that tell a grant from a refusal, as for our own catalogue."""
    return Draft(_version(read, base, found), _cases(read, base, found), _results(read, base, words))


def _version(read: NationalProcedure, base: Base, found: Findings) -> Row:
    channels = list(dict.fromkeys(method.channel for method in read.methods))
    text = "\n".join([*read.steps, *(method.description for method in read.methods)])
    scope, policy = ("nationwide" if _NATIONWIDE.search(text) else "province"), ("restart" if _RESTART.search(text) else "pause_resume")
    kept = {
        "name_en": "",
        "short_name_vi": read.short_name,
        "short_name_en": "",
        "online_level": "partial" if "online" in channels else "none",
        "visit_note_vi": "",
        "visit_note_en": "",
        "acceptance_scope": scope,
        "transfer_excluded": False,
        "exempt_from_pilot": False,
        "supplement_policy": policy,
        "subjects_en": "",
        "sets_count": 1,
        "steps_en": "",
        "preconditions_en": "",
        "fee_note_en": "",
        "note_en": "",
    }
    if base.version:
        kept = {name: base.version[name] for name in kept}
    else:
        found.missing("version", "local_choices", f"{scope}, {kept['online_level']}, {policy}")
    return kept | {
        "name_vi": read.name,
        "levels": list(read.levels),
        "competent_text_vi": shortened(read.competent or "; ".join(read.executing), 300),
        "channels": channels,
        "subjects_vi": shortened(", ".join(read.subjects), 300),
        "steps_vi": "\n".join(read.steps),
        "preconditions_vi": read.preconditions,
        "fee_note_vi": fee_note(read.methods),
        "legal_basis": list(dict.fromkeys(act.number or shortened(act.title, 200) for act in read.legal_basis)),
        "note_vi": "\n".join(dict.fromkeys(paper.name for group in read.groups for paper in group.papers if paper.role == "note")),
        "decision_number": read.decision,
    }


def _cases(read: NationalProcedure, base: Base, found: Findings) -> list[Row]:
    """Cases with their papers. Cases that people here made out of the law stay; else the record's own tables make them."""
    time = _time(read, found)
    if len(base.cases) > 1:
        papers = _papers(read.groups, (), base)
        return [{**case, "papers": papers} for case in base.cases]
    kept = dict(base.cases[0]) if base.cases else {}
    own = [group for group in read.groups if group.kind == "case" and any(paper.role != "note" for paper in group.papers)]
    shared = [group for group in read.groups if group not in own]
    real = [group for group in own if not _WITH.search(group.title)]
    if any(paper.role != "note" for group in shared for paper in group.papers) or len(real) < 2:
        only = {"key": "default", "name_vi": "Trường hợp chung", "name_en": "General case"} | _named(kept)
        heading = own if len(own) == len(read.groups) == 1 else ()
        return [only | _timed(time, kept) | {"is_default": True, "papers": _papers(read.groups, heading, base)}]
    attached = [group for group in own if group not in real]
    cases: list[Row] = []
    taken: set[str] = set()
    for group in real:
        key = free_key(group.title, taken, 40)
        name = shortened(group.title, 250)
        if name.endswith("…"):
            found.repaired("cases", "case_name_shortened", group.title, name)
        row = {"key": key, "name_vi": name, "name_en": "", "is_default": not cases}
        cases.append(row | _timed(time, {}) | {"papers": _papers([group, *attached], (group,), base)})
    return cases


def _named(kept: Row) -> Row:
    return {name: kept[name] for name in ("key", "name_vi", "name_en", "time_note_en", "form", "declaration") if name in kept}


def _timed(time: Row, kept: Row) -> Row:
    """The record's time; the published one where the record has none."""
    if time["time_unit"] or not kept:
        return time
    return {name: kept[name] for name in ("time_value", "time_unit", "time_note_vi")}


def _time(read: NationalProcedure, found: Findings) -> Row:
    """The time of the version: where the channels differ, the longest, and all of them in the note."""
    times = list(dict.fromkeys(method.time for method in read.methods))
    rules = {time.rule: time for time in times if time.rule}
    chosen = max(rules.values(), key=_length, default=None)
    if len(rules) > 1:
        found.missing("time", "several_times", "; ".join(rules))
    said = dict.fromkeys(f"{CHANNEL_NAMES[method.channel]}: {spoken(method.time)}" for method in read.methods)
    varied = len(times) > 1 or chosen is None
    note = "; ".join(said) if varied and any(time.said for time in times) else ""
    return {
        "time_value": chosen.value if chosen else None,
        "time_unit": chosen.unit if chosen else "",
        "time_note_vi": note,
    }


def _length(time: Duration) -> float:
    return (time.value or 1) * _IN_DAYS[time.unit]


def _papers(groups: Sequence[Group], own: Sequence[Group], base: Base) -> list[Row]:
    """The papers in order. Under a heading that is a case but not this one, the heading is the condition."""
    wanted: list[tuple[Paper, str]] = []
    for group in groups:
        heading = group.title if group.kind == "case" and group not in own else ""
        wanted += [(paper, heading) for paper in group.papers if paper.role != "note"]
    keys = matched([paper.name for paper, _heading in wanted], base.papers)
    rows: list[Row] = []
    taken = {known.key for known in keys if known}
    has_declaration = any(known and known.is_declaration for known in keys)
    for seq, ((paper, heading), known) in enumerate(zip(wanted, keys, strict=True), 1):
        row = _paper(paper, heading, seq, known)
        if known is None:
            is_declaration = (
                not has_declaration and paper.role == "required" and not heading and paper.name.lower().startswith(_DECLARATION)
            )
            has_declaration = has_declaration or is_declaration
            row["key"] = "declaration" if is_declaration and "declaration" not in taken else free_key(paper.name, taken, 60)
            row["is_declaration"] = is_declaration
            taken.add(row["key"])
        rows.append(row)
    return rows


def _paper(paper: Paper, heading: str, seq: int, known: Known | None) -> Row:
    condition = ". ".join(text for text in (heading, paper.condition) if text)
    role = "conditional" if heading and paper.role == "required" else paper.role
    return {
        "seq": seq,
        "key": known.key if known else "",
        "name_vi": paper.name,
        "name_en": known.name_en if known else "",
        "kind": role,
        "originals": paper.originals,
        "copies": paper.copies,
        "certified": paper.certified,
        "form_files": [name[:250] for name in paper.attachments],
        "condition_vi": condition,
        "condition_en": "",
        "show": known.show if known else None,
        "is_declaration": known.is_declaration if known else False,
    }


def free_key(name: str, taken: set[str], limit: int) -> str:
    """A slug that is not taken yet; it is taken afterwards."""
    slug = _SLUG.sub("-", fold(name)).strip("-")[: limit - 4].strip("-") or "muc"
    key, number = slug, 1
    while key in taken:
        number += 1
        key = f"{slug}-{number}"
    taken.add(key)
    return key


def _results(read: NationalProcedure, base: Base, words: Row) -> list[Row]:
    rows = []
    for result in read.results:
        kept = base.results.get(result.code) if result.code else None
        name = shortened(result.name, 400)
        told = (
            {"outcome": kept["outcome"], "medium": kept["medium"], "template": kept["template"], "name_en": kept["name_en"]} if kept else {}
        )
        rows.append({"code": result.code[:40], "name_vi": name, "name_en": "", "template": ""} | _kind(name, words) | told)
    if not any(row["outcome"] == "refusal" for row in rows):
        rows.append(REFUSAL | {"name_en": ""})
    return rows


def _kind(name: str, words: Row) -> Row:
    low = name.lower()
    if low.startswith(tuple(words["grant"])):
        outcome = "grant"
    else:
        outcome = next((kind for kind in ("refusal", "notice") if any(word in low for word in words[kind])), "grant")
    medium = next((medium for medium in ("register", "card") if any(word in low for word in words[medium])), "uploaded")
    return {"outcome": outcome, "medium": "uploaded" if low.startswith("thông báo") else medium}
