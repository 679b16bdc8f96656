"""Which papers a case needs: the questions of data/catalogue_papers.yaml, the conditions that read them, and the words for both. Pure."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from procedures.formschema.conditions import Json, fields_in, parse_condition
from procedures.formschema.schema import RawSchema, Text

SOURCE = Path(__file__).resolve().parents[2] / "data" / "catalogue_papers.yaml"
NOT_PRINTED = "Mẫu tờ khai không có mục này; quyết định giấy tờ phải nộp"


@cache
def _source() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return loaded


def show_of(code: str, seq: int) -> RawSchema | None:
    """The condition under which the component of the procedure is required; None where it does not depend on answers."""
    wanted = _source()["papers"].get(code, {}).get(seq)
    return {"field": wanted, "eq": True} if isinstance(wanted, str) else wanted


def words_of(code: str, seq: int) -> Text:
    """When the component is required, for people: in the words of the first answer that its condition reads."""
    show = show_of(code, seq)
    known = {key: item["when"] for key, item in _source()["questions"].items()} | _source()["words"]
    for name in sorted(fields_in(parse_condition(show))) if show else ():
        if name in known:
            return Text(*known[name])
    return Text()


def asked_for(code: str) -> list[str]:
    """Keys of the questions that the papers of the procedure add to its form, in the order of the file."""
    shows = [show_of(code, seq) for seq in _source()["papers"].get(code, {})]
    read = {name for show in shows if show for name in fields_in(parse_condition(show))}
    return [key for key in _source()["questions"] if key in read]


def with_paper_questions(form: RawSchema, code: str) -> RawSchema:
    """The expanded form with a last section that asks what decides the papers; the form itself where nothing does."""
    questions = list(_questions(code))
    if not questions:
        return form
    section: RawSchema = {
        "key": "paper_case",
        "title": {"vi": "Trường hợp của hồ sơ", "en": "Your case"},
        "hint": {"vi": "Câu trả lời quyết định giấy tờ phải nộp.", "en": "The answers decide which papers are needed."},
        "fields": questions,
    }
    sections = form["sections"] if isinstance(form["sections"], list) else []
    return form | {"sections": [*sections, section]}


def first_answers(code: str) -> dict[str, Json]:
    """What the added questions say until somebody answers them: the general case."""
    return dict.fromkeys(asked_for(code), False)


def _questions(code: str) -> Iterator[Json]:
    for key in asked_for(code):
        item = _source()["questions"][key]
        hint: RawSchema = {"hint": _both(item["hint"])} if "hint" in item else {}
        yield {
            "key": key,
            "type": "yesno",
            "required": True,
            "default": False,
            "label": _both(item["label"]),
            "not_printed": NOT_PRINTED,
            **hint,
        }


def _both(pair: list[str]) -> RawSchema:
    return {"vi": pair[0], "en": pair[1]}
