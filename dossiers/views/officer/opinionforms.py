"""The forms of opinions: what is asked of another agency, and its answer."""

import hashlib
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.actions.opinions import MOST_DAYS
from dossiers.documents.uploads import ACCEPT
from dossiers.models import Answers, Paper
from dossiers.models.opinion import LONGEST_QUESTION, LONGEST_REPLY
from dossiers.views.officer.frame import Opened
from portal.agencies.models import Agency
from procedures.formschema.answers import read_back
from procedures.queries.registry_choices import NotUnderstood, pick_agency
from procedures.views.registry.fields import MAX_TEXT, TypeAhead

USUAL_DAYS = 3


class AskForm(forms.Form):
    """Whom, what, by when, and what they see for it."""

    use_required_attribute = False

    agency = forms.CharField(
        label=_("Agency that is asked"),
        help_text=_("Type a part of the name, with or without diacritics, or the identifier."),
        max_length=MAX_TEXT,
        widget=TypeAhead("dossiers:officer-agencies"),
        error_messages={"required": _("Choose the agency.")},
    )
    question = forms.CharField(
        label=_("What is asked"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the question.")},
    )
    days = forms.IntegerField(
        label=_("To be answered within how many working days"),
        help_text=_("The legal time of the dossier runs on meanwhile."),
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
    )
    may_be_late = forms.BooleanField(label=_("It may come after the dossier's own return date"), required=False)
    papers = forms.MultipleChoiceField(
        label=_("Papers that the agency may open"),
        help_text=_("Only what it needs; it can open them until it has answered."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    answers = forms.MultipleChoiceField(
        label=_("Answers of the declaration that the agency reads"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, at_hand: Opened, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        scanned = Paper.objects.filter(dossier=at_hand.dossier).exclude(storage_key="").order_by("pk").values_list("pk", "name")
        self.told = told_of(at_hand)
        self.fields["papers"].choices = [(str(pk), name) for pk, name in scanned]  # type: ignore[attr-defined]
        self.fields["answers"].choices = [(key, f"{label}: {value}") for key, (label, value) in self.told.items()]  # type: ignore[attr-defined]

    def clean_agency(self) -> Agency:
        """The agency that the text names."""
        try:
            return pick_agency(self.cleaned_data["agency"], self.on)
        except NotUnderstood as refused:
            raise forms.ValidationError(str(refused)) from refused


class AnswerForm(forms.Form):
    """The opinion, and a paper if there is one."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("Opinion"),
        help_text=_("The asking agency reads it; the citizen does not. It cannot be changed afterwards."),
        max_length=LONGEST_REPLY,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write the opinion.")},
    )
    file = forms.FileField(
        label=_("Document"),
        help_text=_("A PDF or a picture of the signed paper, at most 10 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class WithdrawForm(forms.Form):
    """Why the question is no longer put."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("Why the question is withdrawn"), max_length=500, error_messages={"required": _("Say why the question is withdrawn.")}
    )


def told_of(at_hand: Opened) -> dict[str, tuple[str, str]]:
    """The answers of the declaration as pairs of question and answer, each under a key that names just this pair."""
    content = Answers.objects.filter(dossier=at_hand.dossier).values_list("content", flat=True).first() or {}
    form = at_hand.dossier.case.form
    pairs = [pair for _title, lines in (read_back(form, content, "vi") if form else []) for pair in lines]
    return {hashlib.sha256(f"{label}\n{value}".encode()).hexdigest()[:16]: (label, value) for label, value in pairs}
