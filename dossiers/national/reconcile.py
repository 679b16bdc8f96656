"""The comparison with the national portal: day and province, then hour, then dossier; only what differs is read further.

Each side goes on working meanwhile. A suspicion is therefore asked about once more, by itself, between two readings of ours, and
what the portal may rightly show between the two is no difference.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog
from django.db import DatabaseError

from dossiers.models import ReconciliationRun, SyncDifference
from dossiers.national import reconcile_ours as ours_side
from dossiers.national.adapters import national_port
from dossiers.national.faults import NationalFault
from dossiers.national.port import Group, Mirrored, NationalPort
from dossiers.national.reconcile_fetch import fetch_extra, fetch_lost
from dossiers.national.reconcile_judge import Told, Verdict, judge
from dossiers.national.reconcile_record import Finding, end_dead_ones, finish, record, repair
from portal.core.clock import technical_now
from portal.core.longjobs import Progress, long_job
from portal.core.models import LongJob

log = structlog.get_logger()
Scope = ReconciliationRun.Scope
RECENT_DAYS, RECENT = 2, timedelta(hours=48)
CHUNK = 500
AT_ONCE = 5000
"""Suspicions looked at in one comparison. More than that is a catastrophe that several comparisons work off."""
Key = tuple[date | None, str]
JOBS = {Scope.RECENT.value: LongJob.Kind.RECONCILE_RECENT, Scope.ALL.value: LongJob.Kind.RECONCILE_ALL}


@dataclass(frozen=True, slots=True)
class _Suspects:
    """Codes on which the listings disagree, and what was left for the next comparison."""

    codes: set[str]
    groups_differing: int


def reconcile(scope: str, *, today: date, by: str = "") -> ReconciliationRun:
    """Both sides are compared, differences are open rows, and our steps for them are under way again. `fault` says why not.

    Talks to the portal between its transactions, so it must not be called inside one.
    """
    with long_job(JOBS[str(scope)], by=by) as job:
        run = _reconcile(scope, today, job)
        if run.fault:
            job.fault(run.fault)
    return run


def _reconcile(scope: str, today: date, job: Progress) -> ReconciliationRun:
    since, until = (today - timedelta(days=RECENT_DAYS - 1), today) if scope == Scope.RECENT else (None, None)
    end_dead_ones(scope, at=technical_now())
    run = ReconciliationRun.objects.create(scope=scope, since=since, until=until, started_at=technical_now())
    port = national_port()
    try:
        run.fetched, run.fetched_to = fetch_lost(port, is_all=scope == Scope.ALL)
        findings = _findings(run, port, job)
        opened = record(run, findings, at=technical_now())
        fetch_extra(port, opened, at=technical_now())
        run.resent = repair(findings, at=technical_now())
    except NationalFault as fault:
        run.fault = fault.reason[:300]
        log.warning("reconciliation_incomplete", reason=fault.reason)
    except BaseException as error:
        run.fault = type(error).__name__
        with suppress(DatabaseError):
            finish(run, at=technical_now())
        raise
    finish(run, at=technical_now())
    return run


def _findings(run: ReconciliationRun, port: NationalPort, job: Progress) -> list[Finding]:
    theirs = {(group.day, group.province): group for group in port.groups(since=run.since, until=run.until)}
    ours = {(group.day, group.province): group for group in ours_side.groups(run.since, run.until)}
    run.groups, run.ours, run.theirs = (
        len(theirs.keys() | ours.keys()),
        sum(group.count for group in ours.values()),
        sum(group.count for group in theirs.values()),
    )
    suspects = _suspects(port, ours, theirs, job)
    run.groups_differing = suspects.groups_differing
    if run.since and run.until:
        lately = ours_side.told_lately(technical_now() - RECENT, but_not=(run.since, run.until))
        run.rechecked = len(lately)
        suspects.codes.update(_unlike(port, lately))
    known = SyncDifference.objects.filter(closed_at__isnull=True).order_by("found_at", "pk").values_list("code", flat=True)
    codes = list(dict.fromkeys([*known[:AT_ONCE], *sorted(suspects.codes)]))[:AT_ONCE]
    return list(_confirmed(port, codes))


def _suspects(port: NationalPort, ours: dict[Key, Group], theirs: dict[Key, Group], job: Progress) -> _Suspects:
    codes: set[str] = set()
    groups = ours.keys() | theirs.keys()
    differing = [key for key in groups if ours.get(key) != theirs.get(key)]
    job.reached(len(groups) - len(differing), total=len(groups))
    for day, province in sorted(differing, key=lambda key: (key[0] or date.min, key[1])):
        if len(codes) >= AT_ONCE:
            break
        codes |= _suspects_of(port, Group(day, province, 0, ""))
        job.advanced(1)
    return _Suspects(codes, len(differing))


def _suspects_of(port: NationalPort, group: Group) -> set[str]:
    """Codes of the group on which the listings of the differing hours disagree, once ours were read again afterwards."""
    ours = ours_side.hours(group.day, group.province) if group.day else {}
    theirs = port.hours(group)
    found: set[str] = set()
    for hour in sorted(hour for hour in ours.keys() | theirs.keys() if ours.get(hour) != theirs.get(hour)):
        before = {each.code: each for each in ours_side.members(group.day, group.province, hour)} if group.day else {}
        there = {each.code: each for each in port.members(group, hour)}
        unlike = [code for code in before.keys() | there.keys() if before.get(code) != there.get(code)]
        after = ours_side.told(unlike)
        found |= {code for code in unlike if _verdict(code, before.get(code), there.get(code), after).is_difference}
    return found


def _unlike(port: NationalPort, codes: Sequence[str]) -> Iterator[str]:
    """Those of the codes whose dossier the portal shows otherwise than we told it: of whatever day, because a step of theirs is fresh."""
    for start in range(0, len(codes), CHUNK):
        some = codes[start : start + CHUNK]
        yield from (each.code for each in _confirmed(port, some) if each.verdict.is_difference)


def _verdict(code: str, before: Mirrored | None, there: Mirrored | None, after: dict[str, Told]) -> Verdict:
    ours = after.get(code)
    steps = ours.before if ours else 0
    there = replace(there, seq=max(there.seq - steps, 0)) if there else None
    return judge(before.seq - steps if before else 0, there, ours)


def _confirmed(port: NationalPort, codes: Collection[str]) -> Iterable[Finding]:
    """Each code by itself: ours, theirs, ours again; in our count of steps, where ours is here."""
    before = ours_side.told(codes)
    theirs = port.statuses(list(codes))
    after = ours_side.told(codes)
    for code in codes:
        there, known, ours = theirs.get(code), before.get(code), after.get(code)
        if there and ours:
            there = replace(there, seq=max(there.seq - ours.before, 0))
        yield Finding(code, judge(known.acknowledged if known else 0, there, ours), there, ours)


def latest(scope: str | None = None, *, before: datetime | None = None, is_whole: bool = False) -> ReconciliationRun | None:
    """The last comparison, of one kind or of any, that began before the moment; with `is_whole` the last one without a fault."""
    rows = ReconciliationRun.objects.filter(finished_at__isnull=False)
    if is_whole:
        rows = rows.filter(fault="")
    if scope:
        rows = rows.filter(scope=scope)
    if before:
        rows = rows.filter(started_at__lt=before)
    return rows.order_by("-started_at", "-pk").first()
