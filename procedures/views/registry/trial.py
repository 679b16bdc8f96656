"""Try it: a procedure, a place and a day lead to an agency, with the rule, the reasons and what was passed over."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from portal.accounts.access import staff
from portal.agencies.models import AdministrativeUnit
from portal.core.clock import business_today
from procedures.models import Procedure, RuleSet
from procedures.queries.registry_choices import pick_place, pick_procedure, procedure_label
from procedures.queries.registry_trial import tried
from procedures.queries.versions import current_version
from procedures.views.registry.fields import day_field, place_field, procedure_field
from procedures.views.registry.frame import KEEPERS, page
from procedures.views.registry.rule_form import understood

MOST_SETS = 50


class TrialForm(forms.Form):
    """What is asked. Cleaned values are the procedure, the unit, the day and the draft set, or nothing of it."""

    thu_tuc = procedure_field()
    noi = place_field(
        pgettext_lazy("registry", "Place"),
        help_text=_("Commune or ward, old or new name. It stands for every place that the procedure asks."),
    )
    ngay = day_field(_("On the day"))
    bo = forms.ModelChoiceField(
        RuleSet.objects.none(), label=_("By which rules"), required=False, empty_label=_("The rules that are published")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        sets = self.fields["bo"]
        sets.queryset = RuleSet.objects.open().order_by("-pk")  # type: ignore[attr-defined]
        sets.label_from_instance = lambda one: _("With the draft “%(title)s”") % {"title": one.title}  # type: ignore[attr-defined]

    def clean_thu_tuc(self) -> Procedure:
        return understood(lambda: pick_procedure(self.cleaned_data["thu_tuc"], self.today))

    def clean_noi(self) -> AdministrativeUnit:
        return understood(lambda: pick_place(self.cleaned_data["noi"]))


@staff(*KEEPERS)
@require_safe
def trial(request: HttpRequest) -> HttpResponse:
    """The question, and under it the answer once everything is filled in."""
    today = business_today()
    given = request.GET.copy()
    code = given.get("thu_tuc", "")
    is_asked = bool(given.get("noi"))
    given.setdefault("ngay", f"{today:%d/%m/%Y}")
    form = TrialForm(
        given if is_asked else None, today=today, initial={"ngay": today, "thu_tuc": _named(code, today), "bo": given.get("bo")}
    )
    context: dict[str, Any] = {"form": form}
    if is_asked and form.is_valid():
        asked = form.cleaned_data
        context["answer"] = tried(asked["thu_tuc"], asked["noi"], asked["ngay"], rule_set=asked["bo"])
    return page(request, "trial.html", context, tab="trial", part="answer", status=422 if form.errors else 200)


def _named(code: str, today: date) -> str:
    """The label of a procedure whose code stood in the address."""
    version = current_version(code, today) if code and "\0" not in code else None
    return procedure_label(code, version.short_name_vi) if version else code
