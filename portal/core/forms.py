"""How forms are drawn (`templates/django/forms/`), and the fields that Vietnamese papers need."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

TYPED_DATES = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y", "%Y-%m-%d")


class PortalRenderer(TemplatesSetting):
    """Draws every form with our templates; APP_DIRS finds Django's own for the widgets that we leave alone."""

    form_template_name = "django/forms/div.html"
    field_template_name = "django/forms/field.html"
    formset_template_name = "django/forms/formsets/div.html"


class DateInput(forms.DateInput):
    """One box for dd/mm/yyyy with the number keys of a phone."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off", **(attrs or {})}, format="%d/%m/%Y")


class DateField(forms.DateField):
    """A date as people type it: 25/12/1990, 25-12-1990, 25.12.1990 or 25121990; the day comes first."""

    widget = DateInput
    input_formats = list(TYPED_DATES)
    default_error_messages = {"invalid": _("Enter a date as day/month/year, for example 25/12/1990.")}

    def to_python(self, value: Any) -> date | None:
        """The date, with stray blanks around the separators forgiven."""
        if isinstance(value, str):
            value = value.replace(" ", "")
        return super().to_python(value)

    def strptime(self, value: str, format: str) -> date:  # noqa: A002 -- Django's name
        """Read one format; a year before 1800 is a slip of the hand."""
        day = datetime.strptime(value, format).date()  # noqa: DTZ007 -- a calendar day
        if day.year < 1800:
            raise ValueError(value)
        return day


class FilesInput(forms.ClearableFileInput):
    """Several files at once, from the camera or the folder."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Any number of files; the cleaned value is a list."""

    widget = FilesInput

    def clean(self, value: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        """Every file checked like a single one."""
        given = value if isinstance(value, list | tuple) and value else [value or None]
        cleaned = [super(FilesField, self).clean(one, initial) for one in given]
        return [one for one in cleaned if one]
