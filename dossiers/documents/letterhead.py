"""Who speaks on a paper: the two lines of its head, the place of its date line, and where to ask."""

import re
from dataclasses import dataclass

from portal.agencies.models import AdministrativeUnit, Agency, Office

_TYPE_WORD = re.compile(r"^(thành phố|tỉnh|phường|xã|đặc khu|thị trấn|quận|huyện|thị xã)\s+", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`parent` may be empty; `unit` is the body that issues."""

    parent: str
    unit: str
    place: str
    address: str = ""
    phone: str = ""
    opening_hours: str = ""

    @property
    def parent_lines(self) -> list[str]:
        """The upper body, broken where a typist would break it."""
        return _broken(self.parent)

    @property
    def unit_lines(self) -> list[str]:
        """The issuing body, likewise."""
        return _broken(self.unit)


def letterhead_of(body: Office | Agency) -> Letterhead:
    """The head of a paper that this office or agency issues. Source: Nghị định 30/2020/NĐ-CP, Annex I."""
    place = _place(body.unit or body.province)
    if isinstance(body, Office):
        return Letterhead(_in_full(body.agency.short_name), _without_area(body), place, body.address, body.phone, body.opening_hours)
    parent = _in_full(body.parent.short_name) if body.parent else ""
    return Letterhead(parent, _in_full(body.short_name), place)


def _in_full(name: str) -> str:
    """The name as it stands on a letterhead, where "UBND" is written out."""
    return name.replace("UBND ", "Ủy ban nhân dân ")


def _broken(name: str) -> list[str]:
    head, committee, place = name.partition("Ủy ban nhân dân ")
    return [committee.strip(), place] if committee and not head else [name] if name else []


def _without_area(office: Office) -> str:
    """The office's name; the province that follows its commune is already in the body above it."""
    return office.name.rsplit(", ", 1)[0]


def _place(unit: AdministrativeUnit | None) -> str:
    """The name for the date line: without its type, except a bare number ("Phường 4")."""
    if unit is None:
        return "Hà Nội"
    bare = _TYPE_WORD.sub("", unit.name)
    return unit.name if _NUMBERED.match(bare) else bare
