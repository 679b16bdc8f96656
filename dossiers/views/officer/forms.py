"""The forms of the agency's steps."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers import readyreasons
from dossiers.models import HandlingStop
from portal.core.forms import DateField
from portal.core.money import MOST_VND
from procedures.models import FeeRule

BY_ITSELF = (HandlingStop.Ground.NO_ANSWER, HandlingStop.Ground.UNPAID)
"""Grounds that nobody chooses: a day has passed."""

_WRITE = _("Write the reason so that the citizen understands it (10 characters or more).")


class ReasonForm(forms.Form):
    """A reason in words, with ready ones to pick from."""

    ready: tuple[str, ...] = ()
    picked = forms.ChoiceField(label=_("Ready reason"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Added to the ready reason, or alone. The citizen reads it in the document."),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picked = self.fields["picked"]
        picked.choices = [("", _("In my own words")), *((text, text) for text in self.ready)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """`text` is the whole reason."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        text = " ".join(part for part in (data.get("picked", ""), data.get("reason", "").strip()) if part)
        if len(text) < 10:
            self.add_error("reason", _WRITE)
        return data | {"text": text}


class SendBackForm(ReasonForm):
    """Why the proposal goes back."""

    ready = readyreasons.SEND_BACK

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Only your agency reads it.")


class StopForm(ReasonForm):
    """Why the handling stops, and whether it may go on one day."""

    ready = readyreasons.STOP
    ground = forms.ChoiceField(label=_("Ground"), choices=[])
    is_pause = forms.ChoiceField(
        label=_("Can the cause end?"),
        choices=[("1", _("Yes: a pause, handling can be resumed")), ("0", _("No: the case ends"))],
        widget=forms.RadioSelect,
    )
    field_order = ("ground", "is_pause", "picked", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = [choice for choice in HandlingStop.Ground.choices if choice[0] not in BY_ITSELF]
        self.fields["ground"].choices = [("", _("Choose")), *grounds]  # type: ignore[attr-defined]


class ResumeForm(ReasonForm):
    """Why the handling goes on."""

    ready = readyreasons.RESUME


class ReopenForm(ReasonForm):
    """What is wrong with the issued result."""

    ready = readyreasons.REOPEN


class ObligationForm(forms.Form):
    """What must be paid before the case can go on."""

    name = forms.CharField(
        label=_("Obligation"), max_length=250, help_text=_("For example: registration fee for land, as the tax office has fixed it.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=FeeRule.Kind.choices)
    amount_vnd = forms.IntegerField(label=_("Amount in đồng"), min_value=1, max_value=MOST_VND, help_text=_("Digits only."))
    pay_by = DateField(label=_("To be paid by"), help_text=_("Until it is paid the legal time stands still."))
    basis = forms.CharField(label=_("Legal basis or notice number"), max_length=300)


class ExtendForm(ReasonForm):
    """The new date and why."""

    ready = readyreasons.EXTENSION
    new_date = DateField(label=_("New return date"), help_text=_("A working day; the result is due at the end of office hours."))
    field_order = ("new_date", "picked", "reason")


class NothingForm(forms.Form):
    """A step that needs no words."""


class SupplementForm(forms.Form):
    """By when, and a note; what is asked stands in its own rows."""

    answer_by = DateField(label=_("To be answered by"), help_text=_("Until then the legal time stands still."))
    note = forms.CharField(
        label=_("General note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Printed below the list."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_answer_by(self) -> date:
        """A day to come."""
        day: date = self.cleaned_data["answer_by"]
        if day <= self.today:
            raise forms.ValidationError(_("Give the person time: choose a date after today."))
        return day


class ReminderForm(forms.Form):
    """The answer to a watching office."""

    text = forms.CharField(
        label=_("Answer"),
        help_text=_("Say where the dossier stands and by when it will be done. No personal data."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write an answer.")},
    )
