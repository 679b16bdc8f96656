"""What a comparison found, as rows; the repair by our own steps, as recorded acts; the end of a difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.models import ReconciliationRun, SyncDifference
from dossiers.national.inbound import account
from dossiers.national.port import Mirrored
from dossiers.national.reconcile_judge import Told, Verdict, steps_to_repeat
from portal.accounts.models import User
from portal.core.errors import DomainError
from portal.outbox.alerts import end_alerts, raise_alert
from portal.outbox.models import OperatorAlert, OutboxReplay
from portal.outbox.replays import By, NothingThere, resend

STREAM, ABOUT = "national", "national.reconciliation"
MOST_REPAIRS = {Verdict.MISSING: 3, Verdict.STALE: 3, Verdict.ALTERED: 1}
"""After so many repetitions in vain a person must look; an altered one answers a repetition with "duplicate"."""
LONGEST = timedelta(seconds=3100)
"""The hard time limit of the longer comparison."""
Kind, Ending = SyncDifference.Kind, SyncDifference.Ending


class NotRepairable(DomainError):
    """Our steps cannot mend it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one code with what both sides show."""

    code: str
    verdict: Verdict
    theirs: Mirrored | None
    ours: Told | None


@transaction.atomic
def record(run: ReconciliationRun, findings: Sequence[Finding], *, at: datetime) -> list[SyncDifference]:
    """Differences are open rows with both values, equal ones are closed. Returns the open ones among the findings."""
    _one_at_a_time()
    codes = [each.code for each in findings]
    known = {row.code: row for row in SyncDifference.objects.filter(code__in=codes, closed_at__isnull=True)}
    received = set(
        SyncDifference.objects.filter(code__in=codes, kind=Kind.EXTRA, inbound__dossier__isnull=False).values_list("code", flat=True)
    )
    opened = []
    for each in findings:
        row = known.get(each.code)
        is_here = row is not None and row.kind == Kind.EXTRA and each.ours is not None and not each.verdict.is_difference
        if is_here or (each.verdict is Verdict.EXTRA and each.code in received):
            _close(run, row, Ending.RECEIVED, at)
        elif each.verdict is Verdict.EQUAL:
            _close(run, row, Ending.EQUAL, at)
        elif each.verdict.is_difference:
            opened.append(_open(run, row, each, at))
    return opened


def _open(run: ReconciliationRun, row: SyncDifference | None, each: Finding, at: datetime) -> SyncDifference:
    if row is None:
        row = SyncDifference(code=each.code, run=run, found_at=at)
        run.found += 1
    row.kind = Kind(each.verdict.value)
    row.seen_at = at
    row.ours_seq, row.ours_status = each.ours.last if each.ours else (0, 0)
    row.theirs_seq, row.theirs_status = (each.theirs.seq, each.theirs.status) if each.theirs else (0, 0)
    if each.ours:
        row.dossier_id, row.day, row.province = each.ours.dossier_id, each.ours.day, each.ours.province
    if row.repairs >= MOST_REPAIRS.get(each.verdict, 1) or (each.ours and _span(each) is None):
        row.needs_person = True
    row.save()
    return row


def _close(run: ReconciliationRun, row: SyncDifference | None, ending: str, at: datetime) -> None:
    if row is None:
        return
    row.closed_at, row.ending, row.needs_person = at, ending, False
    row.save(update_fields=["closed_at", "ending", "needs_person"])
    run.closed += 1


def repair(findings: Sequence[Finding], *, at: datetime) -> int:
    """Our steps for each repairable difference are under way again, in the name of the service account. Returns how many."""
    wanted = {each.code: each for each in findings if each.verdict.is_difference and _span(each)}
    rows = SyncDifference.objects.filter(code__in=wanted, closed_at__isnull=True, needs_person=False)
    by = By(account(), at, "Reconciliation: the national portal shows something else")
    return sum(_repeated(row, wanted[row.code], by) for row in rows.order_by("pk"))


@transaction.atomic
def _repeated(row: SyncDifference, each: Finding, by: By) -> bool:
    span = _span(each)
    if span is None or each.ours is None:
        return False
    try:
        resend(STREAM, subject_id=each.ours.dossier_id, first=span[0], last=span[1], by=by)
    except NothingThere:
        return False  # they are under way already
    row.repairs, row.repaired_at = row.repairs + 1, by.at
    row.save(update_fields=["repairs", "repaired_at"])
    return True


@transaction.atomic
def repair_by_hand(row: SyncDifference, *, user: User, at: datetime, reason: str) -> OutboxReplay:
    """A person sends our steps for the difference again. Raises NotRepairable, NoReason, NothingThere."""
    row = SyncDifference.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.closed_at or row.dossier_id is None or not row.ours_seq:
        raise NotRepairable(_("There is nothing of ours to send again for this difference."))
    first = {Kind.MISSING: 1, Kind.STALE: row.theirs_seq + 1}.get(Kind(row.kind), row.ours_seq)
    act = resend(STREAM, subject_id=row.dossier_id, first=first, last=row.ours_seq, by=By(user, at, reason))
    row.repairs, row.repaired_at, row.needs_person = row.repairs + 1, at, False
    row.save(update_fields=["repairs", "repaired_at", "needs_person"])
    return act


def _span(each: Finding) -> tuple[int, int] | None:
    return steps_to_repeat(each.verdict, each.theirs.seq if each.theirs else 0, each.ours) if each.ours else None


@transaction.atomic
def finish(run: ReconciliationRun, *, at: datetime) -> None:
    """The comparison is over; while differences are open, or none of its kind could be finished since, operators have been told."""
    run.finished_at = at
    run.still_open = SyncDifference.objects.filter(closed_at__isnull=True).count()
    run.save()
    if run.still_open:
        with translation.override("vi"):
            counts = {"open": run.still_open, "new": run.found}
            text = _("%(open)d differences with the national portal are open, %(new)d of them new.") % counts
        raise_alert(OperatorAlert.Kind.DIFFERENCE, about=ABOUT, text=text, at=at)
    elif not run.fault:
        end_alerts(OperatorAlert.Kind.DIFFERENCE, about=ABOUT, at=at)
    if run.fault:
        with translation.override("vi"):
            text = _("A comparison with the national portal could not be finished: %(fault)s") % {"fault": run.fault}
        raise_alert(OperatorAlert.Kind.DIFFERENCE, about=f"{ABOUT}.{run.scope}", text=text, at=at)
    else:
        end_alerts(OperatorAlert.Kind.DIFFERENCE, about=f"{ABOUT}.{run.scope}", at=at)


def end_dead_ones(scope: str, *, at: datetime) -> None:
    """Comparisons of the kind whose worker died are over, with a fault that operators are told."""
    for run in ReconciliationRun.objects.filter(scope=scope, finished_at__isnull=True, started_at__lt=at - LONGEST).order_by("pk"):
        run.fault = "its worker died"
        finish(run, at=at)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('national.reconciliation', 0))")
