"""Forms around a filing that every procedure shares: the four parties, where to reach them, the papers handed in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.codes import check_tax_code
from dossiers.models import Party
from procedures.formschema.inputs import NameField, PartialDateField, PersonalIdField, PhoneField
from procedures.models import Requirement

OWNER, SUBMITTER, OTHER = "owner", "submitter", "other"
SEXES = (("", "—"), ("male", _("Male")), ("female", _("Female")))
ROLES = (Party.Role.SUBJECT, Party.Role.SUBMITTER, Party.Role.COLLECTOR)
WHOLE_FORM = "__all__"


def shown_if(field: str, *values: str) -> dict[str, str]:
    """Attributes by which the browser hides an input early, unless the field has one of the values; the server decides."""
    wanted = f'"eq":"{values[0]}"' if len(values) == 1 else '"in":[' + ",".join(f'"{value}"' for value in values) + "]"
    return {"data-show": f'{{"field":"{field}",{wanted}}}'}


class PartiesForm(forms.Form):
    """Owner first; the other three are the owner unless said otherwise. Prefix "p"."""

    use_required_attribute = False

    owner_kind = forms.ChoiceField(
        label=_("Dossier owner"), choices=Party.Kind.choices, initial=Party.Kind.PERSON, widget=forms.RadioSelect
    )
    owner_name = NameField(label=_("Full name or name of the organisation"), max_length=200)
    owner_personal_id = PersonalIdField(
        label=_("Personal identification number"), required=False, widget=forms.TextInput({"inputmode": "numeric", "class": "short"})
    )
    owner_tax_code = forms.CharField(
        label=_("Tax code"), required=False, max_length=14, widget=forms.TextInput({"inputmode": "numeric", "class": "short"})
    )
    owner_sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, required=False)
    owner_address = forms.CharField(label=_("Address"), required=False, max_length=300)
    phone = PhoneField(label=_("Mobile phone for messages"), required=False, widget=forms.TextInput({"inputmode": "tel", "class": "short"}))
    email = forms.EmailField(label=_("E-mail"), required=False)
    subject_is = forms.ChoiceField(
        label=_("Person concerned"), choices=[(OWNER, _("The owner")), (OTHER, _("Somebody else"))], initial=OWNER, widget=forms.RadioSelect
    )
    submitter_is = forms.ChoiceField(
        label=_("Submitter"), choices=[(OWNER, _("The owner")), (OTHER, _("Somebody else"))], initial=OWNER, widget=forms.RadioSelect
    )
    collector_is = forms.ChoiceField(
        label=_("Collector"),
        choices=[(OWNER, _("The owner")), (SUBMITTER, _("The submitter")), (OTHER, _("Somebody else"))],
        initial=OWNER,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner_birth_date"] = PartialDateField(
            label=_("Date of birth"),
            required=False,
            today=today,
            is_past=True,
            widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
        )
        if self.prefix:
            kind, person, household = self.add_prefix("owner_kind"), Party.Kind.PERSON, Party.Kind.HOUSEHOLD
            self.fields["owner_tax_code"].widget.attrs |= shown_if(kind, Party.Kind.ORGANISATION, household)
            self.fields["owner_personal_id"].widget.attrs |= shown_if(kind, person, household)
            for name in ("owner_sex", "owner_birth_date"):
                self.fields[name].widget.attrs |= shown_if(kind, person)
        for role in ROLES:
            self._add_other(role)

    def _add_other(self, role: str) -> None:
        attrs = shown_if(self.add_prefix(f"{role}_is"), OTHER)
        self.fields[f"{role}_name"] = NameField(
            label=_("Full name or name of the organisation"), required=False, max_length=200, widget=forms.TextInput(attrs)
        )
        self.fields[f"{role}_personal_id"] = PersonalIdField(
            label=_("Personal identification number"),
            required=False,
            widget=forms.TextInput(attrs | {"inputmode": "numeric", "class": "short"}),
        )
        self.fields[f"{role}_tax_code"] = forms.CharField(
            label=_("Tax code, if it is an organisation"),
            required=False,
            max_length=14,
            widget=forms.TextInput(attrs | {"inputmode": "numeric", "class": "short"}),
        )
        if role != Party.Role.SUBJECT:
            self.fields[f"{role}_ground"] = forms.CharField(
                label=_("On what ground (authorisation, guardian, representative)"),
                required=False,
                max_length=300,
                widget=forms.TextInput(attrs),
            )

    def clean(self) -> dict[str, Any]:
        """An organisation acts through a person, a household business through its owner; somebody else needs a name and a ground."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        tax_code = given.get("owner_tax_code") if given.get("owner_kind") != Party.Kind.PERSON else ""
        self._check_tax_code("owner", tax_code)
        if given.get("owner_kind") == Party.Kind.ORGANISATION and given.get("submitter_is") == OWNER:
            self.add_error("submitter_is", _("An organisation files through a person: choose “Somebody else” and name the person."))
        for role in ROLES:
            if given.get(f"{role}_is") == OTHER:
                self._require(role, given)
        return given

    def _require(self, role: str, given: Mapping[str, Any]) -> None:
        if not given.get(f"{role}_name") and f"{role}_name" not in self.errors:
            self.add_error(f"{role}_name", _("Write the name of this person or organisation."))
        self._check_tax_code(role, given.get(f"{role}_tax_code"))
        if role != Party.Role.SUBJECT and not given.get(f"{role}_ground"):
            self.add_error(f"{role}_ground", _("Write why this person may act for the owner."))

    def _check_tax_code(self, role: str, tax_code: str | None) -> None:
        if tax_code and not check_tax_code(tax_code).is_valid:
            self.add_error(f"{role}_tax_code", _("A tax code has 10 digits, or 10 and 3, or 12; check the digits."))

    def section(self, role: str) -> dict[str, Any]:
        """The bound fields of one of the other three parties, for a template."""
        names = [name for name in self.fields if name.startswith(f"{role}_")]
        return {"choice": self[f"{role}_is"], "fields": [self[name] for name in names if name != f"{role}_is"]}

    def others(self) -> list[dict[str, Any]]:
        """Subject, submitter and collector, in this order."""
        return [self.section(role) for role in ROLES]


class PapersForm(forms.Form):
    """Which components were seen, in how many originals and copies; at a counter with where the originals stay."""

    use_required_attribute = False

    def __init__(self, *args: Any, requirements: Iterable[Requirement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requirements = list(requirements)
        for each in self.requirements:
            self.fields[f"has-{each.key}"] = forms.BooleanField(label=_("Seen"), required=False)
            for sort, label, usual in (("originals", _("Originals"), each.originals), ("copies", _("Copies"), each.copies)):
                self.fields[f"{sort}-{each.key}"] = forms.IntegerField(
                    label=label,
                    required=False,
                    min_value=0,
                    max_value=99,
                    initial=usual,
                    widget=forms.TextInput({"inputmode": "numeric", "size": "2", "maxlength": "2"}),
                )

    def count(self, key: str) -> tuple[int, int]:
        """Originals and copies of a component that was seen; (0, 0) when it was not ticked."""
        if not self.cleaned_data.get(f"has-{key}"):
            return 0, 0
        return int(self.cleaned_data.get(f"originals-{key}") or 0), int(self.cleaned_data.get(f"copies-{key}") or 0)


class FilingForm(forms.Form):
    """What else is decided when taking a dossier at a counter."""

    use_required_attribute = False

    originals_kept = forms.ChoiceField(
        label=_("The originals"),
        choices=[("kept", _("stay at this counter")), ("returned", _("go back to the person now"))],
        initial="kept",
        widget=forms.RadioSelect,
    )
    exemption = forms.ChoiceField(label=_("Fee exemption or reduction claimed"), required=False)

    def __init__(self, *args: Any, grounds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(grounds)
        field = self.fields["exemption"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("None")), *known]
        if not known:
            del self.fields["exemption"]


def typed(form: forms.Form) -> dict[str, Any]:
    """What stands in the inputs of a bound form, as typed, to be kept on a draft."""
    return {name: value for name in form.fields if (value := form[name].data) not in (None, "", [])}
