"""Answers as a person types them: the samples of the hand-made forms, or the few questions of the common one."""

from collections.abc import Mapping

from dossiers.lawfulchoice import PICKED
from portal.devtools.journey.browser import Browser, Page
from portal.devtools.journey.markup import Form, Value
from portal.devtools.journey.people import Citizen
from procedures.formschema.answers import CHOICE
from procedures.formschema.kinds import to_post
from procedures.formschema.library import form_for, hand_made_codes, sample_answers
from procedures.formschema.schema import INPUT_TYPES, parse_schema

_ASKED_LATER = ("_unit", "_successor", "_shown_for", "_undecided", "_rows")


def place(key: str, text: str, line: str = "") -> dict[str, Value]:
    """A place question answered in words."""
    return {f"{key}_text": text, f"{key}_line": line}


def sample(code: str, **changes: Value) -> dict[str, Value]:
    """The sample declaration of the procedure as typed, with other values where given."""
    return typed_sample(code) | changes


def typed_sample(code: str) -> dict[str, Value]:
    """Every answer of the sample by the name of its input."""
    kept = sample_answers(code)
    typed: dict[str, Value] = {}
    for _section, item in parse_schema(form_for(code)).fields():
        if item.type in INPUT_TYPES and item.key in kept:
            typed |= {name: value for name, value in to_post(item, item.key, kept[item.key]).items() if not name.endswith(_ASKED_LATER)}
    return typed


def chosen(code: str) -> dict[str, Value]:
    """What the person of the sample chooses where two agencies are lawful."""
    choice = sample_answers(code).get(CHOICE)
    return {PICKED: str(choice)} if choice else {}


def person_of(code: str) -> Citizen:
    """Whoever the sample declaration says is asking."""
    kept = sample_answers(code)

    def first(*keys: str) -> str:
        found = next((kept[key] for key in keys if kept.get(key)), "")
        return str(found.get("label", "")) if isinstance(found, dict) else str(found)

    born = first("requester_birth_date", "birth_date", "owner_birth_date", "bride_birth_date", "owner_birth_year") or "1980"
    year, month, day = [*born.split("-"), "01", "01"][:3]
    return Citizen(
        personal_id=first("requester_personal_id", "personal_id", "owner_personal_id", "bride_personal_id"),
        name=first("requester_name", "full_name", "owner_name", "bride_full_name"),
        born=f"{day}/{month}/{year}",
        sex="Nữ" if first("sex", "owner_sex", "subject_sex") == "female" else "Nam",
        address=first("requester_residence", "owner_residence", "owner_address", "permanent_residence", "bride_residence"),
        phone=first("requester_phone", "phone", "owner_phone"),
    )


def common(person: Citizen, request: str, where: str, line: str = "") -> dict[str, Value]:
    """The common form."""
    return {
        "full_name": person.name,
        "birth_date": person.born,
        "personal_id": person.personal_id,
        "contact_address": person.address,
        "phone": person.phone,
        "request_text": request,
        **place("place", where, line),
    }


def is_hand_made(code: str) -> bool:
    """Whether the procedure has a declaration of its own."""
    return code in hand_made_codes()


def fill_declaration(browser: Browser, page: Page, answers: Mapping[str, Value], marker: str) -> tuple[Page, Form]:
    """The page and its form with the answers in it; rows are added to tables until all of them fit."""
    form = page.form(marker)
    for name in sorted(answers):
        adding = (f"{_table_of(name)}_add", "1")
        while name not in form.names and adding in form.buttons:
            page = browser.send(form.fill_known(answers), press=adding)
            form = page.form(marker)
    return page, form.fill_known(answers)


def _table_of(name: str) -> str:
    """The table of a cell's name, such as `documents_1_copies`; empty for any other."""
    parts = name.split("_")
    at = next((index for index, part in enumerate(parts) if part.isdigit() and index), 0)
    return "_".join(parts[:at])
