"""Places that a published rule or version would leave without a competent agency, or with several."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.agencies.models import AdministrativeUnit, Agency, ServiceArea
from portal.agencies.queries import place_label
from procedures.competence import Place
from procedures.competence_book import RuleBook, Subject
from procedures.competence_check import Commune, Finding, Outcome, affected, survey
from procedures.models import CompetenceRule, Delegation, Procedure, ProcedureVersion, RuleSet
from procedures.queries.directory import directory_snapshot
from procedures.queries.rulebook import asking, changes_of, rulebook, subjects_on

NAMED_COMMUNES = 12
"""In a sentence; pages and files name all of them."""
DAYS_AHEAD = 4
HEARTBEAT = 20_000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """A procedure in one province on one day: in which communes nobody or several are competent, or no form asks for the place."""

    on: date
    procedure: str
    outcome: Outcome
    province_code: str
    province_name: str
    communes: tuple[str, ...]
    codes: tuple[str, ...]
    """Of the communes, in their order."""

    @property
    def count(self) -> int:
        """How many communes."""
        return len(self.communes)

    def only(self, codes: Collection[str]) -> "Gap":
        """The same gap in those of its communes."""
        kept = [(name, code) for name, code in zip(self.communes, self.codes, strict=True) if code in codes]
        return replace(self, communes=tuple(name for name, _code in kept), codes=tuple(code for _name, code in kept))


@dataclass(frozen=True, slots=True)
class Gaps:
    """All gaps, by day, procedure and province."""

    rows: tuple[Gap, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def total(self) -> int:
        """Pairs of procedure and commune."""
        return sum(row.count for row in self.rows)

    def sentence(self) -> str:
        """What stands in the way of publishing, with the places by province."""
        first = "; ".join(_one(row) for row in self.rows[:8])
        text = ngettext(
            "This cannot be published: in %(count)d place there would be no competent agency, or several. %(places)s",
            "This cannot be published: in %(count)d places there would be no competent agency, or several. %(places)s",
            self.total,
        ) % {"count": self.total, "places": first}
        hidden = len(self.rows) - 8
        return text if hidden <= 0 else text + " " + _("… and %(count)d more lines.") % {"count": hidden}


def _one(row: Gap) -> str:
    what = {Outcome.HOLE: _("nobody"), Outcome.NOT_ASKED: _("no form asks for the place that decides")}.get(row.outcome, _("several"))
    more = f" … (+{row.count - NAMED_COMMUNES})" if row.count > NAMED_COMMUNES else ""
    return f"{row.procedure}, {row.province_name}, {row.on:%d/%m/%Y}, {what}: {', '.join(row.communes[:NAMED_COMMUNES])}{more}"


def communes_on(on: date) -> list[Commune]:
    """Every commune of the day, by code."""
    units = AdministrativeUnit.objects.on(on).communes().select_related("province", "parent").order_by("code")
    return [
        Commune(
            Place(unit.province.code if unit.province else "", unit.code, place_label(unit)), unit.province.name if unit.province else ""
        )
        for unit in units
    ]


def effective_days(since: date, limit: int = DAYS_AHEAD, extra: Iterable[date | None] = ()) -> list[date]:
    """`since`, and the next days on which rules, delegations, units, agencies, areas or versions change."""
    found: list[date | None] = list(extra)
    for model in (CompetenceRule, Delegation, AdministrativeUnit, Agency, ServiceArea):
        rows = model._default_manager.all()
        found += rows.filter(valid_from__gt=since).order_by("valid_from").values_list("valid_from", flat=True).distinct()[:limit]
        ends = rows.filter(valid_to__gte=since).filter(valid_to__gte=F("valid_from")).order_by("valid_to")
        found += [day + ONE_DAY for day in ends.values_list("valid_to", flat=True).distinct()[:limit] if day is not None]
    versions = ProcedureVersion.objects.published().filter(effective_from__gt=since).order_by("effective_from")
    found += versions.values_list("effective_from", flat=True).distinct()[:limit]
    ended = Procedure.objects.filter(ended_on__gt=since).order_by("ended_on")
    found += ended.values_list("ended_on", flat=True).distinct()[:limit]
    return [since, *sorted({day for day in found if day is not None and day > since})[:limit]]


def gaps_of_rule_set(rule_set: RuleSet) -> Gaps:
    """Gaps in the procedures that the set affects, from its first day on and on the known days of change after it."""
    since = rule_set.effective_from
    if since is None:
        return Gaps()
    rows: list[Gap] = []
    ends = [change.valid_to + ONE_DAY for change in rule_set.changes.order_by("pk") if change.valid_to]
    for day in effective_days(since, extra=ends):
        before = rulebook(day)
        after = before_with(rule_set, before)
        subjects = subjects_on(day)
        rows += _gaps(after, dict(_named(affected(before, after, subjects.values()), subjects)), day)
    return Gaps(tuple(rows))


def before_with(rule_set: RuleSet, book: RuleBook) -> RuleBook:
    """The book of the day with the set applied."""
    return book.with_changes(changes_of(rule_set, book.on))


def gaps_of_version(version: ProcedureVersion, effective_from: date) -> Gaps:
    """Gaps of the procedure if this version were in force from that day on."""
    return Gaps(tuple(row for day in effective_days(effective_from) for row in gaps_on(version, day).rows))


def gaps_on(version: ProcedureVersion, day: date) -> Gaps:
    """Gaps of the procedure on that one day if this version were in force."""
    return Gaps(tuple(_gaps(rulebook(day), {version.procedure.code: asking(version)}, day)))


def gaps_in_units(on: date, codes: Collection[str]) -> Gaps:
    """Gaps of every procedure on the day in these units: communes, and all communes of provinces. Units that are no more have none."""
    communes = [each for each in communes_on(on) if each.place.commune_code in codes or each.place.province_code in codes]
    return Gaps(tuple(_gaps(rulebook(on), subjects_on(on), on, communes))) if communes else Gaps()


def _named(wanted: Sequence[Subject], subjects: dict[str, Subject]) -> Iterable[tuple[str, Subject]]:
    ids = {each.procedure_id for each in wanted}
    return ((code, subject) for code, subject in subjects.items() if subject.procedure_id in ids)


def _gaps(book: RuleBook, subjects: dict[str, Subject], day: date, communes: Sequence[Commune] | None = None) -> list[Gap]:
    if not subjects:
        return []
    directory = directory_snapshot(day, with_load=False)
    found = _heard(survey(book, list(subjects.values()), communes_on(day) if communes is None else communes, directory))
    return grouped(
        (each for each in found if each.verdict.outcome.is_gap), {each.procedure_id: code for code, each in subjects.items()}, day
    )


def _heard(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; the server hears from us on the way, because it ends a transaction that is silent for too long."""
    for number, finding in enumerate(findings, 1):
        if number % HEARTBEAT == 0:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        yield finding


def grouped(findings: Iterable[Finding], codes: dict[int, str], day: date) -> list[Gap]:
    """The findings by procedure, outcome and province, with every commune."""
    groups: dict[tuple[str, Outcome, str, str], list[Place]] = defaultdict(list)
    for each in findings:
        place = each.commune.place
        groups[codes[each.subject.procedure_id], each.verdict.outcome, place.province_code, each.commune.province_name].append(place)
    return [
        Gap(
            day, procedure, outcome, code, name,
            communes=tuple(place.name.split(", ")[0] for place in places), codes=tuple(place.commune_code for place in places),
        )
        for (procedure, outcome, code, name), places in sorted(groups.items())
    ]  # fmt: skip
