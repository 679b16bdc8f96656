"""The labelled fields of a draft, of its publication, and of a holiday. No JSON anywhere."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import BaseModelFormSet, modelformset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.agencies.models import Holiday
from portal.core.forms import DateField
from procedures.formschema.conditions import Json
from procedures.models import Channel, ProcedureCase, ProcedureVersion, Requirement
from procedures.wording import POLICIES

UNITS = [
    ("in_day", _("the same day")), ("hour", _("hours")), ("working_day", _("working days")), ("day", _("days")),
    ("month", _("months")), ("year", _("years")), ("", _("by the announced schedule")),
]  # fmt: skip
LONG = forms.Textarea(attrs={"rows": 3})
LEVELS = [
    ("commune", pgettext_lazy("level", "Commune")), ("province", pgettext_lazy("level", "Province")),
    ("ministry", pgettext_lazy("level", "Ministry")), ("other", pgettext_lazy("level", "Other bodies")),
]  # fmt: skip
KEPT_CONDITION = "keep"
"""The choice that leaves a condition as it is which is more than one answer."""


def date_field(label: Any) -> forms.DateField:
    """A day, typed as dd/mm/yyyy or picked."""
    formats = ["%Y-%m-%d", "%d/%m/%Y"]
    return forms.DateField(label=label, input_formats=formats, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


MOST_HOURS = 2000


class DraftForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a version says about itself."""

    levels = forms.MultipleChoiceField(label=_("Level"), choices=LEVELS, widget=forms.CheckboxSelectMultiple)
    channels = forms.MultipleChoiceField(label=_("Ways to file"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple)
    legal_basis = forms.CharField(label=_("Legal basis, one document a line"), required=False, widget=forms.Textarea(attrs={"rows": 5}))
    supplement_policy = forms.ChoiceField(label=_("When papers are asked for"), choices=list(POLICIES.items()))
    step_hours = forms.CharField(
        label=_("Working hours for each step"),
        required=False,
        max_length=60,
        help_text=_("Five numbers: receive, assign, examine, sign, return. Empty: shares of the legal time."),
    )

    class Meta:
        model = ProcedureVersion
        fields: ClassVar = [
            "short_name_vi", "short_name_en", "name_vi", "name_en", "levels", "competent_text_vi", "subjects_vi", "sets_count",
            "channels", "online_level", "visit_note_vi", "visit_note_en", "acceptance_scope", "exempt_from_pilot", "transfer_excluded",
            "supplement_policy", "step_hours", "steps_vi", "steps_en",
            "preconditions_vi", "fee_note_vi", "legal_basis",
        ]  # fmt: skip
        labels: ClassVar = {
            "short_name_vi": _("Short name"),
            "short_name_en": _("Short name in English"),
            "name_vi": _("Full name"),
            "name_en": _("English name"),
            "competent_text_vi": _("Agency in the catalogue's words"),
            "subjects_vi": _("Who may file"),
            "sets_count": _("Number of sets"),
            "online_level": _("Online level"),
            "visit_note_vi": _("The visit that is needed"),
            "visit_note_en": _("The visit that is needed, in English"),
            "acceptance_scope": _("Accepted by"),
            "exempt_from_pilot": _("Only the competent agency accepts"),
            "transfer_excluded": _("Clock starts at the competent agency"),
            "steps_vi": _("Steps, one a line"),
            "steps_en": _("Steps in English, one a line"),
            "preconditions_vi": _("Conditions"),
            "fee_note_vi": _("Note on fees"),
        }
        help_texts: ClassVar = dict.fromkeys(fields, "") | {"exempt_from_pilot": _("Other counters only register the dossier.")}
        widgets: ClassVar = dict.fromkeys(("name_vi", "visit_note_vi", "visit_note_en", "preconditions_vi", "fee_note_vi"), LONG) | {
            "steps_vi": forms.Textarea(attrs={"rows": 8}),
            "steps_en": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["legal_basis"] = "\n".join(self.instance.legal_basis)
        self.initial["step_hours"] = " ".join(map(str, self.instance.step_hours))

    def clean_legal_basis(self) -> list[str]:
        return [line.strip()[:200] for line in self.cleaned_data["legal_basis"].splitlines() if line.strip()]

    def clean_step_hours(self) -> list[int]:
        words = self.cleaned_data["step_hours"].replace(",", " ").split()
        is_right = all(word.isascii() and word.isdigit() and len(word) < 5 and 1 <= int(word) <= MOST_HOURS for word in words)
        if words and not (is_right and len(words) == 5):
            raise forms.ValidationError(_("Write five whole numbers from 1 to 2000, or nothing."))
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("online_level") in ("partial", "none") and not cleaned.get("visit_note_vi", "").strip():
            self.add_error("visit_note_vi", _("Say which visit is needed: people read it before they fill in anything."))
        return cleaned


class CaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """The time of one case."""

    time_unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)

    class Meta:
        model = ProcedureCase
        fields: ClassVar = ["name_vi", "time_value", "time_unit", "time_note_vi"]
        labels: ClassVar = {"name_vi": _("Case"), "time_value": _("Time to decide"), "time_note_vi": _("Note on the time")}
        widgets: ClassVar = {"time_note_vi": forms.TextInput()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("time_unit") in ("", "in_day"):
            cleaned["time_value"] = None
        elif not cleaned.get("time_value"):
            self.add_error("time_value", _("Enter a number."))
        return cleaned


class RequirementForm(forms.ModelForm):  # type: ignore[type-arg]
    """One paper. `deciding` are the answers of the form on which it may depend: value of the choice, condition, words."""

    needed_when = forms.ChoiceField(
        label=_("Needed by the answer"), required=False, help_text=_("The applicant is asked for it only after this answer.")
    )

    class Meta:
        model = Requirement
        fields: ClassVar = ["name_vi", "kind", "originals", "copies", "needed_when", "condition_vi"]
        labels: ClassVar = {
            "name_vi": _("Paper"),
            "kind": _("When"),
            "originals": _("Originals"),
            "copies": _("Copies"),
            "condition_vi": _("In which case"),
        }
        widgets: ClassVar = {"name_vi": forms.Textarea(attrs={"rows": 2}), "condition_vi": forms.TextInput()}

    def __init__(self, *args: Any, deciding: Sequence[tuple[str, Json, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deciding = {value: (condition, words) for value, condition, words in deciding}
        kept = self.instance.show
        chosen = next((value for value, (condition, _words) in self._deciding.items() if condition == kept), KEPT_CONDITION) if kept else ""
        other = [(KEPT_CONDITION, _("The condition that it has now"))] if chosen == KEPT_CONDITION else []
        choices = [("", _("No answer decides it")), *other, *((value, words) for value, (_raw, words) in self._deciding.items())]
        self.fields["needed_when"] = forms.ChoiceField(
            label=self.fields["needed_when"].label, help_text=self.fields["needed_when"].help_text, required=False, choices=choices
        )
        self.initial["needed_when"] = chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("needed_when", "")
        if chosen != KEPT_CONDITION:
            self.instance.show = self._deciding[chosen][0] if chosen in self._deciding else None
        if chosen:
            cleaned["kind"] = Requirement.Kind.CONDITIONAL
        return cleaned


class BaseCases(BaseModelFormSet):  # type: ignore[type-arg]
    """The cases of a draft; all but the default one can be removed."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk and form.instance.is_default:
            form.fields.pop("DELETE")


CaseFormSet = modelformset_factory(ProcedureCase, form=CaseForm, formset=BaseCases, extra=1, max_num=20, can_delete=True)
RequirementFormSet = modelformset_factory(Requirement, form=RequirementForm, extra=2, max_num=60, can_delete=True)


class PublishForm(forms.Form):
    """The decision that announces the version."""

    decision_number = forms.CharField(label=_("Decision number"), max_length=60)
    decision_on = date_field(_("Date of the decision"))
    effective_from = date_field(_("In force from"))


class HolidayForm(forms.ModelForm):  # type: ignore[type-arg]
    """A day off, or a Saturday on which people work."""

    on = DateField(label=_("Day"))

    class Meta:
        model = Holiday
        fields: ClassVar = ["on", "name_vi", "name_en", "is_working", "source"]
        labels: ClassVar = {
            "name_vi": _("Name"),
            "name_en": _("English name"),
            "is_working": _("A Saturday worked in exchange for a day off"),
            "source": _("Source"),
        }
        help_texts: ClassVar = {"is_working": ""}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("on")
        if day and cleaned.get("is_working") and day.weekday() < 5:
            self.add_error("on", _("This day is worked anyway; only a Saturday or Sunday can be worked in exchange."))
        return cleaned


class DayNameForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a day is called and where that stands; not what it does to deadlines."""

    class Meta:
        model = Holiday
        fields: ClassVar = ["name_vi", "name_en", "source"]
        labels: ClassVar = {"name_vi": _("Name"), "name_en": _("English name"), "source": _("Source")}
