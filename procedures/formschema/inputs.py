"""The inputs of simple questions: forgiving in what people may type, strict in what is kept."""

import re
import unicodedata
from calendar import monthrange
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.money import UnreadableAmount, format_vnd, parse_vnd

_BLANKS = re.compile(r"\s+")
_PARTIAL = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})")
_ISO_PARTIAL = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{8,9}")
_PHONE_NOISE = re.compile(r"[\s.\-()]")
_EARLIEST_YEAR = 1890


def composed(text: str) -> str:
    """The text in NFC with single blanks."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


class TextInputField(forms.CharField):
    """Free text; composed, so that the same word is the same bytes."""

    def to_python(self, value: object) -> str:
        return unicodedata.normalize("NFC", super().to_python(value) or "").strip()


class NameField(forms.CharField):
    """A person's full name as on the identity paper. Source: domain sheet §4.4 (no split, up to 100 characters)."""

    def to_python(self, value: object) -> str:
        name = composed(super().to_python(value) or "")
        if any(char.isdigit() for char in name):
            raise ValidationError(_("A name has no digits. Write the name only."), code="name")
        return name


class PersonalIdField(forms.CharField):
    """Twelve digits. There is no check digit, so nothing more can be refused."""

    def to_python(self, value: object) -> str:
        digits = re.sub(r"[\s.]", "", super().to_python(value) or "")
        if digits and not re.fullmatch(r"[0-9]{12}", digits):
            raise ValidationError(_("The personal identification number has exactly 12 digits."), code="personal_id")
        return digits


class PhoneField(forms.CharField):
    """A Vietnamese phone number, kept in the form that starts with 0."""

    def to_python(self, value: object) -> str:
        number = _PHONE_NOISE.sub("", super().to_python(value) or "")
        number = re.sub(r"^(\+84|0084)", "0", number)
        if number and not (_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number)):
            raise ValidationError(_("Write a Vietnamese phone number, for example 0912 345 678."), code="phone")
        return number


class DayField(forms.DateField):
    """A day written day first."""

    def __init__(self, *, today: date, is_past: bool, **kwargs: object) -> None:
        self.today, self.is_past = today, is_past
        super().__init__(
            input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"],
            **kwargs,  # type: ignore[arg-type]
        )
        self.error_messages["invalid"] = _("Write the date as day/month/year, for example 05/09/2025.")

    def clean(self, value: object) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and day.year < _EARLIEST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if day is not None and self.is_past and day > self.today:
            raise ValidationError(_("This date cannot lie in the future."), code="future")
        return day


class PartialDateField(forms.CharField):
    """A date of which the day, or day and month, may be unknown; kept as "1950", "1950-03" or "1950-03-02"."""

    def __init__(self, *, today: date, is_past: bool, **kwargs: object) -> None:
        self.today, self.is_past = today, is_past
        super().__init__(max_length=20, **kwargs)  # type: ignore[arg-type]

    def to_python(self, value: object) -> str:
        text = composed(super().to_python(value) or "")
        if not text:
            return ""
        kept = _read_partial(text)
        if kept is None:
            raise ValidationError(_("Write day/month/year, month/year or the year only, for example 1950."), code="invalid")
        if self.is_past and kept > self.today.isoformat():
            raise ValidationError(_("This date cannot lie in the future."), code="future")
        return kept

    def prepare_value(self, value: object) -> object:
        return show_partial(value) if isinstance(value, str) else value


def _read_partial(text: str) -> str | None:
    iso = _ISO_PARTIAL.fullmatch(text)
    written = _PARTIAL.fullmatch(text)
    if iso:
        year, month, day = iso.groups()
    elif written:
        day, month, year = written.groups()
    else:
        return None
    if int(year) < _EARLIEST_YEAR or not (month is None or 1 <= int(month) <= 12):
        return None
    if day is not None and not 1 <= int(day) <= monthrange(int(year), int(month))[1]:
        return None
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def show_partial(kept: str) -> str:
    """ "1950-03" is shown as 03/1950; anything else as it is."""
    match = _ISO_PARTIAL.fullmatch(kept)
    return "/".join(part for part in reversed(match.groups()) if part) if match else kept


class MoneyField(forms.CharField):
    """A whole amount of đồng, written as people write it."""

    def clean(self, value: object) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_vnd(text)
        except UnreadableAmount as error:
            raise ValidationError(_("Write a whole amount in đồng, for example 50.000.000."), code="invalid") from error

    def prepare_value(self, value: object) -> object:
        return format_vnd(value).removesuffix(" đ") if isinstance(value, int) else value


class NumberField(forms.IntegerField):
    """A whole number; the input is plain text with a numeric keypad, because scroll wheels change number inputs."""

    widget = forms.TextInput

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.error_messages["invalid"] = _("Write a whole number.")


class YesNoField(forms.TypedChoiceField):
    """Yes, no or not answered."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            **kwargs,  # type: ignore[arg-type]
        )

    def prepare_value(self, value: object) -> object:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class OrganisationWidget(forms.MultiWidget):
    """Name and tax code of an organisation, side by side."""

    template_name = "formschema/organisation.html"

    def __init__(self) -> None:
        tax = forms.TextInput({"inputmode": "numeric", "maxlength": "14"})
        super().__init__({"name": forms.TextInput({"autocomplete": "organization"}), "tax": tax})

    def decompress(self, value: object) -> list[object]:
        return [value.get("name", ""), value.get("tax_code", "")] if isinstance(value, dict) else ["", ""]


class OrganisationField(forms.MultiValueField):
    """Kept as {"name", "tax_code"}; the tax code is optional and has 10 digits, 10-3 digits or 12 (household)."""

    widget = OrganisationWidget

    def __init__(self, **kwargs: object) -> None:
        messages = {"invalid": _("A tax code has 10 digits, or 10 and 3, or 12.")}
        tax = forms.RegexField(r"^([0-9]{10}(-[0-9]{3})?|[0-9]{12})$", required=False, error_messages=messages)
        name = forms.CharField(required=False, max_length=250)
        super().__init__(fields=(name, tax), require_all_fields=False, **kwargs)  # type: ignore[arg-type]

    def compress(self, data_list: list[str]) -> dict[str, str] | None:
        if not data_list or not any(data_list):
            return None
        return {"name": composed(data_list[0]), "tax_code": data_list[1]}
