"""Has every procedure exactly one competent agency, or one stated lawful choice, in every commune? Who is competent but has nobody?"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from portal.agencies.models import Agency
from procedures.competence import AgencyRef
from procedures.competence_book import RuleBook, Subject
from procedures.competence_check import Commune, Finding, Outcome, survey
from procedures.competence_directory import DirectorySnapshot
from procedures.models import CompletenessReport, Procedure
from procedures.queries.directory import directory_snapshot
from procedures.queries.gaps import Gap, communes_on, grouped
from procedures.queries.rulebook import rulebook, subjects_on
from procedures.queries.staffing import CLERK, COUNTER, LACKS, lacks_on


@dataclass(frozen=True, slots=True)
class Scope:
    """What is checked: all procedures or one, all communes or every n-th."""

    procedure: str = ""
    every: int = 1


@dataclass(frozen=True, slots=True)
class NamedAgency:
    """An agency as a report names it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """All agencies of one kind in one province that are competent but lack the same: words of `staffing.LACKS`."""

    kind: str
    province: str
    missing: tuple[str, ...]
    agencies: tuple[NamedAgency, ...]

    @property
    def count(self) -> int:
        """How many agencies."""
        return len(self.agencies)


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
        """Competent agencies that lack an officer, a leader, a reception counter or a clerk there."""
        return sum(each.count for each in self.unstaffed)


def check_completeness(on: date, scope: Scope | None = None) -> Completeness:
    """The check of one day. Reads only."""
    scope = scope or Scope()
    subjects = {code: subject for code, subject in subjects_on(on).items() if scope.procedure in ("", code)}
    directory = directory_snapshot(on, with_load=False)
    found, competent = check(rulebook(on), subjects, communes_on(on)[:: scope.every], directory)
    found.unstaffed = unstaffed(competent, on)
    found.ended = tuple(code for code in ended_by(on) if scope.procedure in ("", code))
    return found


def ended_by(on: date) -> list[str]:
    """Procedures that nobody can file any more on the day, so that nothing is checked for them. One query."""
    return list(Procedure.objects.filter(ended_on__lte=on).order_by("code").values_list("code", flat=True))


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
    """Every one of these agencies that would be given no dossier on the day, with what it lacks."""
    wanted = set(competent)
    columns = ("identifier", "name", "kind", "valid_to", "province__name", "reception_office__valid_to")
    rows = Agency.objects.on(on).select_related("province", "reception_office").only(*columns).order_by("identifier")
    agencies = [agency for agency in rows if agency.pk in wanted]
    lacking = lacks_on(agencies, on)
    groups: dict[tuple[str, str, tuple[str, ...]], list[NamedAgency]] = defaultdict(list)
    for agency in agencies:
        if missing := _missing(agency, lacking[agency.pk], on):
            province = agency.province.name if agency.province else ""
            groups[agency.kind, province, missing].append(NamedAgency(agency.identifier, agency.name))
    return [Unstaffed(*group, tuple(named)) for group, named in sorted(groups.items())]


def _missing(agency: Agency, lacks: Collection[str], on: date) -> tuple[str, ...]:
    office = agency.reception_office
    if office is not None and office.valid_to is not None and office.valid_to < on:
        lacks = {*lacks, COUNTER} - {CLERK}
    return tuple(each for each in LACKS if each in lacks)


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
        {
            "kind": row.kind, "province": row.province, "missing": list(row.missing), "count": row.count,
            "agencies": [asdict(agency) for agency in row.agencies],
        }
        for row in rows
    ]  # fmt: skip


def latest_reports() -> list[CompletenessReport]:
    """The newest full report of each day that was checked, the latest day first."""
    full = CompletenessReport.objects.filter(procedure=None, is_sample=False)
    return list(full.order_by("-on", "-made_at", "-pk").distinct("on")[:20])
