"""The form for the amount of a fee that no table here knows. The agency and the till show the same one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier, FeeLine
from portal.core.money import MOST_VND


class FeeAmountForm(forms.Form):
    """Which line, how much, and by what resolution or tariff."""

    line = forms.ModelChoiceField(label=_("Fee"), queryset=FeeLine.objects.none(), empty_label=None)
    amount_vnd = forms.IntegerField(
        label=_("Amount in đồng"),
        min_value=1,
        max_value=MOST_VND,
        help_text=_("Digits only."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    basis = forms.CharField(
        label=_("What the amount rests on"),
        min_length=5,
        max_length=300,
        help_text=_("The number of the council's resolution or the line of the tariff."),
    )

    def __init__(self, dossier: Dossier, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unknown = dossier.fee_lines.filter(state=FeeLine.State.UNKNOWN).order_by("pk")
        choices: Any = self.fields["line"]
        choices.queryset, choices.label_from_instance = unknown, lambda line: line.name
