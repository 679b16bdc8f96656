"""What people type into the boxes of the registry, understood: a procedure, an agency, a place. Or why it is not."""

import re
from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import match_place, search_places, unit_label
from portal.core.errors import DomainError
from portal.core.text import fold
from procedures.models import Procedure
from procedures.queries.search import search_procedures

LIMIT = 12
NAMED = 4
MARK = " · "
_CODE = re.compile(r"\d\.\d{6}")
_KIND_WORDS = ("uy ban nhan dan", "ubnd", "cong an", "co quan", "so", "chi nhanh")
EVERY_LEVEL = (AdministrativeUnit.Level.PROVINCE, AdministrativeUnit.Level.COMMUNE)


class NotUnderstood(DomainError):
    """The text names nothing, or several things; the message says which."""


def procedure_label(code: str, name: str) -> str:
    """How a suggestion is written, and read back."""
    return f"{code}{MARK}{name}"


def agency_label(agency: Agency) -> str:
    """How a suggestion is written, and read back. Names repeat, identifiers do not."""
    return f"{agency.name}{MARK}{agency.identifier}"


def procedures_like(text: str, on: date, limit: int = LIMIT) -> list[tuple[str, str]]:
    """Code and name of the procedures that fit, best first."""
    found = search_procedures(text, on, limit=limit) if text.strip() else None
    return [(hit.version.procedure.code, hit.version.short_name_vi) for hit in found.hits[:limit]] if found else []


def pick_procedure(text: str, on: date) -> Procedure:
    """The procedure that the text names by code or by a name that leaves no choice. Raises NotUnderstood."""
    code = _CODE.search(text)
    procedure = Procedure.objects.filter(code=code.group()).first() if code else None
    if procedure is not None:
        return procedure
    found = procedures_like(text, on)
    exact = [code for code, name in found if fold(name) == fold(text)]
    codes = exact or [code for code, _name in found]
    if len(codes) == 1:
        return Procedure.objects.get(code=codes[0])
    raise NotUnderstood(_several([procedure_label(*each) for each in found]) if found else _("No procedure has this name or code."))


def agencies_like(text: str, on: date, limit: int = LIMIT) -> list[Agency]:
    """Agencies whose name holds every word, those of the places that the text names among them."""
    words = fold(text.replace(",", " ")).split()
    if not words:
        return []
    code = text.strip()
    known = Agency.objects.on(on).filter(Q(identifier__iexact=code) | Q(aliases__overlap=[code, code.upper()])).order_by("identifier")
    if named := list(known[:limit]):
        return named
    upper = Agency.objects.on(on).exclude(level=Agency.Level.COMMUNE).order_by("level", "identifier")
    units = [unit.pk for place in search_places(_without_kind(text), LIMIT, levels=EVERY_LEVEL) for unit in place.successors]
    there = Agency.objects.on(on).filter(unit__in=units, level=Agency.Level.COMMUNE).order_by("identifier")
    every = [*upper, *there[: limit * 8]]
    return [agency for agency in every if _holds(agency.name, words)][:limit]


def pick_agency(text: str, on: date) -> Agency:
    """The agency that the text names. Raises NotUnderstood."""
    identifier = text.rpartition(MARK)[2].strip()
    agency = Agency.objects.on(on).filter(identifier=identifier).first()
    if agency is not None:
        return agency
    found = agencies_like(text, on)
    exact = [agency for agency in found if fold(agency.name) == fold(text)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    raise NotUnderstood(_several([agency_label(each) for each in found]) if found else _("No agency has this name or identifier."))


def pick_unit(text: str, levels: Sequence[str] = EVERY_LEVEL) -> AdministrativeUnit:
    """The one unit in force that the text names. Raises NotUnderstood."""
    match = match_place(text, levels=levels)
    if len(match.units) == 1:
        return match.units[0]
    raise NotUnderstood(_several([unit_label(unit) for unit in match.units]) if match.units else _("No place has this name."))


def pick_place(text: str) -> AdministrativeUnit:
    """The one unit that the text names, an old one as it was. Raises NotUnderstood."""
    match = match_place(text)
    if len(match.named) == 1:
        return match.named[0]
    current = [unit for unit in match.named if unit.valid_to is None]
    if len(current) == 1:
        return current[0]
    raise NotUnderstood(_several([unit_label(unit) for unit in match.named]) if match.named else _("No place has this name."))


def _several(labels: Sequence[str]) -> str:
    shown = "; ".join(labels[:NAMED]) + ("; …" if len(labels) > NAMED else "")
    return _("Several fit: %(names)s. Write more, or choose one of them.") % {"names": shown}


def _holds(name: str, words: Sequence[str]) -> bool:
    folded = fold(name.replace(",", " ")).replace("uy ban nhan dan", "uy ban nhan dan ubnd").split()
    return all(any(part.startswith(word) for part in folded) for word in words)


def _without_kind(text: str) -> str:
    words = fold(text)
    for kind in _KIND_WORDS:
        words = words.removeprefix(f"{kind} ")
    return words
