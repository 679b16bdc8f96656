"""Which circular's forms a paper follows on a day. Pure.

A number means another paper in each set (05 was the control sheet, and is the stop notice), so a document keeps both. A dossier that was
accepted under an earlier set keeps that set's forms; the earlier set is known here and not drawn, and issuing from it is refused in words.
Source: Thông tư 01/2018/TT-VPCP; Thông tư 03/2025/TT-VPCP, Appendix I, in force since 1 July 2025 with Nghị định 118/2025/NĐ-CP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FormSet:
    """The forms of one circular. `numbers` maps kinds of document to the form's number."""

    code: str
    circular: str
    valid_from: date
    valid_to: date | None
    is_drawn: bool
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a set, as a paper names it: Mẫu số 01 (Thông tư 03/2025/TT-VPCP)."""

    set_code: str
    number: str
    circular: str

    def __str__(self) -> str:
        return f"Mẫu số {self.number} (Thông tư {self.circular})"


class FormSetNotDrawn(LookupError):
    """The paper belongs to a set that this system knows but does not draw."""


SETS = (
    FormSet(
        code="TT01-2018",
        circular="01/2018/TT-VPCP",
        valid_from=date(2018, 11, 23),
        valid_to=date(2025, 6, 30),
        is_drawn=False,
        numbers={
            "receipt_slip": "01",
            "supplement_request": "02",
            "refusal_slip": "03",
            "apology_letter": "04",
            "control_sheet": "05",
            "register": "06",
        },
    ),
    FormSet(
        code="TT03-2025",
        circular="03/2025/TT-VPCP",
        valid_from=date(2025, 7, 1),
        valid_to=None,
        is_drawn=True,
        numbers={
            "receipt_slip": "01",
            "supplement_request": "02",
            "refusal_slip": "03",
            "apology_letter": "04",
            "stop_notice": "05",
            "control_sheet": "06",
            "register": "07",
        },
    ),
)


def set_on(day: date) -> FormSet:
    """The set in force on the day; days before the first set have the first. Exactly one by the table."""
    return next((each for each in reversed(SETS) if each.valid_from <= day), SETS[0])


def form_of(kind: str, *, accepted_on: date) -> Form | None:
    """The form that a paper of this kind follows for a dossier accepted (or, before that, filed) on the day.

    None where the set has no form for the kind, and for the one that had none then (a stop was told by a plain letter).
    Raises FormSetNotDrawn for a form of a set that is not drawn.
    """
    found = set_on(accepted_on)
    number = found.numbers.get(kind)
    if number is None:
        return None
    if not found.is_drawn:
        raise FormSetNotDrawn(f"form {number} of {found.circular} is not drawn")
    return Form(found.code, number, found.circular)
