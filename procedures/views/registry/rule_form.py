"""One rule as labelled fields. Which fields there are follows from the kind of decision, chosen first."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import unit_label
from portal.core.errors import DomainError
from procedures.actions.rulesets import RuleInput
from procedures.models import CompetenceRule, Procedure, RuleContent
from procedures.queries.registry_choices import agency_label, pick_agency, pick_procedure, pick_unit, procedure_label
from procedures.queries.registry_pages import agency_kinds, fields
from procedures.rule_wording import fact_choices, kind_choices
from procedures.views.registry.fields import agency_field, day_field, place_field, procedure_field, text_field

Kind = CompetenceRule.Kind
Read = TypeVar("Read")

EXPLAINED: Mapping[str, Any] = {
    Kind.COMMUNE_AUTHORITY: _("The committee, the police or another authority of the commune in which the place lies."),
    Kind.DEPARTMENT_OF_PROVINCE: _("A department of the province in which the place lies."),
    Kind.SERVICE_AREA: _("A branch office that serves several communes, such as land registration or social insurance."),
    Kind.APPLICANT_CHOICE: _("The law names several places or agencies; the applicant is asked once, with each named."),
    Kind.FILING_PLACE: _("Wherever the person files: the agency of that commune or province decides."),
    Kind.MINISTRY: _("Decided centrally for the whole country."),
    Kind.FIXED_AGENCY: _("One agency by name, wherever the person lives."),
    Kind.POOLED: _("Any agency of a kind may decide; work goes to the one with the most free capacity."),
}
"""The kinds of decision in the order in which they are offered, each in a sentence."""

PLACED = (Kind.COMMUNE_AUTHORITY, Kind.DEPARTMENT_OF_PROVINCE, Kind.SERVICE_AREA)
USED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(PLACED, ("place_fact", "agency_kind", "place")),
    Kind.APPLICANT_CHOICE: ("choice_facts", "choice_kind", "agency_kind", "place"),
    Kind.FILING_PLACE: ("agency_kind", "place"),
    Kind.MINISTRY: ("agency_kind",),
    Kind.FIXED_AGENCY: ("agency", "place_fact", "place"),
    Kind.POOLED: ("agency_kind",),
}
"""Which of the fields of a rule a kind has."""

GROUNDS = [("procedure", _("One procedure")), ("field", _("Every procedure of a field")), ("level", _("Every procedure of a level"))]
LEVELS = [
    ("commune", pgettext_lazy("level", "Commune")),
    ("province", pgettext_lazy("level", "Province")),
    ("ministry", pgettext_lazy("level", "Ministry")),
]
RANKS = [
    (90, _("Before the usual rules (rank 90)")),
    (100, _("A usual rule (rank 100)")),
    (110, _("In reserve: where the usual rule leads to no agency (rank 110)")),
    (120, _("Second reserve (rank 120)")),
]


class RuleForm(forms.Form):
    """A rule of one kind. `rule()` is what `add_change` takes; bad input keeps what was typed."""

    ground = forms.ChoiceField(label=_("The rule is for"), choices=GROUNDS, widget=forms.RadioSelect, initial="procedure")
    procedure = procedure_field(required=False)
    field_vi = forms.ChoiceField(label=_("Field"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=LEVELS)
    place_fact = forms.ChoiceField(label=_("Which place decides"))
    choice_facts = forms.MultipleChoiceField(
        label=_("Places among which the applicant chooses"), required=False, widget=forms.CheckboxSelectMultiple
    )
    choice_kind = forms.ChoiceField(label=_("Each place leads to"), choices=[(kind.value, kind.label) for kind in PLACED])
    agency_kind = forms.ChoiceField(label=_("Kind of agency"))
    agency = agency_field(_("Agency"))
    place = place_field(
        _("Only where the place lies in"), required=False, old=False, help_text=_("A province or commune. Empty: the whole country.")
    )
    rank = forms.TypedChoiceField(label=pgettext_lazy("registry", "Order"), coerce=int, choices=RANKS, initial=100)
    valid_to = day_field(_("Last day"), required=False, help_text=_("Empty: until another rule replaces it."))
    legal_basis = text_field(_("Legal basis"), most=300, help_text=_("Law, decree or decision, with its article."))

    def __init__(self, data: Any, *, kind: str, on: date, rule: RuleContent | None = None, **kwargs: Any) -> None:
        super().__init__(data, initial=_typed(rule) if rule else None, **kwargs)
        self.kind, self.on = kind, on
        kept = ("ground", "procedure", "field_vi", "level", *USED[kind], "rank", "valid_to", "legal_basis")
        self.fields = {name: field for name, field in self.fields.items() if name in kept}
        nothing = [("", "–")]
        self._offer("field_vi", nothing + [(field, field) for field in fields()])
        self._offer("agency_kind", nothing + kind_choices(agency_kinds(on)))
        self._offer("choice_facts", fact_choices())
        is_optional = kind == Kind.FIXED_AGENCY
        self._offer("place_fact", [("", _("None: the rule does not look at a place") if is_optional else "–"), *fact_choices()])
        if is_optional:
            self.fields["place_fact"].required = False
        if rule is not None and rule.rank not in dict(RANKS):
            self._offer("rank", sorted([*RANKS, (rule.rank, _now("As now (rank %(rank)s)") % {"rank": rule.rank})]))
        for name in ("procedure", "field_vi", "level"):
            condition = f'{{"field": "ground", "eq": "{name.removesuffix("_vi")}"}}'
            self.fields[name].widget.attrs["data-show"] = condition

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_procedure(self) -> Procedure | None:
        text = self.cleaned_data["procedure"]
        return understood(lambda: pick_procedure(text, self.on)) if text and self.cleaned_data.get("ground") == "procedure" else None

    def clean_agency(self) -> Agency:
        return understood(lambda: pick_agency(self.cleaned_data["agency"], self.on))

    def clean_place(self) -> AdministrativeUnit | None:
        text = self.cleaned_data["place"]
        return understood(lambda: pick_unit(text)) if text else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ground = cleaned.get("ground", "")
        needed = {"procedure": "procedure", "field": "field_vi", "level": "level"}.get(ground, "")
        if needed and not cleaned.get(needed) and needed not in self.errors:
            self.add_error(needed, _now("Say for what the rule is."))
        if "choice_facts" in self.fields and len(cleaned.get("choice_facts", [])) == 1:
            self.add_error("choice_facts", _now("Choose at least two places, or none if the applicant chooses any agency of the kind."))
        if cleaned.get("place") and self.kind == Kind.FIXED_AGENCY and not cleaned.get("place_fact"):
            self.add_error("place_fact", _now("A rule that holds within one unit must say which answer names the place."))
        return cleaned

    def rule(self) -> RuleInput:
        """What was filled in; what the kind does not have is empty."""
        cleaned, ground = self.cleaned_data, self.cleaned_data["ground"]
        return RuleInput(
            kind=self.kind,
            procedure=cleaned["procedure"] if ground == "procedure" else None,
            field_vi=cleaned["field_vi"] if ground == "field" else "",
            level=cleaned["level"] if ground == "level" else "",
            rank=cleaned["rank"],
            place_fact=cleaned.get("place_fact", ""),
            choice_facts=tuple(cleaned.get("choice_facts", ())),
            choice_kind=cleaned.get("choice_kind") or Kind.COMMUNE_AUTHORITY.value,
            agency_kind=cleaned.get("agency_kind", ""),
            agency=cleaned.get("agency"),
            place=cleaned.get("place"),
            valid_to=cleaned["valid_to"],
            legal_basis=cleaned["legal_basis"],
        )


def understood(read: Callable[[], Read]) -> Read:
    """What was typed, as the thing that it names; a refusal becomes the error of the field."""
    try:
        return read()
    except DomainError as refused:
        raise forms.ValidationError(str(refused)) from None


def _typed(rule: RuleContent) -> dict[str, Any]:
    """The rule as it would have been typed."""
    return {
        "ground": "procedure" if rule.procedure_id else "field" if rule.field_vi else "level",
        "procedure": procedure_label(rule.procedure.code, getattr(rule, "name", "")) if rule.procedure else "",
        "field_vi": rule.field_vi,
        "level": rule.level,
        "place_fact": rule.place_fact,
        "choice_facts": rule.choice_facts,
        "choice_kind": rule.choice_kind,
        "agency_kind": rule.agency_kind,
        "agency": agency_label(rule.agency) if rule.agency else "",
        "place": unit_label(rule.place) if rule.place else "",
        "rank": rule.rank,
        "valid_to": rule.valid_to,
        "legal_basis": rule.legal_basis,
    }
