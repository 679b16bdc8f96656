"""The first step of a walk-in: who stands here, and for which procedure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import filing_inputs
from dossiers.codes import parse_card_text
from procedures.formschema.inputs import PhoneField
from procedures.models import Procedure, ProcedureVersion
from procedures.queries import current_version
from procedures.queries.search import search_procedures

MAX_CHOICES = 20


class StartForm(forms.Form):
    """Card text or a typed person, and the beginning of the procedure's name or its code."""

    use_required_attribute = False

    card = forms.CharField(
        label=gettext_lazy("Text of the ID card's QR code"),
        required=False,
        max_length=600,
        strip=True,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "data-scan": "scan-warning"}),
        help_text=gettext_lazy("Scan the code on the card; the scanner ends with Enter."),
    )
    owner_name = forms.CharField(label=gettext_lazy("Full name"), required=False, max_length=200)
    owner_personal_id = forms.CharField(
        label=gettext_lazy("Personal identification number"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
    )
    owner_birth_date = forms.CharField(
        label=gettext_lazy("Date of birth"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
    )
    owner_sex = forms.CharField(required=False, widget=forms.HiddenInput)
    owner_address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=300)
    phone = PhoneField(
        label=gettext_lazy("Mobile phone for messages"), required=False, widget=forms.TextInput({"inputmode": "tel", "class": "short"})
    )
    q = forms.CharField(
        label=gettext_lazy("Procedure"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("The first letters of its name, with or without diacritics, or its code."),
    )

    def clean_card(self) -> str:
        """The text, if it is one of a card."""
        text = str(self.cleaned_data["card"])
        if text and parse_card_text(text) is None:
            raise forms.ValidationError(_("This is not the text of an ID card. Scan again, or type the person's details."))
        return text


@dataclass(frozen=True, slots=True)
class ProcedureChoice:
    """One procedure to pick. `note` says why it cannot be filed any more."""

    code: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What fits the typed text; `message` when nothing does."""

    rows: tuple[ProcedureChoice, ...] = ()
    message: str = ""


def person_of(form: StartForm) -> dict[str, Any]:
    """The person as typed, filled up from the card."""
    typed = {name: form[name].value() or "" for name in form.fields if name not in {"card", "q"}}
    card = parse_card_text(str(form["card"].value() or ""))
    return typed | (filing_inputs.typed_from_card(card) if card else {})


def choices_for(text: str, on: date) -> Choices:
    """At most 20 procedures for the text, best first, ended ones with what took their place."""
    text = text.strip()
    if not text:
        return Choices()
    found = search_procedures(text, on, limit=MAX_CHOICES)
    rows = tuple(_choice(hit.version, on) for hit in found.hits)
    return Choices(rows, "" if rows else _("No procedure has this name or code. Try fewer letters."))


def _choice(version: ProcedureVersion, on: date) -> ProcedureChoice:
    procedure = version.procedure
    return ProcedureChoice(procedure.code, version.short_name, closed_note(procedure, on))


def closed_note(procedure: Procedure, on: date) -> str:
    """Why the procedure cannot be filed any more; empty while it can."""
    if procedure.ended_on is None or procedure.ended_on > on:
        return ""
    ended = _("Ended on %(day)s.") % {"day": f"{procedure.ended_on:%d/%m/%Y}"}
    if procedure.replaced_by_code:
        return f"{ended} " + _("Replaced by %(code)s.") % {"code": procedure.replaced_by_code}
    return ended


def version_of(code: str, on: date) -> tuple[ProcedureVersion | None, str]:
    """The version to file, or the reason why there is none."""
    version = current_version(code, on)
    if version is not None:
        return version, ""
    procedure = Procedure.objects.filter(code=code).select_related("replaced_by").first()
    if procedure is None:
        return None, _("No procedure has the code %(code)s.") % {"code": code}
    return None, closed_note(procedure, on) or _("This procedure is not in force yet.")
