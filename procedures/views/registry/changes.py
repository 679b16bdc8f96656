"""The changes of a draft set: add a rule, replace one, end one. The kind of decision is chosen first, its fields follow."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.clock import business_today
from portal.core.errors import DomainError
from procedures.actions.rulesets import add_change, edit_change, remove_change
from procedures.models import CompetenceRule, RuleChange, RuleSet
from procedures.queries.registry_pages import RuleFilters, RulePage, page_of_rules, row_of, rule_or_404
from procedures.queries.rule_sets import change_or_404, in_the_way, rule_set_or_404
from procedures.views.registry.fields import MAX_TEXT
from procedures.views.registry.frame import page
from procedures.views.registry.rule_form import EXPLAINED, Kind, RuleForm

Action = RuleChange.Action


@staff(Role.CATALOGUE_EDITOR)
@require_safe
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules in force on the first day of the set, to replace or end one of them."""
    rule_set = _draft(pk)
    on = rule_set.effective_from or business_today()
    text = request.GET.get("q", "").replace("\0", "")[:MAX_TEXT]
    shown = page_of_rules(on, RuleFilters(text), request.GET.get("trang", "").replace("\0", ""))
    urls = {f"{name}_url": f"?{urlencode({'q': text, 'trang': mark})}" if mark else "" for name, mark in _marks(shown)}
    context = {"rule_set": rule_set, "text": text, "on": on, "rows": shown.rows, **urls}
    return page(request, "choose_rule.html", context, tab="rule_sets", part="results")


@staff(Role.CATALOGUE_EDITOR)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new rule: first its kind, then its fields."""
    return _fill_in(request, _draft(pk), kind=request.GET.get("loai", ""))


@staff(Role.CATALOGUE_EDITOR)
def replace(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """What the rule shall say from the first day of the set on."""
    target = rule_or_404(rule, business_today())
    return _fill_in(request, _draft(pk), kind=request.GET.get("loai", target.kind), target=target)


@staff(Role.CATALOGUE_EDITOR)
def edit(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """What the change says."""
    rule_set = _draft(pk)
    found = change_or_404(rule_set, change)
    if found.action == Action.END:
        raise Http404(_("A rule that is ended keeps what it says."))
    return _fill_in(request, rule_set, kind=request.GET.get("loai", found.kind), target=found.target, change=found)


def _fill_in(
    request: HttpRequest, rule_set: RuleSet, *, kind: str, target: CompetenceRule | None = None, change: RuleChange | None = None
) -> HttpResponse:
    start = {"rule_set": rule_set, "target": row_of(target, name=getattr(target, "name", "")) if target else None, "change": change}
    if kind not in EXPLAINED:
        kinds = [(kind.value, kind.label, EXPLAINED[kind]) for kind in map(Kind, EXPLAINED)]
        return page(request, "choose_kind.html", start | {"kinds": kinds}, tab="rule_sets")
    on = business_today()
    form = RuleForm(request.POST if request.method == "POST" else None, kind=kind, on=on, rule=change or target)
    if form.is_bound and form.is_valid() and _kept(form, rule_set, target, change):
        messages.success(request, _("The change is in the set."))
        return redirect("procedures:rule_set", pk=rule_set.pk)
    context = start | {"form": form, "kind": kind, "kind_label": Kind(kind).label, "kind_text": EXPLAINED[kind]}
    return page(request, "change_form.html", context, tab="rule_sets", status=422 if form.errors else 200)


def _kept(form: RuleForm, rule_set: RuleSet, target: CompetenceRule | None, change: RuleChange | None) -> bool:
    """Whether the set holds the rule now; if not, the form says why."""
    rule = form.rule()
    for text in in_the_way(rule_set, rule, form.on, instead_of=target, change=change):
        form.add_error("rank", _("At this rank stands already: %(rule)s. Replace or end it, or choose another order.") % {"rule": text})
    if form.errors:
        return False
    try:
        if change is not None:
            edit_change(change, rule=rule)
        else:
            add_change(rule_set, action=Action.REPLACE if target else Action.ADD, rule=rule, target=target)
    except DomainError as refused:
        form.add_error(None, str(refused))
        return False
    return True


@staff(Role.CATALOGUE_EDITOR)
def end(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """The rule ends on the day before the set takes effect."""
    rule_set, target = _draft(pk), rule_or_404(rule, business_today())
    context: dict[str, Any] = {"rule_set": rule_set, "row": row_of(target, name=getattr(target, "name", ""))}
    if request.method == "POST":
        try:
            add_change(rule_set, action=Action.END, target=target)
        except DomainError as refused:
            return page(request, "end_rule.html", context | {"refused": str(refused)}, tab="rule_sets", status=422)
        messages.success(request, _("The change is in the set."))
        return redirect("procedures:rule_set", pk=pk)
    return page(request, "end_rule.html", context, tab="rule_sets")


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def remove(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """The set no longer holds the change."""
    remove_change(change_or_404(_draft(pk), change))
    messages.success(request, _("The change is taken out of the set."))
    return redirect("procedures:rule_set", pk=pk)


def _marks(shown: RulePage) -> list[tuple[str, str]]:
    return [("previous", shown.previous), ("next", shown.next)]


def _draft(pk: int) -> RuleSet:
    rule_set = rule_set_or_404(pk)
    if rule_set.state != RuleSet.State.DRAFT:
        raise Http404(_("Only a draft can be changed."))
    return rule_set
