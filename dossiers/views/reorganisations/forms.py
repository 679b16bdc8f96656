"""The labelled fields of a reorganisation and of its lines. What is left empty in a line repeats the line above."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.agencies.actions.reorganise import NewLine
from portal.agencies.models import AdministrativeUnit, Reorganisation
from portal.agencies.queries import match_place, unit_label
from procedures.views.registry.fields import day_field, place_field, text_field

TYPES = [("", _("as above")), *((name, name) for name in ("xã", "phường", "đặc khu", "tỉnh", "thành phố"))]
FIRST_LINES, MORE_LINES, MOST_LINES = 4, 4, 200
LEVELS = ("province", "commune")
ONE_DAY = timedelta(days=1)


class ReorganisationForm(forms.Form):
    """What the decision says as a whole."""

    kind = forms.ChoiceField(label=_("What happens"), choices=Reorganisation.Kind.choices)
    level = forms.ChoiceField(label=_("Level of the units"), choices=[("commune", _("Communes")), ("province", _("Provinces"))])
    number = text_field(_("Number of the decision"), most=60)
    legal_basis = text_field(_("Legal basis"), most=300, help_text=_("The title of the decision, with the date on which it was signed."))
    effective_from = day_field(_("Effective from the day"), help_text=_("Everything changes at midnight at the beginning of this day."))


class LineForm(forms.Form):
    """One old unit, or a part of it, and what it becomes."""

    old_unit = place_field(_("Old unit"), required=False, old=False)
    code = text_field(_("Code of the new unit"), required=False, most=5)
    name = text_field(_("Name of the new unit"), required=False, most=120)
    type = forms.ChoiceField(label=_("Type of the new unit"), choices=TYPES, required=False)
    province = text_field(_("New province"), required=False, most=120)
    identifier = text_field(_("New identifier"), required=False, most=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("code", "identifier"):
            self.fields[name].widget.attrs["class"] = "short"
        self.fields["name"].widget.attrs["placeholder"] = _now("as above")


LineFormSet = forms.formset_factory(LineForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES)


def lines_of(formset: Any, level: str, effective_from: date) -> list[NewLine]:
    """The lines as entered; what was not understood stands as an error at its field."""
    found: list[NewLine] = []
    above: dict[str, str] = {}
    names = {form.cleaned_data.get("name", ""): form.cleaned_data.get("code", "") for form in formset if level == "province"}
    for form in formset:
        data = form.cleaned_data
        if not any(str(value).strip() for value in data.values()):
            continue
        above = {key: str(data.get(key) or above.get(key, "")).strip() for key in ("code", "name", "type", "province", "identifier")}
        old = _unit(form, "old_unit", data.get("old_unit", ""), effective_from - ONE_DAY, LEVELS)
        for key in ("code", "name", "type"):
            if not above[key]:
                form.add_error(key, _now("Fill this in: no line above says it."))
        province = names.get(above["province"]) or _province_code(form, above["province"], effective_from)
        if old is not None and not form.errors:
            found.append(NewLine(old, above["code"], above["name"], above["type"], province, above["identifier"].upper()))
    return found


def _province_code(form: LineForm, text: str, effective_from: date) -> str:
    if not text or (text.isascii() and text.isdigit() and len(text) == 2):
        return text
    unit = _unit(form, "province", text, effective_from - ONE_DAY, ("province",))
    return unit.code if unit else ""


def _unit(form: LineForm, field: str, text: str, day: date, levels: Sequence[str]) -> AdministrativeUnit | None:
    """The one unit of the day that the text names."""
    match = match_place(text, levels=levels, on=day) if text else None
    units = [unit for unit in match.named if unit.valid_to is None or unit.valid_to >= day] if match else []
    if len(units) == 1:
        return units[0]
    if units:
        labels = "; ".join(unit_label(unit, day) for unit in units[:5])
        form.add_error(field, _now("Several fit: %(names)s. Write more, or choose one of them.") % {"names": labels})
    else:
        form.add_error(field, _now("No unit that exists on the day before has this name."))
    return None


def initial_lines(reorganisation: Reorganisation) -> list[dict[str, str]]:
    """The lines of a draft as they were entered."""
    day = reorganisation.effective_from - ONE_DAY
    rows = reorganisation.lines.select_related("old_unit__province", "old_unit__parent").order_by("pk")
    return [
        {
            "old_unit": unit_label(line.old_unit, day),
            "code": line.new_code,
            "name": line.new_name,
            "type": line.new_type,
            "province": line.new_province_code,
            "identifier": line.new_identifier,
        }
        for line in rows
    ]
