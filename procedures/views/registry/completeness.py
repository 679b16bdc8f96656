"""The completeness report: whether every procedure has its agency everywhere, and which agencies have nobody to decide."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import staff
from portal.agencies.models import AdministrativeUnit
from portal.core.clock import business_today, technical_now
from procedures.actions.registry_runs import ask_completeness
from procedures.models import CompletenessReport, RegistryRun, RunPlace
from procedures.queries.completeness import ended_by
from procedures.queries.registry_pages import provinces_on
from procedures.queries.registry_runs import gaps_by_province, newest_reports, newest_result, newest_run
from procedures.queries.staffing import CLERK, COUNTER, LEADER, OFFICER
from procedures.reasons import kind_name
from procedures.tasks import wake
from procedures.views.registry.frame import KEEPERS, actor, page
from procedures.views.registry.tiles import tiles_of

COMPLETENESS = RegistryRun.Kind.COMPLETENESS
PAGE_SIZE = 50
NAMED_AGENCIES = 12
"""On the page, of one kind in one province; the table for a spreadsheet names all of them."""

LACKING = {
    OFFICER: gettext_lazy("an active officer"),
    LEADER: gettext_lazy("an active leader"),
    COUNTER: gettext_lazy("a reception counter"),
    CLERK: gettext_lazy("a clerk at its counter"),
}


@staff(*KEEPERS)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The newest result, and how far a run is."""
    reports = newest_reports(newest_result(COMPLETENESS))
    asked = request.GET.get("ngay", "")
    report = next((each for each in reports if each.on.isoformat() == asked), reports[0] if reports else None)
    context: dict[str, Any] = {"run": newest_run(COMPLETENESS), "reports": reports, "report": report}
    return page(request, "completeness.html", context | (_result(request, report) if report else {}), tab="completeness", part="run")


@staff(*KEEPERS)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """A check of today and of the next day of change waits for a worker."""
    ask_completeness(on=business_today(), actor=actor(request), at=technical_now())
    transaction.on_commit(wake)
    return redirect("procedures:completeness")


@staff(*KEEPERS)
@require_safe
def places(request: HttpRequest, pk: int) -> HttpResponse:
    """Every place of a report that has nobody, or several, as a table for a spreadsheet; with `xem=nobody` every agency without people."""
    report = get_object_or_404(CompletenessReport, pk=pk)
    is_people = request.GET.get("xem") == "nobody"
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = "co-quan-thieu-nguoi" if is_people else "tham-quyen"
    answer["Content-Disposition"] = f'attachment; filename="{name}-{report.on:%Y-%m-%d}.csv"'
    csv.writer(answer).writerows(_agency_lines(report) if is_people else _place_lines(report))
    return answer


def _place_lines(report: CompletenessReport) -> Iterator[list[object]]:
    yield [_("Day"), _("Procedure"), _("Province"), _("Commune"), _("What is wrong")]
    for each in report.findings:
        wrong = RunPlace.Outcome(each["outcome"]).label
        yield from ([report.on.isoformat(), each["procedure"], each["province_name"], commune, wrong] for commune in each["communes"])


def _agency_lines(report: CompletenessReport) -> Iterator[list[object]]:
    yield [_("Day"), _("Province"), _("Kind of agency"), _("Code"), _("Agency"), pgettext("registry", "Missing")]
    for each in _unstaffed(report, ""):
        known = [report.on.isoformat(), each["province"], each["kind_name"]]
        yield from ([*known, agency["code"], agency["name"], each["lacks"]] for agency in each["agencies"])


def _result(request: HttpRequest, report: CompletenessReport) -> dict[str, Any]:
    province = request.GET.get("tinh", "").replace("\0", "")[:5]
    provinces = provinces_on(report.on)
    name = next((unit.name for unit in provinces if unit.code == province), "")
    is_people = request.GET.get("xem") == "nobody"
    rows = _unstaffed(report, name) if is_people else [each for each in report.findings if province in ("", each["province"])]
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    kept = {"ngay": report.on.isoformat(), "xem": "nobody" if is_people else "gaps"}
    here = kept | ({"tinh": province} if name else {})
    counts = _nobody(report, provinces) if is_people else gaps_by_province(report)
    return {
        "decisions": report.procedures_count * report.communes_count,
        "is_complete": not report.gaps,
        "ended": ended_by(report.on),
        "seconds": report.duration_ms / 1000,
        "measure": kept["xem"],
        "tiles": tiles_of(provinces, counts, current=province),
        "province": name,
        "rows": shown.object_list,
        "previous_url": f"?{urlencode(here | {'trang': shown.previous_page_number()})}" if shown.has_previous() else "",
        "next_url": f"?{urlencode(here | {'trang': shown.next_page_number()})}" if shown.has_next() else "",
        "day": kept["ngay"],
        "kept": urlencode(kept),
    }


def _unstaffed(report: CompletenessReport, province: str) -> list[dict[str, Any]]:
    found = [_row(each) for each in report.unstaffed if province in ("", each["province"])]
    return sorted(found, key=lambda each: (each["province"], each["kind_name"]))


def _row(stored: dict[str, Any]) -> dict[str, Any]:
    agencies = [_named(each) for each in stored["agencies"]]
    first = "; ".join(each["name"] for each in agencies[:NAMED_AGENCIES])
    shown = {"first": first, "has_more": stored["count"] > NAMED_AGENCIES}
    return stored | shown | {"agencies": agencies, "kind_name": kind_name(stored["kind"]), "lacks": _lacks(stored["missing"])}


def _lacks(missing: Iterable[str]) -> str:
    return ", ".join(str(LACKING.get(each, LACKING[COUNTER])) for each in missing)


def _named(agency: str | dict[str, str]) -> dict[str, str]:
    """Reports of earlier releases keep the name only."""
    return {"code": "", "name": agency} if isinstance(agency, str) else agency


def _nobody(report: CompletenessReport, provinces: list[AdministrativeUnit]) -> dict[str, int]:
    codes, counts = {unit.name: unit.code for unit in provinces}, Counter[str]()
    for each in report.unstaffed:
        counts[codes.get(each["province"], "")] += each["count"]
    return dict(counts)
