"""What the public catalogue pages show, formatted before the template, in a fixed number of queries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from portal.agencies.models import valid_on
from procedures.models import FeeConcession, FeeRule, Procedure, ProcedureCase, ProcedureVersion, Requirement, in_language
from procedures.queries.search import Found, search_procedures
from procedures.wording import amount_text, fee_summary, level_text, time_text

LEVELS = ("commune", "province", "ministry")


@dataclass(frozen=True, slots=True)
class Filters:
    """The facets that a visitor chose; empty means all."""

    field: str = ""
    level: str = ""
    online: str = ""

    def admits(self, version: ProcedureVersion) -> bool:
        return (
            self.field in ("", version.procedure.field_vi)
            and (not self.level or self.level in version.levels)
            and self.online in ("", version.online_level)
        )


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One procedure in a list."""

    code: str
    url: str
    name: str
    field: str
    level: str
    online_level: str
    time: str
    fee: str
    is_ended: bool
    replaced_by: str


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """The list with what can narrow it: pairs of value and number."""

    rows: list[CatalogueRow]
    found: Found
    fields: list[tuple[str, str, int]]
    levels: list[tuple[str, str, int]]
    total: int


def catalogue_page(text: str, filters: Filters, on: date) -> CataloguePage:
    """Procedures for the text and facets, best first, at most a hundred."""
    found = search_procedures(text, on)
    every = [hit.version for hit in found.hits]
    chosen = [version for version in every if filters.admits(version)]
    prefetch_related_objects(
        chosen,
        Prefetch("cases", ProcedureCase.objects.filter(is_default=True), to_attr="default_cases"),
        Prefetch("procedure__fee_rules", FeeRule.objects.filter(valid_on(on)).order_by("pk"), to_attr="current_fees"),
    )
    fields = Counter((version.procedure.field_vi, version.procedure.field_en) for version in every)
    levels = Counter(level for version in every for level in version.levels if level in LEVELS)
    return CataloguePage(
        rows=[_row(version, on) for version in chosen],
        found=found,
        fields=[(vi, in_language(vi, en), count) for (vi, en), count in sorted(fields.items())],
        levels=[(level, level_text([level]), levels[level]) for level in LEVELS if levels[level]],
        total=len(every),
    )


def _row(version: ProcedureVersion, on: date) -> CatalogueRow:
    procedure: Procedure = version.procedure
    # Both were prefetched by catalogue_page.
    cases: Sequence[ProcedureCase] = version.default_cases  # type: ignore[attr-defined]
    fees: Sequence[FeeRule] = procedure.current_fees  # type: ignore[attr-defined]
    return CatalogueRow(
        code=procedure.code,
        url=reverse("procedures:procedure", args=[procedure.code]),
        name=version.short_name,
        field=in_language(procedure.field_vi, procedure.field_en),
        level=level_text(version.levels),
        online_level=version.online_level,
        time=time_text(cases[0]) if cases else "",
        fee=fee_summary(version, fees),
        is_ended=procedure.ended_on is not None and procedure.ended_on <= on,
        replaced_by=procedure.replaced_by_code,
    )


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One price as it is shown."""

    name: str
    kind: str
    amount: str
    when: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    """A procedure with everything the law wants shown."""

    version: ProcedureVersion
    cases: list[tuple[ProcedureCase, str]]
    papers: list[tuple[str, list[Requirement]]]
    fees: list[FeeRow]
    concessions: list[FeeConcession]
    is_ended: bool
    replacement: Procedure | None
    upcoming: ProcedureVersion | None


def procedure_page(version: ProcedureVersion, on: date) -> ProcedurePage:
    """The page of this version on the day; seven queries whatever it holds."""
    procedure = version.procedure
    cases = list(version.cases.order_by("-is_default", "pk"))
    later = ProcedureVersion.objects.published().filter(procedure=procedure, effective_from__gt=on).order_by("effective_from", "pk")
    return ProcedurePage(
        version=version,
        cases=[(case, time_text(case)) for case in cases],
        papers=_papers(cases),
        fees=_fees(FeeRule.objects.filter(valid_on(on), procedure=procedure).select_related("province").order_by("kind", "pk")),
        concessions=list(FeeConcession.objects.filter(valid_on(on), procedure=procedure).order_by("pk")),
        is_ended=procedure.ended_on is not None and procedure.ended_on <= on,
        replacement=Procedure.objects.filter(code=procedure.replaced_by_code).first() if procedure.replaced_by_code else None,
        upcoming=later.first(),
    )


def _papers(cases: Sequence[ProcedureCase]) -> list[tuple[str, list[Requirement]]]:
    """The papers with the names of the cases that need just these; no name where all cases need the same."""
    found: dict[int, list[Requirement]] = {case.pk: [] for case in cases}
    for paper in Requirement.objects.filter(case__in=cases).order_by("seq", "pk"):
        found[paper.case_id].append(paper)
    alike: dict[tuple[object, ...], list[ProcedureCase]] = {}
    for case in cases:
        alike.setdefault(tuple(_shown(paper) for paper in found[case.pk]), []).append(case)
    groups = list(alike.values())
    named = len(groups) > 1
    return [("; ".join(in_language(each.name_vi, each.name_en) for each in group) if named else "", found[group[0].pk]) for group in groups]


def _shown(paper: Requirement) -> tuple[object, ...]:
    return (paper.name_vi, paper.kind, paper.originals, paper.copies, paper.certified, paper.condition_vi, tuple(paper.form_files))


def _fees(rules: Iterable[FeeRule]) -> list[FeeRow]:
    return [
        FeeRow(
            name=rule.name,
            kind=str(rule.get_kind_display()),
            amount=amount_text(rule),
            when=", ".join(part for part in (rule.province.name if rule.province else "", str(rule.get_channel_display() or "")) if part),
            legal_basis=rule.legal_basis,
        )
        for rule in rules
    ]
