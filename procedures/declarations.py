"""The filled declaration on paper: what its print template receives, and the page itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from procedures.formschema.answers import as_schema, read_back, table_rows
from procedures.formschema.conditions import Answers, Json, is_filled
from procedures.formschema.kinds import read_out
from procedures.formschema.schema import Field, RawSchema, Schema

STYLE = Path(__file__).resolve().parent / "static" / "procedures" / "declaration.css"
TICKED, EMPTY = "☒", "☐"
_UNASKED = frozenset({"note", "computed"})


@dataclass(frozen=True, slots=True)
class DossierInfo:
    """What the paper says beside the answers. `origin` tells how it was filed, for example "Nộp trực tuyến …".

    `exemption` is the ground on which the fee is not asked: claimed once, with the fee, and printed here.
    """

    agency: str = ""
    code: str = ""
    procedure: str = ""
    place: str = ""
    on: date | None = None
    signer: str = ""
    origin: str = ""
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class PaperSection:
    title: str
    lines: list[tuple[str, str]] = field(default_factory=list)


def declaration_context(schema: Schema | RawSchema, answers: Answers, dossier: DossierInfo) -> dict[str, object]:
    """Everything a print template shows, in Vietnamese: `a` texts, `box` ticks and `rows` of tables by key, `paper`, `sections`.

    Every question has its entry, empty when it was not answered, so that a template needs no conditions.
    """
    parsed = as_schema(schema)
    fields = [item for _section, item in parsed.fields()]
    return {
        "a": {item.key: "" if item.type == "repeat" else read_out(item, answers.get(item.key), "vi") for item in fields},
        "box": {item.key: _ticks(item, answers.get(item.key)) for item in fields if item.choices or item.type == "yesno"},
        "rows": {item.key: _plain_rows(item, answers.get(item.key)) for item in fields if item.type == "repeat"},
        "sections": [PaperSection(title, lines) for title, lines in read_back(parsed, answers, "vi")],
        "paper": _paper(parsed, answers, dossier),
    }


def declaration_html(schema: Schema | RawSchema, answers: Answers, dossier: DossierInfo, *, is_standalone: bool = False) -> SafeString:
    """The declaration as a whole page. Standalone pages carry their style sheet, for PDFs and storage; others link to it."""
    parsed = as_schema(schema)
    context = declaration_context(parsed, answers, dossier) | {"css": declaration_style() if is_standalone else ""}
    with override("vi"):
        return render_to_string(f"declarations/{parsed.print_template}.html", context)


def blank_html(schema: Schema | RawSchema, procedure: str, *, toolbar: SafeString) -> SafeString:
    """The declaration to be filled in by hand: every question with room to write or boxes to tick, and a bar that is not printed."""
    parsed = as_schema(schema)
    context = declaration_context(parsed, {}, DossierInfo(procedure=procedure)) | {"css": "", "toolbar": toolbar}
    context["sections"] = [
        PaperSection(section.title.vi, [(item.paper or item.label.vi, _room(item)) for item in section.fields if item.type not in _UNASKED])
        for section in parsed.sections
    ]
    with override("vi"):
        return render_to_string(f"declarations/{parsed.print_template}.html", context)


def declaration_style() -> SafeString:
    """The style sheet of our own, safe to stand in a page."""
    return mark_safe(STYLE.read_text(encoding="utf-8"))  # noqa: S308 -- our own file


def _room(item: Field) -> str:
    """Boxes with their words for a choice, nothing for what is written."""
    words = ("Có", "Không") if item.type == "yesno" else tuple(choice.label.vi for choice in item.choices)
    return "   ".join(f"{EMPTY} {word}" for word in words)


def _ticks(item: Field, kept: Json) -> dict[str, str]:
    if item.type == "yesno":
        return {"yes": TICKED if kept is True else EMPTY, "no": TICKED if kept is False else EMPTY}
    chosen = kept if isinstance(kept, list) else [kept]
    return {choice.value: TICKED if choice.value in chosen else EMPTY for choice in item.choices}


def _plain_rows(item: Field, kept: Json) -> list[dict[str, str]]:
    return [{key: value for key, (_label, value) in row.items()} for row in table_rows(item, kept, "vi")]


def _paper(schema: Schema, answers: Answers, dossier: DossierInfo) -> Mapping[str, str]:
    signer = answers.get(schema.signer)
    day = dossier.on
    return {
        "title": schema.paper_name or schema.title.vi,
        "agency": dossier.agency,
        "code": dossier.code,
        "procedure": dossier.procedure,
        "place": dossier.place,
        "day": f"{day:%d}" if day else "",
        "month": f"{day:%m}" if day else "",
        "year": f"{day:%Y}" if day else "",
        "signer": dossier.signer or (str(signer) if is_filled(signer) else ""),
        "origin": dossier.origin,
        "exemption": dossier.exemption or ("Không đề nghị" if dossier.code else ""),
    }
