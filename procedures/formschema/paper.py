"""Which question fills which numbered line of the official paper: the table in docs/declarations.md, and what is missing from it."""

import re
from pathlib import Path

from procedures.formschema.check import compute_inputs
from procedures.formschema.library import COMMON, form_for, hand_made_codes
from procedures.formschema.schema import Field, Schema, parse_schema

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "declarations"
_USED = re.compile(r"\b(?:a|box|rows)\.(\w+)")
_INCLUDED = re.compile(r"{% (?:include|extends) \"declarations/(\w+\.html)\" %}")
CONFIDENCE = {"known": "known", "assumed": "assumed, to be compared with the current text"}


def printed_keys(template: str) -> set[str]:
    """The answers that the print template shows, with those of the parts that it includes."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    keys = set(_USED.findall(text))
    return keys.union(*(printed_keys(part) for part in _INCLUDED.findall(text)))


def printed_by(schema: Schema) -> dict[str, str]:
    """By key of each question: "itself", or the computed line that carries it. The common paper prints all answers."""
    fields = [item for _section, item in schema.fields() if item.type != "note"]
    if schema.print_template == COMMON:
        return {item.key: "itself" for item in fields}
    shown = printed_keys(f"{schema.print_template}.html") | {schema.signer}
    found = {item.key: "itself" for item in fields if item.key in shown}
    for item in fields:
        if item.type == "computed" and item.key in shown:
            for key in compute_inputs(item.compute):
                found.setdefault(key, item.key)
    return found


def unprinted(schema: Schema) -> list[Field]:
    """Questions whose answers reach no paper and that give no reason."""
    found = printed_by(schema)
    return [item for _section, item in schema.fields() if item.type != "note" and item.key not in found and not item.not_printed]


def table() -> str:
    """docs/declarations.md: for each declaration every line of the paper and the key that fills it."""
    parts = [
        "# Declarations: from the question to the paper",
        "",
        "Generated: `python -m procedures.formschema.paper > docs/declarations.md`; a test compares.",
        "The common form of all other procedures prints every answer under its own label.",
    ]
    for code in hand_made_codes():
        parts += _declaration(parse_schema(form_for(code)))
    return "\n".join(parts) + "\n"


def _declaration(schema: Schema) -> list[str]:
    found = printed_by(schema)
    lines = [
        "",
        f"## {schema.code} {schema.paper_name}",
        "",
        f"Source: {schema.source} ({CONFIDENCE[schema.source_confidence]}).",
        f"Print template: `templates/declarations/{schema.print_template}.html`.",
        "",
        "| section | line of the paper | key | question | printed |",
        "|---|---|---|---|---|",
    ]
    for section, item in schema.fields():
        if item.type != "note":
            lines.append(_row(section.title.vi, item.paper or "–", f"`{item.key}`", item.label.vi, _how(item, found)))
            lines += [
                _row("", column.paper or "–", f"`{item.key}[].{column.key}`", column.label.vi, "in the table") for column in item.columns
            ]
    return lines


def _how(item: Field, found: dict[str, str]) -> str:
    if item.not_printed:
        return f"no: {item.not_printed}"
    carrier = found.get(item.key, "MISSING")
    return "yes" if carrier == "itself" else f"within `{carrier}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    import sys

    sys.stdout.write(table())
