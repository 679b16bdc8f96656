"""The address question: one text input with suggestions, and choices only when the text leaves a doubt."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from procedures.formschema.conditions import Json
from procedures.formschema.inputs import composed
from procedures.formschema.places import UNKNOWN, Ask, Found, PlaceFinder, TypedAddress, settle

SUGGEST_URL = "/dia-ban/goi-y/"
MAX_CANDIDATES = 12


class AddressWidget(forms.Widget):
    """Text with suggestions, detail line, and what `ask` still needs to know."""

    template_name = "formschema/address.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs)
        self.ask: Ask | None = None

    def value_from_datadict(self, data: Mapping[str, object], files: object, name: str) -> TypedAddress:
        def read(part: str) -> str:
            return composed(str(data.get(f"{name}_{part}") or ""))

        return TypedAddress(
            text=without_card(read("text")),
            line=read("line"),
            unit=read("unit"),
            successor=read("successor"),
            is_undecided=bool(read("undecided")),
            shown_for=read("shown_for"),
        )

    def value_omitted_from_data(self, data: Mapping[str, object], files: object, name: str) -> bool:
        return f"{name}_text" not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_text" if id_ else id_

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, object]:
        context: dict[str, object] = super().get_context(name, None, attrs)
        typed = value if isinstance(value, TypedAddress) else typed_from(value if isinstance(value, dict) else None)
        ask = self.ask
        context["address"] = {
            "typed": typed,
            "suggest_url": f"{SUGGEST_URL}?field={name}_text",
            "candidates": ask.candidates[:MAX_CANDIDATES] if ask else (),
            "split": ask.split if ask else None,
            "successors": ask.successors if ask else (),
            "unknown": UNKNOWN,
            "offers_undecided": bool(ask) or typed.is_undecided,
        }
        return context


def without_card(text: str) -> str:
    """The address, where the text is that of an identity card's QR code: number, old number, name, birth, sex, address, day of issue."""
    parts = text.split("|")
    return parts[5].strip() if len(parts) in (6, 7) and parts[0].strip().isdigit() else text


def typed_from(stored: Json) -> TypedAddress:
    """The inputs that would be stored as this address."""
    if not isinstance(stored, dict):
        return TypedAddress()
    code, since = stored.get("unit_code"), stored.get("valid_from")
    is_open = stored.get("undecided") is True
    return TypedAddress(
        text=str(stored.get("text") or ""),
        line=str(stored.get("line") or ""),
        unit=f"{code}@{since}" if code else "",
        successor=str(stored.get("successor_code") or (UNKNOWN if code and is_open else "")),
        is_undecided=is_open and not code,
        shown_for=str(stored.get("text") or ""),
    )


class AddressField(forms.Field):
    """Keeps {"text", "unit_code", "valid_from", "line", "successor_code", "undecided", "label"}; None without an answer."""

    widget = AddressWidget
    empty_values = [None, "", TypedAddress()]

    def __init__(self, *, find: PlaceFinder, **kwargs: object) -> None:
        self.find = find
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def clean(self, value: object) -> dict[str, Json] | None:
        typed = value if isinstance(value, TypedAddress) else TypedAddress()
        if typed.is_empty:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        outcome = settle(typed, self.find)
        if isinstance(outcome, Found):
            return outcome.stored
        self.widget.ask = outcome
        raise ValidationError(_reason(typed, outcome), code="place")

    def has_changed(self, initial: object, data: object) -> bool:
        return data != typed_from(initial if isinstance(initial, dict) else None)


def _reason(typed: TypedAddress, ask: Ask) -> str:
    if ask.split:
        return _("This place was divided. Choose the part where the address lies now.")
    if len(ask.candidates) > MAX_CANDIDATES:
        return _("Many places have this name. Add the province, for example: Tân Phú, Đồng Nai.")
    if ask.candidates:
        return _("Several places have this name. Choose one.")
    if not typed.text:
        return _("Write the commune or ward and the province.")
    return _("No such commune or ward was found. Check the spelling, or tick the box so that an officer determines it.")


def post_address(name: str, stored: Json) -> MultiValueDict[str, str]:
    """The inputs of the address, as a browser would send them."""
    typed = typed_from(stored)
    posted: MultiValueDict[str, str] = MultiValueDict()
    parts = {"text": typed.text, "line": typed.line, "unit": typed.unit, "successor": typed.successor, "shown_for": typed.shown_for}
    for part, value in parts.items():
        posted[f"{name}_{part}"] = value
    if typed.is_undecided:
        posted[f"{name}_undecided"] = "1"
    return posted
