"""A set of fees and one of its lines as labelled fields."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from procedures.actions.feesets import FeeInput
from procedures.formschema.inputs import MoneyField, NumberField
from procedures.models import Channel, FeeChange, FeeRule, FeeSet, Procedure
from procedures.queries.fee_sets import fees_of
from procedures.queries.registry_pages import provinces_on
from procedures.views.registry.fields import day_field, procedure_field, text_field

NEW = "new"


def _money(label: Any, **options: Any) -> forms.CharField:
    return MoneyField(label=label, max_length=30, required=False, widget=forms.TextInput({"inputmode": "numeric"}), **options)


class FeeSetForm(forms.Form):
    """What a set says about itself. Where it holds is said once, when it is started."""

    province = forms.ChoiceField(label=_("Decided for"))
    title = text_field(_("Title"), help_text=_("What changes, in a few words."))
    legal_basis = text_field(
        _("Legal basis"), most=300, help_text=_("For example the resolution of the People's Council, with its number and date.")
    )
    effective_from = day_field(_("In force from"), required=False, help_text=_("May be left to the person who publishes."))
    note = forms.CharField(label=_("Note for the second person"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, on: date, fee_set: FeeSet | None = None) -> None:
        kept = ("title", "legal_basis", "effective_from", "note")
        super().__init__(data, initial={name: getattr(fee_set, name) for name in kept} if fee_set else {})
        if fee_set:
            del self.fields["province"]
            return
        self._provinces = {unit.code: unit for unit in provinces_on(on)}
        choices = [("", _("The whole country")), *((code, unit.name) for code, unit in self._provinces.items())]
        self.fields["province"] = forms.ChoiceField(label=_("Decided for"), choices=choices, required=False)
        self.order_fields(self.base_fields)

    def values(self) -> dict[str, Any]:
        """What `start_fee_set` and `describe_fee_set` take."""
        values = dict(self.cleaned_data)
        if "province" in values:
            values["province"] = self._provinces.get(values["province"])
        return values


class FindProcedureForm(forms.Form):
    """Of which procedure a line is."""

    thu_tuc = procedure_field()


class FeeForm(forms.Form):
    """One line of a set. `fee()` is what `put_fee` takes; bad input keeps what was typed."""

    which = forms.ChoiceField(label=_("Fee"), widget=forms.RadioSelect)
    name_vi = text_field(_("Name of the new fee"), required=False, most=250)
    kind = forms.ChoiceField(label=_("Kind of the new fee"), choices=FeeRule.Kind.choices, required=False)
    action = forms.ChoiceField(label=_("From the first day on"), choices=FeeChange.Action.choices, widget=forms.RadioSelect, initial="set")
    channel = forms.ChoiceField(label=_("Ways to file"), choices=[("", _("All of them")), *Channel.choices], required=False)
    amount = _money(_("Amount in đồng"), help_text=_("0 where nothing is taken."))
    basis = forms.ChoiceField(label=_("Counted"), choices=FeeRule.Basis.choices, initial="per_dossier")
    first_pages = NumberField(
        label=_("The amount is for the first … pages"), required=False, min_value=1, max_value=1000,
        help_text=_("Only for a fee per page whose later pages cost another amount."),
    )  # fmt: skip
    later_amount = _money(_("Each later page"))
    cap = _money(_("At most, for one copy"))

    def __init__(self, data: Any = None, *, procedure: Procedure, on: date, change: FeeChange | None = None) -> None:
        self._procedure, self._fees = procedure, {rule.code: rule for rule in fees_of(procedure, on)}
        if change is not None:
            self._fees.setdefault(change.code, FeeRule(code=change.code, kind=change.kind, name_vi=change.name_vi, name_en=change.name_en))
        super().__init__(data, initial=_initial(change) if change else {"which": next(iter(self._fees), NEW)})
        known = [(code, f"{rule.name_vi} ({rule.get_kind_display()})") for code, rule in self._fees.items()]
        self.fields["which"] = forms.ChoiceField(label=_("Fee"), choices=[*known, (NEW, _("A new fee"))], widget=forms.RadioSelect)
        self.order_fields(self.base_fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("which") == NEW and not cleaned.get("name_vi", "").strip():
            self.add_error("name_vi", _now("Name the new fee."))
        if cleaned.get("action") == "set" and "amount" in cleaned and cleaned["amount"] is None:
            self.add_error("amount", _now("Say how much the fee is."))
        if (cleaned.get("first_pages") is None) != (cleaned.get("later_amount") is None) and not self.errors:
            self.add_error("later_amount", _now("Say both how many pages come first and what each later page costs, or neither."))
        paged = [name for name in ("first_pages", "later_amount", "cap") if cleaned.get(name) is not None]
        if cleaned.get("basis") != FeeRule.Basis.PER_PAGE and paged:
            self.add_error(paged[0], _now("Only a fee per page has this."))
        return cleaned

    def fee(self) -> FeeInput:
        """The line."""
        given = self.cleaned_data
        known = self._fees.get(given["which"])
        tiers = [[given["first_pages"], given["amount"]], [None, given["later_amount"]]] if given["first_pages"] else []
        return FeeInput(
            procedure=self._procedure,
            code=known.code if known else "",
            name_vi=known.name_vi if known else given["name_vi"].strip(),
            name_en=known.name_en if known else "",
            kind=known.kind if known else given["kind"] or FeeRule.Kind.LEVY,
            action=given["action"],
            amount_vnd=given["amount"] if given["action"] == "set" else None,
            basis=given["basis"],
            tiers=tiers,
            cap_vnd=given["cap"],
            channel=given["channel"],
        )


def _initial(change: FeeChange) -> dict[str, Any]:
    first, later = (change.tiers[0][0], change.tiers[1][1]) if len(change.tiers) == 2 else (None, None)
    return {
        "which": change.code, "action": change.action, "channel": change.channel, "amount": change.amount_vnd, "basis": change.basis,
        "first_pages": first, "later_amount": later, "cap": change.cap_vnd,
    }  # fmt: skip
