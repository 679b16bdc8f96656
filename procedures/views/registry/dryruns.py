"""The dry run of a set: what would go elsewhere, on the map, by commune and by dossier; then publishing it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import staff
from portal.accounts.models import Role
from portal.core.clock import business_now, business_today, technical_now
from portal.core.errors import DomainError, NotAllowed
from procedures.actions.gaps import LeavesGaps
from procedures.actions.registry_runs import ask_dry_run, fingerprint
from procedures.actions.rulesets_publish import publish as publish_rule_set
from procedures.models import RegistryRun, RuleSet
from procedures.queries.registry_pages import provinces_on
from procedures.queries.registry_runs import counts_by_province, dossiers_of, newest_result, newest_run, places_of
from procedures.queries.rule_sets import changes_in, conflicts_of, rule_set_or_404
from procedures.tasks import wake
from procedures.views.registry.frame import KEEPERS, actor, page
from procedures.views.registry.tiles import tiles_of

SIZES = [(100, "100"), (1_000, "1.000"), (10_000, "10.000")]
DRY_RUN = RegistryRun.Kind.DRY_RUN


class SizeForm(forms.Form):
    """How many of the last dossiers are routed again."""

    so_ho_so = forms.TypedChoiceField(label=_("Of the last dossiers try"), choices=SIZES, coerce=int, initial=1_000)


@staff(*KEEPERS)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest result of the set, how far a run is, and the button for another one."""
    rule_set = rule_set_or_404(pk)
    form = SizeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, rule_set, form.cleaned_data["so_ho_so"])
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("procedures:dry_run", pk=pk)
    return page(request, "dry_run.html", _context(request, rule_set, form), tab="rule_sets", part="run", status=422 if form.errors else 200)


def _ask(request: HttpRequest, rule_set: RuleSet, dossiers: int) -> None:
    if rule_set.state not in (RuleSet.State.DRAFT, RuleSet.State.REVIEW):
        raise NotAllowed(_now("A set that is published or discarded is not tried any more."))
    ask_dry_run(rule_set, dossiers=dossiers, on=business_today(), actor=actor(request), at=technical_now())
    transaction.on_commit(wake)


def _context(request: HttpRequest, rule_set: RuleSet, form: SizeForm) -> dict[str, Any]:
    newest, done = newest_run(DRY_RUN, rule_set), newest_result(DRY_RUN, rule_set)
    context: dict[str, Any] = {
        "rule_set": rule_set,
        "form": form,
        "is_open": rule_set.state in (RuleSet.State.DRAFT, RuleSet.State.REVIEW),
        "run": newest,
        "result": done,
        "is_stale": done is not None and done.fingerprint != fingerprint(rule_set),
    }
    return context | (_result(request, done) if done else {})


def _result(request: HttpRequest, run: RegistryRun) -> dict[str, Any]:
    measure = "gaps" if request.GET.get("xem") == "gaps" else "changed"
    province = request.GET.get("tinh", "")[:5].replace("\0", "")
    days: list[dict[str, Any]] = run.result.get("days") or [run.result]
    summary = next((each for each in days if each.get("on") == request.GET.get("ngay")), days[0])
    on = summary.get("on", "")
    kept = {name: value for name, value in (("xem", measure), ("tinh", province), ("ngay", on)) if value}
    places = places_of(
        run, day=date.fromisoformat(on) if on else None, province=province, gaps=measure == "gaps", after=_mark(request, "sau")
    )
    dossiers = dossiers_of(run, after=_mark(request, "hs"))
    provinces = summary.get("provinces", [])
    return {
        "summary": summary,
        "days": [(date.fromisoformat(each["on"]), each["on"] == on) for each in days] if on else [],
        "of_day": f"&ngay={on}" if on else "",
        "gaps_base": f"xem=gaps&ngay={on}" if on else "xem=gaps",
        "changed_base": f"xem=changed&ngay={on}" if on else "xem=changed",
        "gaps": summary.get("holes", 0) + summary.get("ambiguous", 0),
        "measure": measure,
        "tiles": tiles_of(provinces_on(date.fromisoformat(on) if on else run.on), counts_by_province(provinces, measure), current=province),
        "provinces": [each for each in provinces if each["changed_communes"] or each["holes"] or each["ambiguous"]],
        "province": next((each["name"] for each in provinces if each["code"] == province), ""),
        "kept": urlencode(kept),
        "places": places.rows,
        "places_url": f"?{urlencode(kept | {'sau': str(places.next)})}#noi" if places.next else "",
        "dossiers": dossiers.rows,
        "dossiers_url": f"?{urlencode(kept | {'hs': str(dossiers.next)})}#ho-so" if dossiers.next else "",
    }


def _mark(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@staff(Role.CATALOGUE_APPROVER)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The set is read once more and published by a second person; refused with the places that would have no answer."""
    rule_set = rule_set_or_404(pk)
    context: dict[str, Any] = {"rule_set": rule_set, "changes": changes_in(rule_set)}
    if request.method == "POST":
        try:
            published = publish_rule_set(rule_set, actor=actor(request), at=business_now())
        except LeavesGaps as refused:
            return page(request, "publish.html", context | {"gaps": refused.gaps}, tab="rule_sets", status=refused.status)
        except DomainError as refused:
            known = {"refused": str(refused), "conflicts": conflicts_of(rule_set, business_today())}
            return page(request, "publish.html", context | known, tab="rule_sets", status=refused.status)
        told = _now("The rules are published. They hold from %(day)s on.") % {"day": f"{published.effective_from:%d/%m/%Y}"}
        messages.success(request, told)
        return redirect("procedures:rule_set", pk=pk)
    done = newest_result(DRY_RUN, rule_set)
    is_stale = done is not None and done.fingerprint != fingerprint(rule_set)
    return page(request, "publish.html", context | {"result": done, "is_stale": is_stale}, tab="rule_sets")
