"""Long jobs, whoever keeps their count: runs that note how far they are, runs with a page of their own, and what people sent again.

The same number of queries however many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dossiers.models import ReroutingRun
from portal.core.longjobs import STUCK_AFTER
from portal.core.models import LongJob
from portal.outbox.models import OutboxReplay
from portal.outbox.queries import settled_of
from portal.site.operations.rows import many, stamp
from procedures.models import RegistryRun

EACH, SHOWN = 10, 12
"""How many of each sort are read, and how many are shown: those under way first."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A long job with its bar. `total` 0: nobody knew beforehand; then there is a count and no bar."""

    title: str
    started: str
    done: int
    total: int
    counts: str
    state: str
    kind: str
    icon: str
    note: str


@dataclass(frozen=True, slots=True)
class _Job:
    """What all sorts have in common. `alive_at` is the last sign of life, where one is kept."""

    title: str
    by: str
    started_at: datetime
    done: int
    total: int
    state: str
    is_open: bool
    is_bad: bool = False
    alive_at: datetime | None = None
    note: str = ""


def job_rows(*, now: datetime) -> list[JobRow]:
    """Those under way, then the newest. Five queries."""
    found = [*_noted(), *_reroutings(), *_registry_runs(), *_replays()]
    found.sort(key=lambda job: (job.is_open, job.started_at), reverse=True)
    return [_row(job, now) for job in found[:SHOWN]]


def _noted() -> Iterator[_Job]:
    for job in LongJob.objects.order_by("-started_at", "-pk")[:EACH]:
        state = LongJob.State(job.state)
        yield _Job(
            title=f"{LongJob.Kind(job.kind).label}: {job.about}" if job.about else str(LongJob.Kind(job.kind).label),
            by=job.started_by,
            started_at=job.started_at,
            done=job.done,
            total=job.total,
            state=str(state.label),
            is_open=state is LongJob.State.RUNNING,
            is_bad=state in (LongJob.State.FAILED, LongJob.State.LOST),
            alive_at=job.heartbeat_at,
            note=job.error,
        )


def _reroutings() -> Iterator[_Job]:
    for run in ReroutingRun.objects.select_related("started_by").order_by("-started_at", "-pk")[:EACH]:
        yield _Job(
            title=_("Decide the agency again: %(reason)s") % {"reason": run.reason},
            by=run.started_by.full_name,
            started_at=run.started_at,
            done=run.done,
            total=run.total,
            state=str(ReroutingRun.State(run.state).label),
            is_open=run.state != ReroutingRun.State.DONE,
        )


def _registry_runs() -> Iterator[_Job]:
    for run in RegistryRun.objects.select_related("requested_by").defer("result").order_by("-requested_at", "-pk")[:EACH]:
        state = RegistryRun.State(run.state)
        yield _Job(
            title=_("Rules of competence: %(kind)s") % {"kind": RegistryRun.Kind(run.kind).label},
            by=run.requested_by.full_name if run.requested_by else "",
            started_at=run.requested_at,
            done=run.done_steps,
            total=run.all_steps,
            state=str(state.label),
            is_open=state in (RegistryRun.State.WAITING, RegistryRun.State.RUNNING),
            is_bad=state is RegistryRun.State.FAILED,
            note=run.error,
        )


def _replays() -> Iterator[_Job]:
    """What people sent again by the range: under way until every message is acknowledged, closed or parked anew."""
    sent = OutboxReplay.objects.filter(act__in=(OutboxReplay.Act.REPLAY, OutboxReplay.Act.RESEND), count__gt=1)
    acts = list(sent.select_related("by").order_by("-pk")[:EACH])
    settled = settled_of([int(each["id"]) for act in acts for each in act.messages])
    for act in acts:
        ids = [int(each["id"]) for each in act.messages]
        done, parked = sum(settled.get(pk) == "done" for pk in ids), sum(settled.get(pk) == "parked" for pk in ids)
        is_open = done + parked < len(ids)
        yield _Job(
            title=f"{OutboxReplay.Act(act.act).label}: {act.about}",
            by=act.by.full_name,
            started_at=act.at,
            done=done,
            total=len(ids),
            state=str((LongJob.State.RUNNING if is_open else LongJob.State.DONE).label),
            is_open=is_open,
            is_bad=parked > 0,
            note=_("%(count)d wait for a person again") % {"count": parked} if parked else "",
        )


def _row(job: _Job, now: datetime) -> JobRow:
    is_stuck = job.is_open and job.alive_at is not None and now - job.alive_at > STUCK_AFTER
    kind, icon = _look(job, is_stuck=is_stuck)
    who = job.by or _("the system")
    return JobRow(
        title=job.title,
        started=_("Started at %(at)s by %(who)s") % {"at": stamp(job.started_at), "who": who},
        done=job.done,
        total=max(job.total, job.done) if job.total else 0,
        counts=_("%(done)s of %(total)s") % {"done": many(job.done), "total": many(job.total)} if job.total else many(job.done),
        state=_("Stuck: no sign of life since %(at)s") % {"at": stamp(job.alive_at)} if is_stuck else job.state,
        kind=kind,
        icon=icon,
        note=job.note,
    )


def _look(job: _Job, *, is_stuck: bool) -> tuple[str, str]:
    if is_stuck or job.is_bad:
        return "bad", "circle-alert"
    return ("action", "clock") if job.is_open else ("ok", "circle-check")
