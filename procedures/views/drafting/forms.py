"""A new procedure, a result and a question as labelled fields."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import modelformset_factory
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from procedures.actions.new_procedure import NewProcedure
from procedures.forms import KEPT_CONDITION, LEVELS
from procedures.formschema.conditions import Json
from procedures.formschema.edit import COUNTED, TYPES, Question, answers_that_decide, lines_of, options_of
from procedures.formschema.library import common_place_facts
from procedures.formschema.schema import Field, Schema
from procedures.models import NationalRecord, Procedure, ProcedureVersion, ResultType
from procedures.queries.registry_pages import fields as catalogue_fields
from procedures.question_wording import KINDS
from procedures.result_templates import GENERAL_TITLE, TITLES
from procedures.rule_wording import fact_choices
from procedures.views.registry.fields import text_field

CODE = re.compile(r"\d\.\d{6}")
OTHER = "-"


class NewProcedureForm(forms.Form):
    """A procedure that the catalogue does not have. `new()` is what `draft_new_procedure` takes."""

    code = text_field(_("Code"), most=30, help_text=_("The code of the national database, for example 1.004873."))
    is_announced = forms.BooleanField(
        label=_("The national database does not have this code yet; I have the decision that announces it"), required=False
    )
    short_name_vi = text_field(_("Short name"), most=250)
    name_vi = forms.CharField(label=_("Full name"), widget=forms.Textarea(attrs={"rows": 2}))
    field = forms.ChoiceField(label=_("Field"))
    new_field = text_field(_("Name of the new field"), required=False)
    levels = forms.MultipleChoiceField(label=_("Level"), choices=LEVELS, widget=forms.CheckboxSelectMultiple)
    competent_text_vi = text_field(_("Agency in the catalogue's words"), required=False, most=300)
    place_fact = forms.ChoiceField(
        label=_("Which place decides"), required=False, help_text=_("The form asks for it; the rule of competence reads it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(name, name) for name in catalogue_fields()]
        asked = set(common_place_facts())
        places = [
            ("", _("No place: it is decided where the person files, or centrally")),
            *(each for each in fact_choices() if each[0] in asked),
        ]
        self._choose("field", [*known, (OTHER, _("A new field"))])
        self._choose("place_fact", places)
        self.order_fields(self.base_fields)

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        old = self.fields[name]
        self.fields[name] = forms.ChoiceField(label=old.label, required=old.required, help_text=old.help_text, choices=choices)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        if not CODE.fullmatch(code):
            raise forms.ValidationError(_now("A national code is one digit, a dot and six digits."))
        kept = Procedure.objects.filter(code=code).exclude(versions=None).first()
        if kept is not None and kept.versions.exclude(state=ProcedureVersion.State.DISCARDED).exists():
            raise forms.ValidationError(_now("The catalogue already has a procedure of this code. Draft its next version there."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("field") == OTHER and not cleaned.get("new_field", "").strip():
            self.add_error("new_field", _now("Name the new field."))
        code = cleaned.get("code")
        if code and not cleaned.get("is_announced") and not NationalRecord.objects.filter(reference=code).exists():
            self.add_error("is_announced", _now("This code is not in the national database. Check it, and say that it was announced."))
        return cleaned

    def new(self) -> NewProcedure:
        """The procedure."""
        given = self.cleaned_data
        return NewProcedure(
            code=given["code"], short_name_vi=given["short_name_vi"].strip(), name_vi=given["name_vi"].strip(), levels=given["levels"],
            field_vi=given["new_field"].strip() if given["field"] == OTHER else given["field"],
            competent_text_vi=given["competent_text_vi"].strip(), place_fact=given["place_fact"],
        )  # fmt: skip


class ResultForm(forms.ModelForm):  # type: ignore[type-arg]
    """One result that the procedure can end with."""

    template = forms.ChoiceField(label=_("Template"), required=False, help_text=_("Only for a document that is made here."))

    class Meta:
        model = ResultType
        fields: ClassVar = ["name_vi", "name_en", "outcome", "medium", "template", "validity_months", "code"]
        labels: ClassVar = {
            "name_vi": _("Result"),
            "name_en": _("English name"),
            "outcome": _("Kind of result"),
            "medium": _("Handed over as"),
            "validity_months": _("Valid for how many months"),
            "code": _("Code of the result"),
        }
        help_texts: ClassVar = {"validity_months": _("Empty: without an end.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", GENERAL_TITLE), *((key, title) for key, title in TITLES.items() if key != "refusal")]
        self.fields["template"] = forms.ChoiceField(
            label=self.fields["template"].label, help_text=self.fields["template"].help_text, required=False, choices=choices
        )
        if self.instance.template == "refusal":
            self.initial["template"] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == ResultType.Outcome.REFUSAL:
            if cleaned.get("template"):
                self.add_error("template", _now("A refusal has its own document."))
            cleaned["template"] = "refusal"
        elif cleaned.get("template") and cleaned.get("medium") != ResultType.Medium.RENDERED:
            self.add_error("template", _now("Only a document that is made here has a template."))
        return cleaned


ResultFormSet = modelformset_factory(ResultType, form=ResultForm, extra=2, max_num=30, can_delete=True)


class QuestionForm(forms.Form):
    """One question of the form. `question()` is what `add_question` and `change_question` take."""

    label_vi = text_field(_("Question"), most=300)
    label_en = text_field(_("The question in English"), required=False, most=300)
    hint_vi = text_field(_("Help under the question"), required=False, most=400)
    type = forms.ChoiceField(label=_("What is answered"))
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    options = forms.CharField(
        label=_("Answers to choose from, one a line"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("English after a bar: Lần đầu | First time"),
    )  # fmt: skip
    fact = forms.ChoiceField(label=_("Which place it is"), required=False, help_text=_("Rules of competence read a place by its meaning."))
    counts = forms.ChoiceField(label=_("Does it decide the fee?"), required=False)
    when = forms.ChoiceField(label=_("Asked only after the answer"), required=False)

    def __init__(self, data: Any = None, *, schema: Schema, spec: Field | None = None) -> None:
        super().__init__(data, initial=_initial(schema, spec) if spec else {"type": "text"})
        self._spec = spec
        kinds = [spec.type] if spec else list(TYPES)
        self._conditions: dict[str, Json] = {}
        answers: list[tuple[str, Any]] = [("", _("Always asked"))]
        for key, value, question, answer in _before(schema, spec):
            self._conditions[f"{key}:{value}"] = {"field": key, "eq": value}
            answers.append((f"{key}:{value}", f"{question}: {answer}"))
        if self.initial.get("when") == KEPT_CONDITION:
            answers.insert(1, (KEPT_CONDITION, _("The condition that it has now")))
        self._choose("type", [(kind, KINDS.get(kind, kind)) for kind in kinds])
        self._choose("fact", [("", _("None of these")), *fact_choices()])
        self._choose("when", answers)
        self._choose(
            "counts",
            [("", _("No")), (COUNTED[0], _("Yes: the number of copies")), (COUNTED[1], _("Yes: the number of pages of one copy"))],
        )
        if spec:
            self._leave_out(spec)
        self.order_fields(self.base_fields)

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        old = self.fields[name]
        self.fields[name] = forms.ChoiceField(label=old.label, required=old.required, help_text=old.help_text, choices=choices)

    def _leave_out(self, spec: Field) -> None:
        """What this question can never say is not asked."""
        del self.fields["counts"]
        if spec.type not in ("choice", "many"):
            del self.fields["options"]
        if spec.type != "address":
            del self.fields["fact"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_choice = cleaned.get("type") in ("choice", "many")
        if is_choice and len(options_of(cleaned.get("options", ""))) < 2:
            self.add_error("options", _now("A choice needs at least two answers."))
        if cleaned.get("fact") and cleaned.get("type") != "address":
            self.add_error("fact", _now("Only a question for a place can say which place it is."))
        if cleaned.get("counts") and cleaned.get("type") != "int":
            self.add_error("counts", _now("Only a number can decide the fee."))
        return cleaned

    def question(self) -> Question:
        """What was said."""
        given = self.cleaned_data
        is_choice = given["type"] in ("choice", "many")
        return Question(
            label_vi=given["label_vi"].strip(), label_en=given["label_en"].strip(), hint_vi=given["hint_vi"].strip(), type=given["type"],
            required=given["required"], options=options_of(given.get("options", "")) if is_choice else (), fact=given.get("fact", ""),
            counts=given.get("counts", ""), when=self._conditions.get(given["when"]), keeps_condition=self._keeps(given["when"]),
        )  # fmt: skip

    def _keeps(self, chosen: str) -> bool:
        return chosen == KEPT_CONDITION or (self._spec is not None and chosen == self.initial["when"])


def _before(schema: Schema, spec: Field | None) -> list[tuple[str, Json, str, str]]:
    """The answers that are given before this question."""
    keys = [item.key for _part, item in schema.fields()]
    earlier = set(keys[: keys.index(spec.key)] if spec else keys)
    return [each for each in answers_that_decide(schema) if each[0] in earlier]


def _initial(schema: Schema, spec: Field) -> dict[str, Any]:
    known = {f"{key}:{value}": {"field": key, "eq": value} for key, value, _question, _answer in answers_that_decide(schema)}
    chosen = next((name for name, raw in known.items() if raw == spec.raw_show), KEPT_CONDITION) if spec.raw_show is not None else ""
    return {
        "label_vi": spec.label.vi, "label_en": spec.label.en, "hint_vi": spec.hint.vi, "type": spec.type,
        "required": spec.required or spec.required_when is not None, "options": lines_of(spec), "fact": spec.fact, "when": chosen,
    }  # fmt: skip
