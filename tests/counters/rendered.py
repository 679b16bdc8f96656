"""A page's form as a browser without JavaScript would send it."""

from html.parser import HTMLParser
from typing import Any


class _Reader(HTMLParser):
    def __init__(self, form_id: str | None, action: str | None) -> None:
        super().__init__()
        self.form_id, self.action = form_id, action
        self.inside = False
        self.values: dict[str, list[str]] = {}
        self.select: str | None = None
        self.first: str | None = None
        self.chosen = False
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = (self.form_id is not None and given.get("id") == self.form_id) or (
                self.action is not None and given.get("action") == self.action
            )
        if not self.inside:
            return
        name = given.get("name", "")
        if tag == "input" and name and given.get("type", "text") not in {"submit", "button", "file"}:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self.values.setdefault(name, []).append(given.get("value", "on" if given.get("type") == "checkbox" else ""))
        elif tag == "select":
            self.select, self.first, self.chosen = name, None, False
        elif tag == "option" and self.select:
            self.first = given.get("value", "") if self.first is None else self.first
            if "selected" in given:
                self.values.setdefault(self.select, []).append(given.get("value", ""))
                self.chosen = True
        elif tag == "textarea":
            self.area = name
            self.values.setdefault(name, []).append("")

    def handle_data(self, data: str) -> None:
        if self.area and self.inside:
            self.values[self.area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select and self.inside:
            if not self.chosen and self.first is not None:
                self.values.setdefault(self.select, []).append(self.first)
            self.select = None
        elif tag == "textarea":
            self.area = None
        elif tag == "form":
            self.inside = False


def form_values(response: Any, *, form_id: str | None = None, action: str | None = None) -> dict[str, Any]:
    """The values of the form with this id or address, without its buttons."""
    reader = _Reader(form_id, action)
    reader.feed(response.content.decode())
    return {name: values if len(values) > 1 else values[0] for name, values in reader.values.items()}
