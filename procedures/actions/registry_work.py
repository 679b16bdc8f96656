"""What a worker does for a run: a dry run of a set, or a completeness check, told step by step."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from time import monotonic

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.outbox.alerts import end_alerts, raise_alert
from portal.outbox.models import OperatorAlert
from procedures.actions.completeness import keep_report
from procedures.actions.registry_runs import finish, step
from procedures.competence import AgencyRef
from procedures.competence_check import Outcome, Verdict
from procedures.models import CompletenessReport, Procedure, RegistryRun, RunDossier, RunPlace
from procedures.queries.completeness import Completeness, Scope, check, unstaffed
from procedures.queries.directory import directory_snapshot
from procedures.queries.dryrun import DryRun, days_of, dry_run
from procedures.queries.gaps import communes_on, effective_days
from procedures.queries.recent import recent_dossiers
from procedures.queries.rulebook import rulebook, subjects_on
from procedures.reasons import reason_text

MOST_STORED = 100_000
"""Changed places of one day of a dry run that are kept, gaps first; the page says so where there are more."""

AT_ONCE = 4
ABOUT = "competence"
MAX_TEXT = 500
Clock = Callable[[], datetime]


class NothingToRun(ValueError):
    """A dry run without a set: a defect."""


def do_run(run: RegistryRun, *, now: Clock) -> None:
    """The run is finished with its result, in Vietnamese, as the registry is."""
    with translation.override("vi"):
        if run.kind == RegistryRun.Kind.DRY_RUN:
            _dry_run(run, now)
        else:
            _completeness(run, now)


def _dry_run(run: RegistryRun, now: Clock) -> None:
    if run.rule_set is None:
        raise NothingToRun(run.pk)
    days = days_of(run.rule_set, run.on)
    asked = recent_dossiers(run.dossiers)
    found: list[DryRun] = []
    for number, day in enumerate(days):
        step(run, done=number, of=len(days))
        found.append(dry_run(run.rule_set, dossiers=asked, day=day))
    result = _summary(found[0]) | {"days": [_summary(each) for each in found]}
    places = [place for each in found for place in _places(run, each)]
    finish(run, result=result, places=places, dossiers=_dossiers(run, found[0]), now=now())


def _summary(found: DryRun) -> dict[str, object]:
    return {
        "on": found.on.isoformat(),
        "procedures": list(found.procedures),
        "dossiers_checked": found.dossiers_checked,
        "dossiers_moved": len(found.dossiers),
        "pairs_checked": found.pairs_checked,
        "pairs_changed": len(found.communes),
        "pairs_listed": min(len(found.communes), MOST_STORED),
        "communes_changed": len({each.commune_code for each in found.communes}),
        "holes": sum(each.holes for each in found.provinces),
        "ambiguous": sum(each.ambiguous for each in found.provinces),
        "provinces": [asdict(each) for each in found.provinces],
    }


def _places(run: RegistryRun, found: DryRun) -> list[RunPlace]:
    ids = dict(Procedure.objects.filter(code__in=found.procedures).order_by("pk").values_list("code", "pk"))
    ordered = sorted(found.communes, key=lambda each: (not each.new.outcome.is_gap, each.province_code, each.procedure, each.commune_code))
    return [
        RunPlace(
            run=run,
            on=found.on,
            procedure_id=ids[each.procedure],
            commune_code=each.commune_code,
            commune_name=each.commune_name,
            province_code=each.province_code,
            old_outcome=each.old.outcome.value,
            old_agency=_agencies(each.old),
            new_outcome=each.new.outcome.value,
            new_agency=_agencies(each.new),
        )
        for each in ordered[:MOST_STORED]
    ]


def _dossiers(run: RegistryRun, found: DryRun) -> list[RunDossier]:
    return [
        RunDossier(
            run=run,
            code=each.reference,
            procedure_code=each.procedure,
            old_agency=_agencies(each.old),
            new_agency=_agencies(each.new),
            why=(reason_text(each.new.reason) if each.new.reason else "")[:MAX_TEXT],
        )
        for each in found.dossiers
    ]


def _agencies(verdict: Verdict) -> str:
    if verdict.outcome in (Outcome.HOLE, Outcome.NOT_ASKED):
        return reason_text(verdict.reason)[:MAX_TEXT] if verdict.reason else ""
    names = [each.name for each in verdict.agencies]
    shown = "; ".join(names[:3])
    return (shown if len(names) <= 3 else _("%(names)s and %(more)s more") % {"names": shown, "more": len(names) - 3})[:MAX_TEXT]


def _completeness(run: RegistryRun, now: Clock) -> None:
    days = effective_days(run.on)[:2]
    reports: list[CompletenessReport] = []
    for number, day in enumerate(days):
        began = monotonic()
        found = _checked(run, day, done=number, of=len(days))
        reports.append(keep_report(found, scope=Scope(), took=timedelta(seconds=monotonic() - began), at=now()))
    result = {"reports": [report.pk for report in reports], "days": [day.isoformat() for day in days]}
    with transaction.atomic():
        if finish(run, result=result, report=reports[0], now=now()):
            tell_gaps(reports, at=now())


def tell_gaps(reports: Sequence[CompletenessReport], *, at: datetime) -> None:
    """Those who run the portal know of places without one answer; once there are none the alert has ended. `at` is technical time."""
    broken = [report for report in reports if report.gaps]
    if not broken:
        end_alerts(OperatorAlert.Kind.COMPETENCE, about=ABOUT, at=at)
        return
    counts = ", ".join(f"{report.on:%d/%m/%Y}: {report.gaps}" for report in broken)
    text = _("Pairs of procedure and commune without exactly one competent agency or lawful choice: %(counts)s.") % {"counts": counts}
    raise_alert(OperatorAlert.Kind.COMPETENCE, about=ABOUT, text=text, at=at)


def _checked(run: RegistryRun, day: date, *, done: int, of: int) -> Completeness:
    """The check of one day, a few procedures at a time so that the page shows how far it is."""
    subjects, book = subjects_on(day), rulebook(day)
    directory, communes = directory_snapshot(day, with_load=False), communes_on(day)
    whole, competent = Completeness(day, len(subjects), len(communes), Counter()), dict[int, AgencyRef]()
    for codes in _slices(list(subjects)):
        part, agencies = check(book, {code: subjects[code] for code in codes}, communes, directory)
        whole.outcomes += part.outcomes
        whole.gaps += part.gaps
        competent |= agencies
        decided = list(subjects).index(codes[-1]) + 1
        step(run, done=done * len(subjects) + decided, of=of * len(subjects))
    whole.unstaffed = unstaffed(competent, day)
    return whole


def _slices(codes: Sequence[str]) -> list[Sequence[str]]:
    return [codes[start : start + AT_ONCE] for start in range(0, len(codes), AT_ONCE)]
