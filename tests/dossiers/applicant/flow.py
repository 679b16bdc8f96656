"""How a citizen files online with plain forms, for the tests of this folder."""

import io
from typing import Any

from PIL import Image

from procedures.formschema.answers import post_data
from procedures.formschema.library import form_for, sample_answers
from procedures.formschema.schema import parse_schema
from tests.accounts.walker import Page, Upload, Walker
from tests.support.live import Live

UOC, PHUOC, KHANH = "001190002345", "001085004417", "079088003356"
MARITAL_STATUS, COPY, BIRTH = "1.004873", "2.000635", "1.001193"


def photo(name: str, colour: str = "white") -> Upload:
    """A small JPEG as a telephone would send it."""
    written = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(written, "JPEG")
    return name, written.getvalue(), "image/jpeg"


def signed_in(live: Live, citizen_id: str = UOC) -> Walker:
    person = Walker(live.url)
    person.sign_in(citizen_id)
    return person


def begun(person: Walker, code: str = MARITAL_STATUS, **fields: str) -> Page:
    """A new draft's task list."""
    page = person.get(f"/nop-ho-so/{code}/")
    return person.submit(page, {"acting_for": "self", **fields}, action="/bat-dau/")


def address_fields(page: Page) -> str:
    """The draft's own address."""
    return page.path.split("?")[0]


def section_keys(code: str) -> list[str]:
    return [section.key for section in parse_schema(form_for(code)).sections]


def section_fields(code: str, key: str, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a person types into one section."""
    data = post_data(form_for(code), answers or sample_answers(code), prefix="d", sections=[key])
    return {name: values if len(values) > 1 else values[0] for name, values in data.lists()}


def filled(person: Walker, draft: str, code: str = MARITAL_STATUS, answers: dict[str, Any] | None = None) -> None:
    """Parties, every section and a photo for each component are on the draft."""
    page = person.get(f"{draft}cac-ben/")
    page = person.submit(page, {}, having="rev")
    assert page.status == 200, page.text
    for key in section_keys(code):
        page = person.get(f"{draft}phan/{key}/")
        page = person.submit(page, section_fields(code, key, answers), having="files")
        assert page.status == 200, errors(page)
    page = person.get(f"{draft}giay-to/")
    for number, form in enumerate([form for form in page.forms() if "/giay-to/" in form.action]):
        pairs = [(name, value) for name, value in form.values]
        shade = ["white", "red", "blue", "green", "black", "gray"][number % 6]
        page = person.post(form.action, pairs, files=[("files", photo(f"giay-{number}.jpg", shade))])
        assert page.status == 200, errors(page)


def submitted(person: Walker, draft: str) -> Page:
    """The page after filing."""
    return person.submit(person.get(f"{draft}kiem-tra/"), {"declared": "on", "submit": "1"}, having="declared")


def errors(page: Page) -> str:
    """The error summary, for a failing test to show."""
    start = page.text.find('id="error-summary"')
    return page.text[start : start + 1500] if start >= 0 else page.text[:3000]
