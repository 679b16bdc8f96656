"""The applicant's choice among several lawful agencies: what is offered, what was picked, and who decides then.

It is asked in one question that names each agency with its place. What was picked is kept beside the answers (`formschema.answers.CHOICE`):
the place that decides, or the agency where the law names no place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.actions.route import preview
from portal.agencies.models import Agency, Office
from portal.agencies.queries import place_label
from portal.core.text import search_key
from procedures.competence import Ambiguous, Decision, Facts, Place
from procedures.formschema.answers import CHOICE
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.reasons import fact_name

PICKED, SEARCHED = "chosen_agency", "chosen_agency_search"
"""Names of the inputs, and of what a draft keeps of them."""
FEW = 12
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """One lawful agency. `value` is the place that leads to it, or its id; `where` the place in words."""

    value: str
    agency: str
    where: str = ""

    @property
    def label(self) -> str:
        """As the question names it."""
        return f"{self.agency} ({self.where})" if self.where else self.agency


@dataclass(frozen=True, slots=True)
class Choice:
    """Who decides with what was picked so far. `offers` is empty where the law leads to one agency, or to a person."""

    decision: Decision
    facts: Facts
    offers: tuple[Offer, ...] = ()
    picked: str = ""

    @property
    def kept(self) -> dict[str, Any]:
        """What a filing keeps beside its answers."""
        return kept_choice(self.picked)

    @property
    def is_open(self) -> bool:
        """Whether the applicant has still to choose."""
        return bool(self.offers) and not self.picked


def kept_choice(picked: str) -> dict[str, Any]:
    """What was picked as it is kept beside the answers."""
    return {CHOICE: int(picked) if picked.isdigit() else picked} if picked else {}


def choice_of(
    version: ProcedureVersion, case: ProcedureCase, answers: Mapping[str, Any], *, office: Office | None, on: date, picked: str
) -> Choice:
    """Who decides these answers, with what is offered to choose among. What the law does not offer counts as not picked."""
    stated = {key: value for key, value in answers.items() if key != CHOICE}
    decision, facts = preview(version, case, stated, office=office, on=on)
    offers = offers_of(decision, facts)
    if picked not in {offer.value for offer in offers}:
        return Choice(decision, facts, offers)
    decision, facts = preview(version, case, stated | kept_choice(picked), office=office, on=on)
    return Choice(decision, facts, offers, picked)


def offers_of(decision: Decision, facts: Facts) -> tuple[Offer, ...]:
    """The lawful agencies by place, or all of a kind; a place whose unit is still to be determined is offered too."""
    if not isinstance(decision, Ambiguous) or not decision.is_choice:
        return ()
    pairs = zip(decision.candidates, decision.offers, strict=True)
    by_place = tuple(Offer(rule.place_fact or str(agency.id), agency.name, _where(rule.place_fact, facts)) for agency, rule in pairs)
    unknown = _("the agency of this place; its unit is still to be determined")
    return by_place + tuple(Offer(rule.place_fact, unknown, fact_name(rule.place_fact)) for rule in decision.open_rules)


def _where(fact: str, facts: Facts) -> str:
    place = facts.places.get(fact) if fact else None
    return f"{fact_name(fact)}: {place.name}" if isinstance(place, Place) else ""


class ChoiceForm(forms.Form):
    """One question that names each lawful agency. Of many only those that the typed name or place finds, and what is picked."""

    use_required_attribute = False

    chosen_agency = forms.ChoiceField(
        label=gettext_lazy("The law lets you choose who decides. Which agency do you choose?"),
        help_text=gettext_lazy("Each of these is equally competent. The one you choose receives the dossier and gives the result."),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the agency that shall decide."),
            "invalid_choice": gettext_lazy("This agency may not decide here. Choose one of those named."),
        },
    )
    chosen_agency_search = forms.CharField(
        label=gettext_lazy("Find an agency by its name or place"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, offers: Sequence[Offer], kept: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"initial": {name: kept.get(name, "") for name in (PICKED, SEARCHED)}}))
        self.is_long = len(offers) > FEW
        if not self.is_long:
            del self.fields[SEARCHED]
        picked = str(self[PICKED].value() or "")
        shown = found(offers, str(self[SEARCHED].value() or ""), picked) if self.is_long else offers
        self.hidden_count = len(offers) - len(shown)
        self.fields[PICKED].choices = [(offer.value, offer.label) for offer in shown]  # type: ignore[attr-defined]

    def typed(self) -> dict[str, str]:
        """What a draft keeps: as picked and as searched."""
        return {name: str(self[name].value() or "") for name in self.fields}


def found(offers: Iterable[Offer], text: str, picked: str) -> list[Offer]:
    """At most twenty: what is picked, then those whose name or unit holds every word."""
    every = list(offers)
    units = _unit_names(every)
    words = search_key(text).split()
    fits = [each for each in every if all(word in search_key(f"{each.agency} {units.get(each.value, '')}") for word in words)]
    first = [each for each in every if each.value == picked]
    shown = [*first, *(each for each in fits if each.value != picked)][:SHOWN]
    return [Offer(each.value, each.agency, each.where or units.get(each.value, "")) for each in shown]


def _unit_names(offers: Iterable[Offer]) -> dict[str, str]:
    ids = [int(each.value) for each in offers if each.value.isdigit()]
    agencies = Agency.objects.filter(pk__in=ids).select_related("unit__province", "unit__parent")
    return {str(agency.pk): place_label(agency.unit) if agency.unit else "" for agency in agencies}
