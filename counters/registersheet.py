"""The register as a page: A4 across, every line of the period, and whether the year's series of codes is whole."""

from dataclasses import dataclass
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils.translation import override

from counters.register import Line, missing_codes, register_of
from dossiers.documents.letterhead import letterhead_of
from dossiers.documents.render import REGISTER, links
from dossiers.documents.wording import day_in_words
from dossiers.formsets import form_of
from portal.agencies.models import Office
from portal.core.workcalendar import local

TITLE = "Sổ theo dõi hồ sơ"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page, and what it says in numbers."""

    html: str
    lines: list[Line]
    missing: list[str]


def sheet_of(office: Office, first: date, last: date, *, now: datetime) -> Sheet:
    """Form 07 of the period, in Vietnamese whatever the reader's language is."""
    letterhead = letterhead_of(office)
    with override("vi"):
        lines = register_of(office, first, last, now=now)
        missing = missing_codes(office, first.year)
        context = {
            "title": TITLE,
            "form": form_of("register", accepted_on=local(now).date()),
            "number": "07/SHS",
            "office": office,
            "letterhead": letterhead,
            "date_line": f"{letterhead.place}, {day_in_words(now)}",
            "first": first,
            "last": last,
            "lines": lines,
            "missing": missing,
            "stylesheet_link": links(REGISTER),
        }
        return Sheet(render_to_string("documents/register.html", context), lines, missing)
