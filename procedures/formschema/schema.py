"""A form as data, read into frozen values. How to write one: docs/forms.md."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import get_language

from procedures.formschema.conditions import Condition, Json, parse_condition

_SIMPLE_TYPES = frozenset("text long name int money date partial_date time yesno choice many cccd phone email".split())  # noqa: SIM905 -- reads better
INPUT_TYPES = frozenset(_SIMPLE_TYPES | {"address", "organisation", "repeat"})
TYPES = INPUT_TYPES | {"computed", "note"}
ROW_TYPES = frozenset(_SIMPLE_TYPES - {"many"})
"""Types that may stand in a column of a table."""

_PEOPLE = {"residence", "residence_father", "residence_mother", "residence_other", "applied_address", "employer"}
_THINGS = {"place_of_event", "parcel", "seat", "register_holder", "building_site", "facility", "agency_place"}
FACTS = frozenset(_PEOPLE | _THINGS)
"""What a place means to the rules of competence."""


@dataclass(frozen=True, slots=True)
class Text:
    """Catalogue text in Vietnamese, with English where it exists."""

    vi: str = ""
    en: str = ""

    def __str__(self) -> str:
        return self.en if self.en and get_language() == "en" else self.vi

    def __bool__(self) -> bool:
        return bool(self.vi)

    def in_language(self, language: str) -> str:
        return self.en if self.en and language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `required_when` None: never required unless `required`."""

    key: str
    type: str
    label: Text
    hint: Text = Text()
    required: bool = False
    required_when: Condition | None = None
    show: Condition | None = None
    missing: Text = Text()
    choices: tuple[Choice, ...] = ()
    default: Json = None
    prefill: str = ""
    fact: str = ""
    chooses_fact: bool = False
    is_past: bool = False
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    columns: tuple["Field", ...] = ()
    blank_rows: int = 2
    max_rows: int = 30
    compute: Json = None
    paper: str = ""
    not_printed: str = ""
    raw_show: Json = None
    raw_required: Json = None

    def choice_label(self, value: str, language: str) -> str:
        return next((choice.label.in_language(language) for choice in self.choices if choice.value == value), value)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: Text
    fields: tuple[Field, ...]
    hint: Text = Text()
    show: Condition | None = None
    raw_show: Json = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The questions of one procedure case and where its paper comes from."""

    code: str
    title: Text
    sections: tuple[Section, ...]
    print_template: str = "common"
    signer: str = ""
    paper_name: str = ""
    source: str = ""
    source_confidence: str = "assumed"
    raw: Json = field(default=None, compare=False, repr=False)
    deciding: tuple[tuple[Section, Field], ...] = field(init=False, compare=False, repr=False)
    """The few fields that competence reads: a place that decides, or the choice of one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "deciding", tuple(each for each in self.fields() if each[1].fact or each[1].chooses_fact))

    def fields(self) -> Iterator[tuple[Section, Field]]:
        for section in self.sections:
            for item in section.fields:
                yield section, item

    @property
    def places_asked(self) -> frozenset[str]:
        """The places that the form can be answered with, by what they mean."""
        return frozenset(item.fact for _section, item in self.deciding if item.fact)

    def field(self, key: str) -> Field:
        """The field of this key. Raises KeyError."""
        for _section, item in self.fields():
            if item.key == key:
                return item
        raise KeyError(key)


RawSchema = dict[str, Json]


def known_schema(raw: RawSchema) -> Schema:
    """What `parse_schema` returns, parsed once a process: a request asks for the same form many times."""
    return _parsed(json.dumps(raw, ensure_ascii=False))


@lru_cache(maxsize=256)
def _parsed(content: str) -> Schema:
    return parse_schema(json.loads(content))


def parse_schema(raw: RawSchema) -> Schema:
    """The schema that the data describes; run `check_schema` first on data that people wrote."""
    return Schema(
        code=_str(raw, "code"),
        title=_text(raw.get("title")),
        sections=tuple(_section(item) for item in _dicts(raw.get("sections"))),
        print_template=_str(raw, "print") or "common",
        signer=_str(raw, "signer"),
        paper_name=_str(raw, "paper_name"),
        source=_str(raw, "source"),
        source_confidence=_str(raw, "source_confidence") or "assumed",
        raw=raw,
    )


def _section(raw: RawSchema) -> Section:
    return Section(
        key=_str(raw, "key"),
        title=_text(raw.get("title")),
        hint=_text(raw.get("hint")),
        fields=tuple(_field(item) for item in _dicts(raw.get("fields"))),
        show=_condition(raw.get("show")),
        raw_show=raw.get("show"),
    )


def _field(raw: RawSchema) -> Field:
    required = raw.get("required", False)
    return Field(
        key=_str(raw, "key"),
        type=_str(raw, "type"),
        label=_text(raw.get("label")),
        hint=_text(raw.get("hint")),
        required=required is True,
        required_when=_condition(required) if isinstance(required, dict) else None,
        show=_condition(raw.get("show")),
        missing=_text(raw.get("missing")),
        choices=tuple(Choice(_str(item, "value"), _text(item.get("label"))) for item in _dicts(raw.get("choices"))),
        default=raw.get("default"),
        prefill=_str(raw, "prefill"),
        fact=_str(raw, "fact"),
        chooses_fact=raw.get("chooses_fact") is True,
        is_past=raw.get("past") is True,
        minimum=_int(raw.get("min")),
        maximum=_int(raw.get("max")),
        max_length=_int(raw.get("max_length")),
        columns=tuple(_field(item) for item in _dicts(raw.get("columns"))),
        blank_rows=_int(raw.get("blank_rows")) or 2,
        max_rows=_int(raw.get("max_rows")) or 30,
        compute=raw.get("compute"),
        paper=_str(raw, "paper"),
        not_printed=_str(raw, "not_printed"),
        raw_show=raw.get("show"),
        raw_required=required,
    )


def _condition(raw: Json) -> Condition | None:
    return None if raw is None else parse_condition(raw)


def _text(raw: Json) -> Text:
    if isinstance(raw, dict):
        return Text(_str(raw, "vi"), _str(raw, "en"))
    return Text(raw) if isinstance(raw, str) else Text()


def _str(raw: RawSchema, key: str) -> str:
    value = raw.get(key)
    return "" if value is None else str(value)


def _int(raw: Json) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _dicts(raw: Json) -> list[RawSchema]:
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, list) else []
