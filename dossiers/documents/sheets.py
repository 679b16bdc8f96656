"""Control sheets by the hundred: each the very page that `issue` makes, from the same template, rendered once per shape.

The template is rendered with marks where a value goes; a sheet is then its text between the marks with the values put in. What
decides the shape (how many lines the letterhead has, how many hand-overs there were) is part of the shape's key.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from types import SimpleNamespace

from dossiers.documents import wording
from dossiers.documents.issue import form_for
from dossiers.documents.letterhead import letterhead_of
from dossiers.documents.numbering import ABBREVIATIONS, new_verification_code, readable
from dossiers.documents.occasion import Content
from dossiers.documents.render import qr_svg, render_html, tracking_url, verification_url
from dossiers.documents.slips import CONTROL_SHEET, CONTROL_SHEET_TITLE, STAGES, stage_hours
from dossiers.formsets import Form
from dossiers.models import Dossier, IssuedDocument
from portal.agencies.models import Office
from portal.core.db.bulk import Row

_MARK = re.compile("\ue000([A-Z_0-9]+)\ue001")
"""In capitals, so that a filter that makes capitals leaves it as it is."""
Passage = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one control sheet says besides the dossier's own columns. `dossier` has its office, agency, version and procedure at hand."""

    dossier: Dossier
    owner_name: str
    paper_count: int
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class _Shape:
    parent_lines: int
    unit_lines: int
    has_due: bool
    bodies: tuple[bool, ...]
    targets: tuple[str, ...]
    form: Form | None


@dataclass(frozen=True, slots=True)
class _Skeleton:
    texts: tuple[str, ...]
    names: tuple[str, ...]

    def filled(self, values: dict[str, str]) -> str:
        parts = [""] * (len(self.texts) + len(self.names))
        parts[0::2] = self.texts
        parts[1::2] = [values[name] for name in self.names]
        return "".join(parts)


def control_sheets(sheets: Sequence[Sheet], *, at: datetime) -> list[Row]:
    """The unsaved first control sheets of these dossiers, issued by the system at their receiving offices; rows of `IssuedDocument`."""
    heads = {sheet.dossier.receiving_office_id: _head(sheet.dossier.receiving_office, at) for sheet in sheets}
    return [_issued(sheet, heads[sheet.dossier.receiving_office_id], at) for sheet in sheets]


@dataclass(frozen=True, slots=True)
class _Head:
    """What all sheets of an office say alike."""

    parents: int
    units: int
    values: dict[str, str]
    issuer: dict[str, str]


def _head(office: Office, at: datetime) -> _Head:
    letterhead = letterhead_of(office)
    parents = letterhead.parent_lines if letterhead.parent != letterhead.unit else []
    units = letterhead.unit_lines
    values = {"date_line": escape(f"{letterhead.place}, {wording.day_in_words(at)}")}
    content = Content(CONTROL_SHEET_TITLE, office, CONTROL_SHEET)
    issuer = {"issuer_name": content.issuer, "issuer_code": content.issuer_code}
    return _Head(len(parents), len(units), values | _numbered("parent", parents) | _numbered("unit", units), issuer)


def _issued(sheet: Sheet, head: _Head, at: datetime) -> Row:
    dossier, code, kind = sheet.dossier, new_verification_code(), IssuedDocument.Kind.CONTROL_SHEET
    number = f"01/{ABBREVIATIONS[kind]}-{dossier.code}"
    form = form_for(dossier, kind, at)
    shape = _Shape(
        head.parents, head.units, dossier.due_at is not None, tuple(bool(each["body"]) for each in sheet.passages), _targets(dossier), form
    )
    html = _skeleton(shape).filled(_values(sheet, number, code, at) | head.values)
    return Row(
        IssuedDocument,
        **head.issuer,
        dossier_id=dossier.pk,
        kind=kind,
        number=number,
        title_vi=CONTROL_SHEET_TITLE,
        verification_code=code,
        issued_at=at,
        form_set=form.set_code if form else "",
        form_no=form.number if form else "",
        html=html,
        sha256=hashlib.sha256(html.encode()).hexdigest(),
    )


def _targets(dossier: Dossier) -> tuple[str, ...]:
    return tuple(stage_hours(dossier, stage) for stage in STAGES)


def _values(sheet: Sheet, number: str, code: str, at: datetime) -> dict[str, str]:
    dossier, received, handed = sheet.dossier, sheet.dossier.accepted_at or at, wording.moment(at)
    tracking = tracking_url(dossier.code)
    plain = {
        "number": number,
        "dossier_code": dossier.code,
        "owner_name": (sheet.owner_name or dossier.owner_name).upper(),
        "procedure_name": dossier.version.name_vi,
        "procedure_code": dossier.procedure.code,
        "received_at": wording.moment(dossier.accepted_at or dossier.filed_at),
        "due_at": wording.moment(dossier.due_at) if dossier.due_at else "",
        "agency_name": dossier.agency.name if dossier.agency else "",
        "paper_count": str(sheet.paper_count),
        # The first step is over with this hand-over, and the second has begun.
        "receive_entered": wording.moment(received),
        "receive_left": handed,
        "assign_entered": handed,
        "verification_code": readable(code),
        "verification_url": verification_url(code),
        "tracking_url": tracking,
    }
    for index, passage in enumerate(sheet.passages):
        plain |= {f"{name}_{index}": value for name, value in passage.items()}
    return {name: escape(value) for name, value in plain.items()} | {"qr": qr_svg(tracking)}


def _numbered(name: str, lines: Sequence[str]) -> dict[str, str]:
    return {f"{name}_{index}": escape(line) for index, line in enumerate(lines)}


@lru_cache(maxsize=256)
def _skeleton(shape: _Shape) -> _Skeleton:
    """The template with marks for values, cut at the marks."""
    parents = [_mark(f"parent_{index}") for index in range(shape.parent_lines)]
    units = [_mark(f"unit_{index}") for index in range(shape.unit_lines)]
    passages = [
        {name: _mark(f"{name}_{index}") if has_body or name != "body" else "" for name in ("at", "step", "by", "body", "note")}
        for index, has_body in enumerate(shape.bodies)
    ]
    names = (
        *("date_line", "owner_name", "procedure_name", "procedure_code", "received_at", "agency_name", "paper_count"),
        *("receive_entered", "receive_left", "assign_entered"),
        *("verification_code", "verification_url", "tracking_url", "qr"),
    )
    context: dict[str, object] = {name: _mark(name) for name in names} | {
        "title": CONTROL_SHEET_TITLE,
        "form": shape.form,
        "due_at": _mark("due_at") if shape.has_due else "",
        "clerk_name": "",
        "coordinating": "",
        "passages": passages,
        "stages": [
            {"name": name, "role": role, "target": target, "entered": entered, "left": left}
            for (name, role), target, (entered, left) in zip(STAGES.values(), shape.targets, _TIMES, strict=True)
        ],
        "dossier": SimpleNamespace(code=_mark("dossier_code")),
        "document": SimpleNamespace(number=_mark("number")),
        "letterhead": SimpleNamespace(parent=bool(parents), unit=None if parents else False, parent_lines=parents, unit_lines=units),
    }
    parts = _MARK.split(render_html(CONTROL_SHEET, context))
    return _Skeleton(tuple(parts[0::2]), tuple(name.lower() for name in parts[1::2]))


def _mark(name: str) -> str:
    return f"\ue000{name.upper()}\ue001"


_TIMES = ((_mark("receive_entered"), _mark("receive_left")), (_mark("assign_entered"), ""), ("", ""), ("", ""), ("", ""))
