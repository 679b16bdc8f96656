"""The labelled fields of a draft, of its publication, and of a holiday. No JSON anywhere."""

from typing import Any, ClassVar

from django import forms
from django.forms import modelformset_factory
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Holiday
from portal.core.forms import DateField
from procedures.models import Channel, ProcedureCase, ProcedureVersion, Requirement
from procedures.wording import POLICIES

UNITS = [
    ("in_day", _("the same day")), ("hour", _("hours")), ("working_day", _("working days")), ("day", _("days")),
    ("month", _("months")), ("year", _("years")), ("", _("by the announced schedule")),
]  # fmt: skip
LONG = forms.Textarea(attrs={"rows": 3})


def date_field(label: Any) -> forms.DateField:
    """A day, typed as dd/mm/yyyy or picked."""
    formats = ["%Y-%m-%d", "%d/%m/%Y"]
    return forms.DateField(label=label, input_formats=formats, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class DraftForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a version says about itself."""

    channels = forms.MultipleChoiceField(label=_("Ways to file"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple)
    legal_basis = forms.CharField(label=_("Legal basis, one document a line"), required=False, widget=forms.Textarea(attrs={"rows": 5}))
    supplement_policy = forms.ChoiceField(label=_("When papers are asked for"), choices=list(POLICIES.items()))

    class Meta:
        model = ProcedureVersion
        fields: ClassVar = [
            "short_name_vi", "name_vi", "name_en", "subjects_vi", "sets_count", "channels", "online_level", "visit_note_vi",
            "acceptance_scope",
            "exempt_from_pilot", "transfer_excluded", "supplement_policy", "steps_vi", "preconditions_vi", "fee_note_vi", "legal_basis",
        ]  # fmt: skip
        labels: ClassVar = {
            "short_name_vi": _("Short name"),
            "name_vi": _("Full name"),
            "name_en": _("English name"),
            "subjects_vi": _("Who may file"),
            "sets_count": _("Number of sets"),
            "online_level": _("Online level"),
            "visit_note_vi": _("The visit that is needed"),
            "acceptance_scope": _("Accepted by"),
            "exempt_from_pilot": _("Only the competent agency accepts"),
            "transfer_excluded": _("Clock starts at the competent agency"),
            "steps_vi": _("Steps, one a line"),
            "preconditions_vi": _("Conditions"),
            "fee_note_vi": _("Note on fees"),
        }
        help_texts: ClassVar = dict.fromkeys(fields, "") | {"exempt_from_pilot": _("Other counters only register the dossier.")}
        widgets: ClassVar = dict.fromkeys(("name_vi", "visit_note_vi", "preconditions_vi", "fee_note_vi"), LONG) | {
            "steps_vi": forms.Textarea(attrs={"rows": 8})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["legal_basis"] = "\n".join(self.instance.legal_basis)

    def clean_legal_basis(self) -> list[str]:
        return [line.strip()[:200] for line in self.cleaned_data["legal_basis"].splitlines() if line.strip()]

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
    """One paper."""

    class Meta:
        model = Requirement
        fields: ClassVar = ["name_vi", "kind", "originals", "copies", "condition_vi"]
        labels: ClassVar = {
            "name_vi": _("Paper"),
            "kind": _("When"),
            "originals": _("Originals"),
            "copies": _("Copies"),
            "condition_vi": _("In which case"),
        }
        widgets: ClassVar = {"name_vi": forms.Textarea(attrs={"rows": 2}), "condition_vi": forms.TextInput()}


CaseFormSet = modelformset_factory(ProcedureCase, form=CaseForm, extra=0)
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
