"""Codes and numbers that people type, scan and read out: dossier codes, secrets, identities. Pure.

Each reader forgives how something was typed and never what was typed.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_CODE = re.compile(r"(?<![A-Z0-9.])([A-Z0-9.]+)-([0-9O]{6}(?:[0-9O]{2})?)-([0-9O]{4,7})(?![A-Z0-9])")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_DIGITS_ONLY = re.compile(r"[\s.\-()]+")

SECRET_ALPHABET = "234679ACDEFGHJKMNPQRTUVWXY"  # noqa: S105 -- the letters, not a secret
"""Without 0 O, 1 I L, 2's Z, 5 S, 8 B: whoever reads one aloud or off paper is understood."""

SECRET_LENGTH = 8


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A dossier code in its parts; `text` is how it is stored."""

    text: str
    office: str
    on: date
    number: int


def format_code(office: str, on: date, number: int) -> str:
    """The code of the number-th dossier of the office on the day; widens past 9999."""
    if not office or number < 1:
        raise ValueError(f"No dossier code from {office!r} and {number}")
    return f"{office}-{on:%y%m%d}-{number:04d}"


def parse_code(text: str) -> DossierCode | None:
    """The first dossier code in what was typed or scanned (a URL too); None if there is none.

    Dates of six or eight digits, sequences of four to seven: national samples have both.
    """
    tidy = _DASHES.sub("-", text.strip().upper())
    match = _CODE.search(tidy) or _CODE.search(re.sub(r"\s+", "-", tidy)) or _CODE.search(re.sub(r"\s+", "", tidy))
    if match is None:
        return None
    office = match[1]
    digits, sequence = (part.replace("O", "0") for part in match.group(2, 3))
    year = int(digits[:-4]) + (2000 if len(digits) == 6 else 0)
    try:
        on = date(year, int(digits[-4:-2]), int(digits[-2:]))
    except ValueError:
        return None
    return DossierCode(f"{office}-{digits}-{sequence}", office, on, int(sequence))


def normalise_code(text: str) -> str | None:
    """The code as it is stored; None if the text holds no code."""
    code = parse_code(text)
    return code.text if code else None


def new_secret(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Eight random characters that nobody confuses."""
    return "".join(choose(SECRET_ALPHABET) for _ in range(SECRET_LENGTH))


def format_secret(secret: str) -> str:
    """The secret in two groups, as printed."""
    return f"{secret[:4]}-{secret[4:]}"


def normalise_secret(text: str) -> str | None:
    """The secret as it is stored; None if it cannot be one."""
    typed = re.sub(r"[\W_]+", "", text).upper()
    return typed if len(typed) == SECRET_LENGTH and set(typed) <= set(SECRET_ALPHABET) else None


class IdWarning(StrEnum):
    """What looks odd about a personal id. Warnings never block: registers hold exceptions."""

    PROVINCE_UNKNOWN = "province_unknown"
    BIRTH_YEAR_DIFFERS = "birth_year_differs"
    SEX_DIFFERS = "sex_differs"
    CENTURY_UNKNOWN = "century_unknown"


ID_WARNINGS = {
    IdWarning.PROVINCE_UNKNOWN: "The first three digits name no province of birth registration.",
    IdWarning.BIRTH_YEAR_DIFFERS: "The number names another year of birth.",
    IdWarning.SEX_DIFFERS: "The number names another sex.",
    IdWarning.CENTURY_UNKNOWN: "The fourth digit names no known century.",
}
"""English msgids."""

# The provinces of 2008 to 2025; numbers were not changed by the merger.
_NEVER_USED = frozenset(
    {0, 3, 5, 7, 9, 13, 16, 18, 21, 23, 28, 29, 32, 39, 41, 43, 47, 50, 53, 55, 57, 59, 61, 63, 65, 69, 71, 73, 76, 78, 81, 85, 88, 90}
)
_BIRTH_PROVINCES = frozenset(range(97)) - _NEVER_USED


@dataclass(frozen=True, slots=True)
class PersonalId:
    """A personal id as typed; `is_valid` is its shape alone, it has no check digit."""

    number: str
    is_valid: bool
    warnings: tuple[IdWarning, ...] = ()


def check_personal_id(text: str, *, birth_year: int | None = None, sex: str = "") -> PersonalId:
    """The 12 digits, with what contradicts birth year and sex ("male" or "female") if given."""
    number = _DIGITS_ONLY.sub("", text)
    if not re.fullmatch(r"[0-9]{12}", number):
        return PersonalId(number, is_valid=False)
    warnings: list[IdWarning] = []
    # Above 096 the first three digits are the country in which the birth was registered.
    if int(number[:3]) <= 96 and int(number[:3]) not in _BIRTH_PROVINCES:
        warnings.append(IdWarning.PROVINCE_UNKNOWN)
    century, is_female = divmod(int(number[3]), 2)
    if century > 1:
        warnings.append(IdWarning.CENTURY_UNKNOWN)
    if birth_year is not None and birth_year != 1900 + century * 100 + int(number[4:6]):
        warnings.append(IdWarning.BIRTH_YEAR_DIFFERS)
    if sex in ("male", "female") and (sex == "female") != bool(is_female):
        warnings.append(IdWarning.SEX_DIFFERS)
    return PersonalId(number, is_valid=True, warnings=tuple(warnings))


@dataclass(frozen=True, slots=True)
class CardText:
    """What an ID card's QR code says. Missing or unreadable parts are empty."""

    number: str
    old_number: str
    full_name: str
    born_on: date | None
    sex: str
    address: str
    issued_on: date | None


_SEXES = {"nam": "male", "nữ": "female", "nu": "female", "nư": "female"}


def parse_card_text(text: str) -> CardText | None:
    """The seven fields of the QR code, more and fewer tolerated; None without a personal id in front."""
    fields = [field.strip() for field in text.strip().split("|")]
    number, old, name, born, sex, address, issued = (fields + [""] * 7)[:7]
    if len(fields) < 3 or not check_personal_id(number).is_valid:
        return None
    return CardText(number, old, name, _card_date(born), _SEXES.get(sex.lower(), ""), address, _card_date(issued))


def _card_date(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax code as typed. `is_personal`: twelve digits, the id of an individual or household."""

    text: str
    is_valid: bool
    is_branch: bool = False
    is_personal: bool = False


_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def check_tax_code(text: str) -> TaxCode:
    """Shape and check digit of a tax code: 10 digits, with -NNN for a branch, or 12 digits."""
    digits = _DIGITS_ONLY.sub("", text)
    if re.fullmatch(r"[0-9]{12}", digits):
        return TaxCode(digits, is_valid=True, is_personal=True)
    if not re.fullmatch(r"[0-9]{10}(?:[0-9]{3})?", digits):
        return TaxCode(digits, is_valid=False)
    check = 10 - sum(int(digit) * weight for digit, weight in zip(digits[:9], _TAX_WEIGHTS, strict=True)) % 11
    is_branch = len(digits) == 13
    shown = f"{digits[:10]}-{digits[10:]}" if is_branch else digits
    return TaxCode(shown, is_valid=check == int(digits[9]), is_branch=is_branch)


def normalise_phone(text: str) -> str | None:
    """A Vietnamese mobile number as 0XXXXXXXXX, from +84 and 84 too; None if it is not one."""
    digits = re.sub(r"^(?:\+|00)?84(?=[35789][0-9]{8}$)", "0", _DIGITS_ONLY.sub("", text))
    return digits if re.fullmatch(r"0[35789][0-9]{8}", digits) else None
