"""Fields that the forms of the registry share: type-ahead boxes that take what people write, and say what was not understood."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from portal.core.forms import DateField

MAX_TEXT = 200
Text = Any
"""A label, perhaps translated when it is shown."""


class TypeAhead(forms.TextInput):
    """A text box with suggestions from the server; without JavaScript it is a text box whose text is understood all the same."""

    template_name = "procedures/registry/widgets/type_ahead.html"

    def __init__(self, url_name: str, attrs: Mapping[str, Any] | None = None, *, query: str = "") -> None:
        super().__init__(attrs={"autocomplete": "off", "maxlength": MAX_TEXT, **(attrs or {})})
        self.url_name, self.query = url_name, query

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        identifier = context["widget"]["attrs"].get("id", name)
        context["widget"] |= {"url": f"{reverse_lazy(self.url_name)}?field={name}{self.query}", "list": f"{identifier}_options"}
        return context


def text_field(label: Text, *, required: bool = True, most: int = MAX_TEXT, help_text: Text = "") -> forms.CharField:
    """One line of text without characters that no database keeps."""
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text)


def procedure_field(label: Text = None, *, required: bool = True) -> forms.CharField:
    """A procedure by its code or name."""
    widget = TypeAhead("procedures:procedure_suggestions")
    hint = _("Type a part of the name, with or without diacritics, or the code.")
    return forms.CharField(label=label or _("Procedure"), required=required, max_length=MAX_TEXT, widget=widget, help_text=hint)


def place_field(label: Text, *, required: bool = True, help_text: Text = "", old: bool = True) -> forms.CharField:
    """A commune or a province by its name."""
    widget = TypeAhead("agencies:place_suggestions", query="" if old else "&cu=0")
    return forms.CharField(label=label, required=required, max_length=MAX_TEXT, widget=widget, help_text=help_text)


def agency_field(label: Text, *, required: bool = True) -> forms.CharField:
    """An agency by its name or identifier."""
    widget = TypeAhead("procedures:agency_suggestions")
    hint = _("Type a part of the name, with or without diacritics, or the identifier.")
    return forms.CharField(label=label, required=required, max_length=MAX_TEXT, widget=widget, help_text=hint)


def day_field(label: Text, *, required: bool = True, help_text: Text = "") -> DateField:
    """A day as people type it."""
    return DateField(label=label, required=required, help_text=help_text)
