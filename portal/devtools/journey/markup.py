"""What a person without JavaScript sees of a page: its words, its links, and forms that can be filled in and sent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "svg", "head"})
_BUTTON_KINDS = frozenset({"submit", "button", "reset", "image"})

Value = str | bool | list[str]


class NotOnPage(LookupError):
    """The page has no such form, field, choice or button."""


@dataclass(slots=True)
class Control:
    """One input of a form. `options` are the values of a select; a radio or checkbox stands for one value."""

    name: str
    kind: str
    value: str = ""
    is_on: bool = False
    options: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)

    def sent(self) -> list[str]:
        """What a browser sends for it."""
        if self.kind in {"checkbox", "radio"}:
            return [self.value] if self.is_on else []
        if self.kind == "select":
            return self.chosen or self.options[:1]
        return [] if self.kind == "file" else [self.value]


@dataclass(slots=True)
class Form:
    """A form with what stands in it."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The names of its inputs."""
        return {control.name for control in self.controls}

    def options(self, name: str) -> list[str]:
        """The values that can be chosen under this name."""
        found = [control for control in self.controls if control.name == name]
        return [value for control in found for value in (control.options or [control.value])]

    def value(self, name: str) -> str:
        """What stands in the input now."""
        sent = [value for control in self._named(name) for value in control.sent()]
        return sent[0] if sent else ""

    def fill(self, values: Mapping[str, Value]) -> "Form":
        """The inputs hold these values. Raises NotOnPage for a name or a choice that the page does not offer."""
        for name, value in values.items():
            self._fill(name, value)
        return self

    def fill_known(self, values: Mapping[str, Value]) -> "Form":
        """Like `fill`, but names that the form does not have are left out."""
        names = self.names
        return self.fill({name: value for name, value in values.items() if name in names})

    def _named(self, name: str) -> list[Control]:
        found = [control for control in self.controls if control.name == name]
        if not found:
            raise NotOnPage(f"no field '{name}' among {sorted(self.names)}")
        return found

    def _fill(self, name: str, value: Value) -> None:
        found = self._named(name)
        wanted = value if isinstance(value, list) else [str(value)]
        if found[0].kind in {"checkbox", "radio"}:
            if isinstance(value, bool):
                wanted = [found[0].value] if value else []
            known = {control.value for control in found}
            if not set(wanted) <= known:
                raise NotOnPage(f"'{name}' offers {sorted(known)}, not {wanted}")
            for control in found:
                control.is_on = control.value in wanted
        elif found[0].kind == "select":
            if not set(wanted) <= set(found[0].options):
                raise NotOnPage(f"'{name}' offers {found[0].options}, not {wanted}")
            found[0].chosen = wanted
        else:
            for control, text in zip(found, wanted, strict=False):
                control.value = text

    def pairs(self, press: tuple[str, str] | None = None) -> list[tuple[str, str]]:
        """What a browser sends when this button is pressed. Raises NotOnPage for a button that is not there."""
        if press is not None and press not in self.buttons:
            raise NotOnPage(f"no button {press} among {self.buttons}")
        sent = [(control.name, value) for control in self.controls for value in control.sent()]
        return [*sent, press] if press else sent


@dataclass(slots=True)
class Markup:
    """A parsed page."""

    forms: list[Form]
    links: list[tuple[str, str]]
    words: str
    errors: str
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Value and label of every option of a list."""

    def form(self, *names: str, action: str = "", press: tuple[str, str] | None = None) -> Form:
        """The first form that has these fields, leads there, or has this button. Raises NotOnPage."""
        for form in self.forms:
            fits = set(names) <= form.names and action in form.action
            if fits and (press is None or press in form.buttons):
                return form
        raise NotOnPage(f"no form with {names} {action} {press or ''}; there are {[sorted(form.names) for form in self.forms]}")

    def link(self, part: str) -> str:
        """The address of the first link that contains `part`. Raises NotOnPage."""
        for url, _text in self.links:
            if part in url:
                return url
        raise NotOnPage(f"no link with '{part}'")


def read(html: str) -> Markup:
    """The page as a person can use it."""
    parser = _Reader()
    parser.feed(html)
    parser.close()
    return Markup(
        parser.forms, parser.links, " ".join("".join(parser.said).split()), " ".join("".join(parser.complaints).split()), parser.choices
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.choices: list[tuple[str, str]] = []
        self._option: str | None = None
        self.complaints: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: Control | None = None
        self._area: Control | None = None
        self._silent = 0
        self._complaint_tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        self._note_complaint(tag, given)
        match tag:
            case "form":
                self._form = Form(given.get("action", ""), given.get("method", "get").lower())
                self.forms.append(self._form)
                self._by_id[given.get("id", "")] = self._form
            case "input" | "textarea" | "select" | "button":
                self._control(tag, given)
            case "option" if self._select is not None:
                self._option = given.get("value", "")
                self._select.options.append(self._option)
                if "selected" in given:
                    self._select.chosen.append(given.get("value", ""))
            case "a" if "href" in given:
                self.links.append((given["href"], ""))
        if tag in {"p", "li", "div", "dd", "dt", "td", "th", "h1", "h2", "h3", "br", "label", "option", "a", "span"}:
            self.said.append(" ")
            if self._complaint_tags:
                self.complaints.append(" ")

    def _note_complaint(self, tag: str, given: Mapping[str, str]) -> None:
        if self._complaint_tags:
            if tag == self._complaint_tags[0]:
                self._complaint_tags.append(tag)
        elif {"error-summary", "errorlist", "notice-bad"} & set(given.get("class", "").split()):
            self._complaint_tags = [tag]

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        form = self._by_id.get(given["form"]) if "form" in given else self._form
        kind = given.get("type", "text").lower() if tag == "input" else tag
        if form is None or "disabled" in given:
            return
        name = given.get("name", "")
        if kind == "button" or kind in _BUTTON_KINDS:
            if given.get("type", "submit") == "submit" and name:
                form.buttons.append((name, given.get("value", "")))
            return
        if not name:
            return
        default = "on" if kind in {"checkbox", "radio"} else ""
        control = Control(name, kind, given.get("value", default), "checked" in given)
        form.controls.append(control)
        if kind == "select":
            self._select = control
        elif kind == "textarea":
            self._area = control

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _SILENT:
            self._silent -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if self._complaint_tags and tag == self._complaint_tags[-1]:
            self._complaint_tags.pop()
            self.complaints.append(" ")
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data if self._area.value else data.removeprefix("\n")
        elif not self._silent:
            self.said.append(data)
            if self._option is not None and data.strip():
                self.choices.append((self._option, data.strip()))
                self._option = None
            if self._complaint_tags:
                self.complaints.append(data)
