"""Runs of the registry and their results, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from procedures.models import CompletenessReport, RegistryRun, RuleSet, RunDossier, RunPlace

PAGE_SIZE = 50
MEASURES = ("changed", "gaps")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of results; `next` is the mark of the page after it, 0 if there is none."""

    rows: list[Any]
    next: int = 0


def newest_run(kind: str, rule_set: RuleSet | None = None) -> RegistryRun | None:
    """The run that was asked for last."""
    return RegistryRun.objects.filter(kind=kind, rule_set=rule_set).select_related("requested_by", "report").order_by("-pk").first()


def newest_result(kind: str, rule_set: RuleSet | None = None) -> RegistryRun | None:
    """The last run that has a result."""
    done = RegistryRun.objects.filter(kind=kind, rule_set=rule_set, state=RegistryRun.State.DONE)
    return done.select_related("requested_by", "report").order_by("-pk").first()


def places_of(run: RegistryRun, *, day: date | None = None, province: str = "", gaps: bool = False, after: int = 0) -> Listed:
    """Communes in which something changes on the day, gaps first; of one province or gaps only where asked. One query."""
    places: QuerySet[RunPlace] = run.places.select_related("procedure")
    if day is not None:
        places = places.filter(on=day)
    if province:
        places = places.filter(province_code=province)
    if gaps:
        places = places.filter(new_outcome__in=(RunPlace.Outcome.HOLE, RunPlace.Outcome.AMBIGUOUS, RunPlace.Outcome.NOT_ASKED))
    return _page(places, after)


def dossiers_of(run: RegistryRun, *, after: int = 0) -> Listed:
    """Dossiers that would go elsewhere, the newest first. One query."""
    dossiers: QuerySet[RunDossier] = run.moved_dossiers.all()
    return _page(dossiers, after)


def _page(rows: "QuerySet[Any]", after: int) -> Listed:
    found = list(rows.filter(pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return Listed(shown, shown[-1].pk if len(found) > PAGE_SIZE else 0)


def counts_by_province(provinces: Sequence[Mapping[str, Any]], measure: str) -> dict[str, int]:
    """What the tiles show: communes in which something changes, or pairs that nobody or several would decide."""
    if measure == "gaps":
        return {each["code"]: each["holes"] + each["ambiguous"] for each in provinces}
    return {each["code"]: each["changed_communes"] for each in provinces}


def newest_reports(runs: RegistryRun | None) -> list[CompletenessReport]:
    """The reports of a run, by day; without a run the newest full report of all."""
    if runs is not None and runs.result.get("reports"):
        return list(CompletenessReport.objects.filter(pk__in=runs.result["reports"]).order_by("on"))
    newest = CompletenessReport.objects.filter(procedure=None, is_sample=False).order_by("-made_at", "-pk").first()
    return [newest] if newest else []


def gaps_by_province(report: CompletenessReport) -> dict[str, int]:
    """How many pairs of procedure and commune lack their one answer, by province."""
    counts: dict[str, int] = {}
    for each in report.findings:
        counts[each["province"]] = counts.get(each["province"], 0) + each["count"]
    return counts
