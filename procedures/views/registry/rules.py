"""The rules in force on a day, and one rule with its history."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from portal.accounts.access import staff
from portal.core.clock import business_today
from procedures.models import CompetenceRule
from procedures.queries.registry_pages import (
    RuleFilters,
    fields,
    history_of,
    page_of_rules,
    provinces_on,
    row_of,
    rule_or_404,
    rules_in_force,
)
from procedures.views.registry.fields import MAX_TEXT, day_field
from procedures.views.registry.frame import KEEPERS, page

LEVELS = [
    ("", _("All")),
    ("commune", pgettext_lazy("level", "Commune")),
    ("province", pgettext_lazy("level", "Province")),
    ("ministry", pgettext_lazy("level", "Ministry")),
]


class FilterForm(forms.Form):
    """The day, and what the list is narrowed to."""

    q = forms.CharField(label=_("Procedure, name or code"), required=False, max_length=MAX_TEXT)
    ngay = day_field(_("In force on"), required=False)
    linh_vuc = forms.ChoiceField(label=_("Field"), required=False)
    cap = forms.ChoiceField(label=_("Level that decides"), required=False, choices=LEVELS)
    loai = forms.ChoiceField(label=_("Kind of decision"), required=False, choices=[("", _("All")), *CompetenceRule.Kind.choices])
    tinh = forms.ChoiceField(label=_("Holds in"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("linh_vuc", [(field, field) for field in fields()]),
            ("tinh", [(unit.code, unit.name) for unit in provinces_on(today)]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- for the type checker
            field.choices = [("", _("All")), *choices]

    def filters(self) -> RuleFilters:
        """What was chosen; what was not understood counts as not chosen."""
        chosen = self.cleaned_data
        return RuleFilters(*(chosen.get(name, "") for name in ("q", "linh_vuc", "cap", "loai", "tinh")))


@staff(*KEEPERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rules of a day, filtered. Everything stands in the address."""
    today = business_today()
    given = request.GET.copy()
    given.setdefault("ngay", f"{today:%d/%m/%Y}")
    form = FilterForm(given, today=today)
    is_clear = form.is_valid()
    on, filters = form.cleaned_data.get("ngay") or today, form.filters()
    shown = page_of_rules(on, filters, request.GET.get("trang", "").replace("\0", ""))
    kept = {name: str(value) for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "form": form,
        "on": on,
        "is_today": on == today,
        "rows": shown.rows,
        "count": _capped(on, filters),
        "is_filtered": filters != RuleFilters(),
        "previous_url": _url(kept, shown.previous),
        "next_url": _url(kept, shown.next),
    }
    return page(request, "rules.html", context, tab="rules", part="results", status=200 if is_clear else 422)


@staff(*KEEPERS)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule, and every rule that stood or will stand in its place."""
    today = business_today()
    rule = rule_or_404(pk, today)
    name = rule.name  # type: ignore[attr-defined]
    history = [row_of(each, name=name) for each in history_of(rule)]
    row = row_of(rule, name=name, position=rule.position)  # type: ignore[attr-defined]
    return page(request, "rule.html", {"row": row, "rule": rule, "history": history, "today": today}, tab="rules")


def _capped(on: date, filters: RuleFilters, cap: int = 999) -> str:
    count = rules_in_force(on, filters).order_by()[: cap + 1].count()
    return f"{cap}+" if count > cap else str(count)


def _url(kept: dict[str, str], mark: str) -> str:
    return f"{reverse('procedures:rules')}?{urlencode(kept | {'trang': mark})}" if mark else ""
