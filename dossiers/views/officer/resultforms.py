"""The form of a result: what its template prints, the decision in a sentence, and what its medium needs."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dossiers.documents.result_fields import FieldSpec, result_fields
from dossiers.documents.results import template_of
from portal.core.forms import DateField
from procedures.models import ResultType

PREFIX = "d-"
_NEEDS_SERIAL = (ResultType.Medium.CARD, ResultType.Medium.REGISTER)


class ResultForm(forms.Form):
    """Bound to one kind of result. A value of the template is named `d-<key>`."""

    summary = forms.CharField(
        label=_("The decision in a sentence"),
        help_text=_("The citizen reads it in the message and on the page of the dossier. A refusal names reason and legal ground."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the decision in a sentence that the citizen understands.")},
    )

    def __init__(self, *args: Any, kind: ResultType, known: Collection[str] = (), has_upload: bool = False, **kwargs: Any) -> None:
        """`known` are the values that the answers give already: what is still to be written comes before them."""
        super().__init__(*args, **kwargs)
        self.is_refusal = kind.outcome == ResultType.Outcome.REFUSAL
        if kind.medium != ResultType.Medium.UPLOADED:
            for spec in result_fields(template_of(kind)):
                self.fields[f"{PREFIX}{spec.key}"] = _field(spec)
        if kind.medium in _NEEDS_SERIAL:
            self.fields["serial"] = forms.CharField(
                label=_("Serial number of the card or book, or reference of the register entry"), max_length=80
            )
        if kind.medium == ResultType.Medium.UPLOADED:
            self.fields["upload"] = forms.FileField(
                label=_("Signed document (PDF)"), required=not has_upload, error_messages={"required": _("Attach the signed document.")}
            )

        unknown = [name for name, field in self.fields.items() if field.required and name not in known]
        self.order_fields(["summary", *unknown])
        if not self.is_bound:
            self.fields["summary"].widget.attrs["autofocus"] = True

    def clean_summary(self) -> str:
        """Long enough to say why, if it refuses."""
        summary = str(self.cleaned_data["summary"]).strip()
        if self.is_refusal and len(summary) < 20:
            raise forms.ValidationError(_("A refusal needs its reason and legal ground."))
        return summary

    @staticmethod
    def details(data: dict[str, Any]) -> dict[str, object]:
        """The values for the template; dates as ISO text."""
        given = {key.removeprefix(PREFIX): value for key, value in data.items() if key.startswith(PREFIX)}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in given.items() if value}


def _field(spec: FieldSpec) -> forms.Field:
    label = spec.label_en if get_language() == "en" else spec.label_vi
    if spec.kind == "date":
        return DateField(label=label, required=spec.required)
    widget = forms.Textarea(attrs={"rows": 2}) if spec.kind == "long" else forms.TextInput()
    return forms.CharField(label=label, required=spec.required, max_length=2000, widget=widget)
