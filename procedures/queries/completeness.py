"""Has every procedure exactly one competent agency, or one stated lawful choice, in every commune? Who is competent but has nobody?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts.models import Membership, Role
from portal.agencies.models import Agency
from procedures.competence import AgencyRef
from procedures.competence_book import RuleBook, Subject
from procedures.competence_check import Commune, Finding, Outcome, survey
from procedures.competence_directory import DirectorySnapshot
from procedures.models import CompletenessReport, Procedure
from procedures.queries.directory import directory_snapshot
from procedures.queries.gaps import Gap, communes_on, grouped
from procedures.queries.rulebook import rulebook, subjects_on

NAMED_AGENCIES = 12


@dataclass(frozen=True, slots=True)
class Scope:
    """What is checked: all procedures or one, all communes or every n-th."""

    procedure: str = ""
    every: int = 1


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """Agencies of one kind in one province that are competent but lack somebody."""

    kind: str
    province: str
    missing: tuple[str, ...]
    count: int
    agencies: tuple[str, ...]


@dataclass
class Completeness:
    """What one day's check found."""

    on: date
    procedures: int = 0
    communes: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    unstaffed: list[Unstaffed] = field(default_factory=list)
    ended: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every pair of procedure and commune has its answer."""
        return not any(self.outcomes[outcome] for outcome in Outcome if outcome.is_gap)

    @property
    def pairs(self) -> int:
        """Pairs of procedure and commune that were decided."""
        return self.outcomes.total()

    @property
    def unstaffed_agencies(self) -> int:
        """Competent agencies that lack an officer, a leader or a reception counter."""
        return sum(each.count for each in self.unstaffed)


def check_completeness(on: date, scope: Scope | None = None) -> Completeness:
    """The check of one day. Reads only."""
    scope = scope or Scope()
    subjects = {code: subject for code, subject in subjects_on(on).items() if scope.procedure in ("", code)}
    directory = directory_snapshot(on, with_load=False)
    found, competent = check(rulebook(on), subjects, communes_on(on)[:: scope.every], directory)
    found.unstaffed = unstaffed(competent, on)
    ended = Procedure.objects.filter(ended_on__lte=on).order_by("code").values_list("code", flat=True)
    found.ended = tuple(code for code in ended if scope.procedure in ("", code))
    return found


def check(
    book: RuleBook, subjects: dict[str, Subject], communes: Sequence[Commune], directory: DirectorySnapshot
) -> tuple[Completeness, dict[int, AgencyRef]]:
    """What the rules say for these procedures and communes, and every agency that is competent for something."""
    report = Completeness(book.on, len(subjects), len(communes))
    competent: dict[int, AgencyRef] = {}
    gaps: list[Finding] = []
    for found in survey(book, list(subjects.values()), communes, directory):
        report.outcomes[found.verdict.outcome] += 1
        if found.verdict.outcome.is_gap:
            gaps.append(found)
        else:
            for agency in found.verdict.agencies:
                competent[agency.id] = agency
    report.gaps = grouped(gaps, {subject.procedure_id: code for code, subject in subjects.items()}, book.on)
    return report, competent


def unstaffed(competent: Iterable[int], on: date) -> list[Unstaffed]:
    """Which of these agencies have no active officer, no active leader, or no reception counter on the day."""
    wanted = set(competent)
    active = Membership.objects.on(on).filter(user__is_active=True, role__in=[Role.OFFICER, Role.LEADER], agency__isnull=False)
    people: dict[int, set[str]] = defaultdict(set)
    for agency, role in active.order_by("pk").values_list("agency_id", "role"):
        people[agency].add(role)
    groups: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    rows = (
        Agency.objects.on(on)
        .order_by("identifier")
        .values_list("pk", "name", "kind", "province__name", "reception_office__valid_to", "reception_office_id")
    )
    for pk, name, kind, province, closed, office in rows:
        if pk not in wanted:
            continue
        missing = [str(role) for role in (Role.OFFICER.value, Role.LEADER.value) if role not in people[pk]]
        if office is None or (closed is not None and closed < on):
            missing.append("reception")
        if missing:
            groups[kind, province or "", tuple(missing)].append(name)
    return [
        Unstaffed(kind, province, missing, len(names), tuple(names[:NAMED_AGENCIES]))
        for (kind, province, missing), names in sorted(groups.items())
    ]


def as_json(report: Completeness) -> dict[str, Any]:
    """The report as one JSON document."""
    return {
        "on": report.on.isoformat(),
        "procedures": report.procedures,
        "ended": list(report.ended),
        "communes": report.communes,
        "decisions": report.pairs,
        **{outcome.value: report.outcomes[outcome] for outcome in Outcome},
        "complete": report.is_complete,
        "gaps": gaps_json(report.gaps),
        "unstaffed_agencies": report.unstaffed_agencies,
        "unstaffed": unstaffed_json(report.unstaffed),
    }


def gaps_json(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """Gaps as they are stored and printed."""
    return [
        {
            "procedure": gap.procedure, "outcome": gap.outcome.value, "province": gap.province_code, "province_name": gap.province_name,
            "count": gap.count, "communes": list(gap.communes),
        }
        for gap in gaps
    ]  # fmt: skip


def unstaffed_json(rows: Iterable[Unstaffed]) -> list[dict[str, Any]]:
    """Agencies without people as they are stored and printed."""
    return [
        {"kind": row.kind, "province": row.province, "missing": list(row.missing), "count": row.count, "agencies": list(row.agencies)}
        for row in rows
    ]


def latest_reports() -> list[CompletenessReport]:
    """The newest full report of each day that was checked, the latest day first."""
    full = CompletenessReport.objects.filter(procedure=None, is_sample=False)
    return list(full.order_by("-on", "-made_at", "-pk").distinct("on")[:20])
