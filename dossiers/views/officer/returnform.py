"""The form in which an agency says why it is not competent, which place it should be, and which agency it proposes."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dossiers import readyreasons
from dossiers.actions.not_competent import Return
from dossiers.models import Detour, Dossier
from portal.agencies.models import AdministrativeUnit, Agency
from portal.agencies.queries import match_place, place_label, search_places

MOST_PLACES, MOST = 12, 20
LEVELS = ("province", "commune")


class NotCompetentForm(forms.Form):
    """`places` is filled when the place that was written can mean several units."""

    code = forms.ChoiceField(label=_("Why the agency is not competent"), choices=[])
    reason = forms.CharField(
        label=_("Explain in your own words"),
        help_text=_("Name the fact and the rule, so that the next agency need not ask again."),
        required=False,
        max_length=400,
        widget=forms.Textarea,
    )
    right_place = forms.CharField(
        label=_("Where it really is, if the place is wrong"),
        help_text=_("Commune or ward and province. The register then names the agency of this place at once."),
        required=False,
        max_length=200,
    )
    right_unit = forms.IntegerField(required=False, widget=forms.HiddenInput)
    place = forms.CharField(
        label=_("Find the agency that you propose"),
        help_text=_("Its name, or the commune or province that it serves; old names work too."),
        required=False,
        max_length=100,
    )
    proposal = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.places: list[tuple[int, str]] = []
        self.fields["code"].choices = [("", _("Choose")), *Detour.Reason.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """`text` is the ready reason with what was added, `unit` the right place, `agency` the proposal."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        added, code = data.get("reason", "").strip(), data.get("code", "")
        if code == Detour.Reason.OTHER and len(added) < 10:
            self.add_error("reason", _("Write the reason so that the citizen understands it (10 characters or more)."))
        text = f"{readyreasons.NOT_COMPETENT.get(code, '')} {added}".strip()
        proposal = Agency.objects.on(self.on).filter(pk=data["proposal"]).first() if data.get("proposal") else None
        return data | {"text": text, "unit": self._unit(data), "agency": proposal}

    @property
    def said(self) -> Return:
        """What the valid form says, for the action."""
        data = self.cleaned_data
        return Return(data["code"], data["text"], place=data["unit"], proposal=data["agency"])

    def proposals(self, found: list[Agency]) -> list[Agency]:
        """To choose from: what was found, else the agency that is proposed already."""
        proposed = str(self["proposal"].value() or "")
        return found or (list(Agency.objects.filter(pk=proposed)) if proposed.isdecimal() else [])

    def _unit(self, data: dict[str, Any]) -> AdministrativeUnit | None:
        text = data.get("right_place", "").strip()
        if not text:
            return None
        units = {unit.pk: unit for unit in match_place(text).units}
        if len(units) == 1:
            return next(iter(units.values()))
        chosen = units.get(data.get("right_unit") or 0)
        if chosen is None:
            self.places = [(pk, place_label(unit)) for pk, unit in units.items()][:MOST_PLACES]
            self.add_error("right_place", _several() if units else gettext("No such commune or ward was found. Check the spelling."))
        return chosen


def _several() -> str:
    return gettext("Several places have this name, or it was divided. Choose one.")


def other_agencies(text: str, dossier: Dossier, on: date) -> list[Agency]:
    """Other agencies of the place that the text names, or with these words in their names or as one of their codes; old codes too."""
    text = text.strip()[:100]
    if not text:
        return []
    units = [unit.pk for one in search_places(text, limit=8, levels=LEVELS) for unit in one.successors]
    own = dossier.agency
    by_code = Q(identifier__iexact=text) | Q(aliases__contains=[text.upper()])
    found = Agency.objects.on(on).filter(Q(unit__in=units) | Q(name__icontains=text) | by_code)
    found = found.exclude(pk=own.pk) if own else found
    return sorted(found.order_by("name", "pk")[: MOST * 3], key=lambda agency: own is None or agency.kind != own.kind)[:MOST]
