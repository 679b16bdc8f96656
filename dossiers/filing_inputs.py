"""From validated forms to what `actions.file` takes. Shared by the counter's and the citizen's pages. Reads nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from dossiers.actions.fee_inputs import fees as fees
from dossiers.actions.file import PaperInput, PartyInput
from dossiers.codes import CardText, check_tax_code
from dossiers.forms import OTHER, OWNER, ROLES
from dossiers.models import DraftFile, Party
from procedures.models import Requirement

NAME_LENGTH = 400


def typed_from_card(card: CardText) -> dict[str, str]:
    """First values of PartiesForm from an ID card's QR text."""
    born = f"{card.born_on:%d/%m/%Y}" if card.born_on else ""
    given = {
        "owner_name": card.full_name,
        "owner_personal_id": card.number,
        "owner_birth_date": born,
        "owner_sex": card.sex,
        "owner_address": card.address,
    }
    return {name: value for name, value in given.items() if value}


def prefill_person(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The owner as `formschema.prefill` reads a person."""
    known = {
        "full_name": typed.get("owner_name", ""),
        "personal_id": typed.get("owner_personal_id", ""),
        "birth_date": _iso(str(typed.get("owner_birth_date", ""))),
        "sex": typed.get("owner_sex", ""),
        "address_text": typed.get("owner_address", ""),
        "phone": typed.get("phone", ""),
        "email": typed.get("email", ""),
    }
    return {name: value for name, value in known.items() if value}


def _iso(written: str) -> str:
    parts = written.replace("-", "/").split("/")
    return "-".join(reversed(parts)) if len(parts) == 3 and len(parts[2]) == 4 else written


def parties(given: Mapping[str, Any]) -> list[PartyInput]:
    """The four parties of a valid PartiesForm; who is not named apart is the owner."""
    kind = _kind(given)
    owner = PartyInput(
        role=Party.Role.OWNER,
        name=given["owner_name"],
        kind=kind,
        personal_id="" if kind == Party.Kind.ORGANISATION else given["owner_personal_id"],
        tax_code="" if kind == Party.Kind.PERSON else given["owner_tax_code"],
        birth_date=given["owner_birth_date"],
        sex=given["owner_sex"],
        address=given["owner_address"],
        phone=given["phone"],
        email=given["email"],
    )
    found: dict[str, PartyInput] = {OWNER: owner}
    for role in ROLES:
        found[role] = _other(role, given, found)
    return list(found.values())


def _kind(given: Mapping[str, Any]) -> str:
    """What was chosen; but twelve digits are the tax code of a household business, which no other organisation has."""
    if given["owner_kind"] == Party.Kind.ORGANISATION and check_tax_code(given["owner_tax_code"]).is_personal:
        return Party.Kind.HOUSEHOLD
    return str(given["owner_kind"])


def _kind_by(tax_code: str) -> str:
    """Of a party whose kind is not asked: no tax code, a person; twelve digits, a household business; else an organisation."""
    if not tax_code:
        return Party.Kind.PERSON
    return Party.Kind.HOUSEHOLD if check_tax_code(tax_code).is_personal else Party.Kind.ORGANISATION


def _other(role: str, given: Mapping[str, Any], found: Mapping[str, PartyInput]) -> PartyInput:
    chosen = given[f"{role}_is"]
    if chosen == OTHER:
        tax_code = str(given.get(f"{role}_tax_code") or "")
        return PartyInput(
            role=role,
            name=given[f"{role}_name"],
            kind=_kind_by(tax_code),
            personal_id="" if _kind_by(tax_code) == Party.Kind.ORGANISATION else given[f"{role}_personal_id"],
            tax_code=tax_code,
            ground=given.get(f"{role}_ground", ""),
        )
    same = found[chosen]
    kept = {name: getattr(same, name) for name in PartyInput.__slots__ if name != "role"}
    return PartyInput(role=role, **kept)


def papers(requirements: Iterable[Requirement], counts: Mapping[str, tuple[int, int]], files: Iterable[DraftFile]) -> list[PaperInput]:
    """One line per component that was seen, and one per file."""
    names = {each.key: each.name_vi[:NAME_LENGTH] for each in requirements}
    seen = [
        PaperInput(requirement_key=key, name=names[key], originals=originals, copies=copies)
        for key, (originals, copies) in counts.items()
        if key in names and (originals or copies)
    ]
    scanned = [
        PaperInput(
            requirement_key=file.requirement_key,
            name=names.get(file.requirement_key, file.name),
            storage_key=file.storage_key,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
        )
        for file in files
    ]
    return seen + scanned
