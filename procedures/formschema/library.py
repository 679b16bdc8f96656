"""The hand-written forms: YAML with shorthands, expanded into plain schemas that can be stored with a procedure case."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from procedures.formschema.conditions import Json
from procedures.formschema.paperquestions import first_answers, with_paper_questions
from procedures.formschema.schema import RawSchema

FOLDER = Path(__file__).resolve().parent.parent / "forms_catalogue"
COMMON = "common"
_TEXTS = frozenset(["title", "label", "hint", "missing"])


class UnknownPlaceFactError(LookupError):
    """The common form has no question for this place fact."""


def hand_made_codes() -> list[str]:
    """Codes of the procedures that have a declaration of their own."""
    return sorted(path.stem for path in FOLDER.glob("[0-9]*.yaml"))


def form_for(
    procedure_code: str, place_fact: str = "residence", choice_facts: Sequence[str] = (), reserve_facts: Sequence[str] = ()
) -> RawSchema:
    """The expanded schema of the procedure: its own declaration, or the common one asking for this place.

    `place_fact` "" asks for no place (decided where the person files). Several `choice_facts` are places whose agencies are
    equally competent: one of them is required, and of two agencies the applicant chooses when submitting. `reserve_facts`
    are asked when none of them is known. Raises UnknownPlaceFactError.
    """
    if (FOLDER / f"{procedure_code}.yaml").exists():
        return with_paper_questions(_with_base(expand(_load(procedure_code))), procedure_code)
    common = dict(_load(COMMON))
    places = _dict(common.pop("places"))
    wanted = list(choice_facts) if len(choice_facts) > 1 else [place_fact] if place_fact else []
    reserve = [fact for fact in reserve_facts if fact not in wanted] if len(wanted) > 1 else []
    if unknown := [fact for fact in (*wanted, *reserve) if fact not in places]:
        raise UnknownPlaceFactError(", ".join(unknown))
    questions = _place_questions({fact: _dict(places[fact]) for fact in wanted}, {fact: _dict(places[fact]) for fact in reserve})
    kept: list[Json] = []
    for item in _list(common["sections"]):
        section = _dict(item)
        if section["key"] != "place":
            kept.append(section)
        elif questions:
            kept.append(section | {"fields": questions})
    return with_paper_questions(expand(common | {"code": procedure_code, "sections": kept}), procedure_code)


def _with_base(form: RawSchema) -> RawSchema:
    """A form of linked procedures asks what the form of the first one asks, then its own.

    `require` are questions of the first that it cannot leave open.
    """
    if "base" not in form:
        return form
    rest = {key: value for key, value in form.items() if key not in ("base", "require")}
    required = set(_list(form.get("require") or []))
    sections = [_dict(section) for section in _list(form_for(str(form["base"]))["sections"])]
    first = [
        section
        | {"fields": [_dict(item) | ({"required": True} if _dict(item)["key"] in required else {}) for item in _list(section["fields"])]}
        for section in sections
    ]
    return rest | {"sections": [*first, *_list(rest["sections"])]}


def form_of(code: str, competence: Sequence[Mapping[str, Any]]) -> RawSchema:
    """The procedure's form; the common one asks for the places that its rules read, as far as it knows them.

    That is the first place of all; or those among which the applicant may choose, and those that stand in for them.
    """
    askable = set(common_place_facts())
    rules = [rule for rule in sorted(competence, key=lambda rule: int(rule.get("rank", 100))) if code in rule["codes"]]
    places = [str(rule["place_fact"]) for rule in rules if rule.get("place_fact") in askable]
    choices = next((list(rule["choice_facts"]) for rule in rules if rule["kind"] == "applicant_choice" and rule.get("choice_facts")), [])
    if not set(choices) <= askable:
        choices = []
    return form_for(code, next(iter([*choices, *places]), ""), choices, places if choices else [])


def _place_questions(places: dict[str, RawSchema], reserve: dict[str, RawSchema]) -> list[Json]:
    """The question for the place. Of several one is required; what stands in for them is asked while all are empty."""
    if len(places) <= 1:
        return [_place_question("place", fact, place) for fact, place in places.items()]
    keys = [f"place_{fact}" for fact in places]
    asked: list[Json] = [_load("lists")["place_choice"]]
    for key, (fact, place) in zip(keys, places.items(), strict=True):
        asked.append(_place_question(key, fact, place) | {"required": False})
    none_given: RawSchema = {"not": {"any": [{"field": key, "filled": True} for key in keys]}}
    for fact, place in reserve.items():
        asked.append(_place_question(f"place_{fact}", fact, place) | {"show": none_given})
    if not reserve:
        earlier: list[Json] = [{"field": key, "filled": True} for key in keys[:-1]]
        asked[-1] = _dict(asked[-1]) | {"required": {"not": {"any": earlier}}}
    return asked


def _place_question(key: str, fact: str, place: RawSchema) -> RawSchema:
    return {"key": key, "type": "address", "required": True, "fact": fact, **place}


def common_place_facts() -> list[str]:
    """The place facts that the common form can ask for."""
    return sorted(_dict(_load(COMMON)["places"]))


def print_template(procedure_code: str) -> str:
    """The name of the print template: the procedure's own, or the common one."""
    return procedure_code if procedure_code in hand_made_codes() else COMMON


def sample_answers(procedure_code: str) -> dict[str, Json]:
    """Realistic answers for the procedure's form as they are kept, without computed ones; for tests and the demonstration."""
    kept = {key: _sample(value) for key, value in _read(FOLDER / "samples" / f"{procedure_code}.yaml").items()}
    base = str(_load(procedure_code).get("base") or procedure_code)
    return first_answers(base) | first_answers(procedure_code) | kept


def _sample(value: Json) -> Json:
    """Addresses are written short: {unit, text, line?}; the unit is one of today unless `valid_from` says otherwise."""
    if not isinstance(value, dict) or "unit" not in value:
        return value
    line, text = str(value.get("line") or ""), str(value["text"])
    return {
        "text": text,
        "unit_code": value["unit"],
        "valid_from": value.get("valid_from") or "2025-07-01",
        "line": line,
        "successor_code": None,
        "undecided": False,
        "label": ", ".join(part for part in (line, text) if part),
    }


def expand(raw: Mapping[str, Json]) -> RawSchema:
    """The schema without shorthands: fragments inserted, lists named, texts as {"vi", "en"}."""
    sections = raw.get("sections")
    expanded = dict(raw) | {"sections": [_section(_dict(item)) for item in sections] if isinstance(sections, list) else []}
    return _texts(expanded)


def _section(raw: RawSchema) -> RawSchema:
    fields: list[Json] = []
    for item in _list(raw.get("fields")):
        field = _dict(item)
        fields += _fragment(field) if "use" in field else [_texts(field)]
    return _texts(raw | {"fields": fields})


def _fragment(use: RawSchema) -> list[Json]:
    """The fields of a fragment: "~" becomes the prefix, `set` overrides by local key, `optional` requires nothing, `skip` leaves out."""
    prefix, overrides, skipped = str(use.get("prefix") or ""), _dict(use.get("set") or {}), _list(use.get("skip") or [])
    fields: list[Json] = []
    for item in _list(_load("fragments")[str(use["use"])]):
        field = _dict(item)
        local = str(field["key"]).removeprefix("~")
        if local in skipped:
            continue
        field = field | _dict(overrides.get(local) or {})
        if use.get("optional") and field.get("type") != "computed":
            field = field | {"required": False}
        if use.get("show"):
            own = field.get("show")
            field = field | {"show": {"all": [use["show"], own]} if own else use["show"]}
        fields.append(_texts(_dict(_prefixed(field, prefix))))
    return fields


def _prefixed(value: Json, prefix: str) -> Json:
    if isinstance(value, str):
        return value.replace("~", prefix)
    if isinstance(value, list):
        return [_prefixed(item, prefix) for item in value]
    if isinstance(value, dict):
        return {key: _prefixed(item, prefix) for key, item in value.items()}
    return value


def _texts(raw: RawSchema) -> RawSchema:
    expanded: RawSchema = {}
    for key, value in raw.items():
        if key in _TEXTS:
            expanded[key] = _text(value)
        elif key == "choices":
            expanded[key] = _choices(value)
        elif key == "columns":
            expanded[key] = [_texts(_dict(item)) for item in _list(value)]
        else:
            expanded[key] = value
    return expanded


def _text(value: Json) -> Json:
    """["Có", "Yes"], "Có" or already {"vi", "en"}. Raises TypeError."""
    if isinstance(value, list):
        return {"vi": _words(value[0]), "en": _words(value[1]) if len(value) > 1 else ""}
    return value if isinstance(value, dict) else {"vi": str(value), "en": ""}


def _words(value: Json) -> str:
    if isinstance(value, dict | list):
        raise TypeError(f"expected words; with a colon in them they need quotes: {value!r}")
    return str(value)


def _choices(value: Json) -> Json:
    if isinstance(value, str):
        value = _load("lists")[value.removeprefix("@")]
    if isinstance(value, dict):
        return [{"value": key, "label": _text(label)} for key, label in value.items()]
    return [item if isinstance(item, dict) else {"value": str(item), "label": _text(item)} for item in _list(value)]


def _dict(value: Json) -> RawSchema:
    if not isinstance(value, dict):
        raise TypeError(f"expected a mapping: {value!r}")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list: {value!r}")
    return value


@cache
def _load(name: str) -> RawSchema:
    return _read(FOLDER / f"{name}.yaml")


def _read(path: Path) -> RawSchema:
    return _dict(yaml.safe_load(path.read_text(encoding="utf-8")))
