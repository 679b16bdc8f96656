"""Long checks of the registry: asked for in a row, claimed by a worker, kept with their result."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import Conflict
from procedures.models import CompletenessReport, RegistryRun, RuleSet, RunDossier, RunPlace

LEASE = timedelta(minutes=15)
MOST_ATTEMPTS = 3
MOST_DOSSIERS = 10_000
BATCH = 2_000
State, Kind = RegistryRun.State, RegistryRun.Kind


def fingerprint(rule_set: RuleSet) -> str:
    """What the set holds, as a mark: another one as soon as a change, its day or a rule of it is another."""
    changes = list(rule_set.changes.order_by("pk").values())
    text = json.dumps([rule_set.effective_from, changes], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def ask_dry_run(rule_set: RuleSet, *, dossiers: int, on: date, actor: User, at: datetime) -> RegistryRun:
    """A dry run of the set waits for a worker; older results of the set are gone. Raises Conflict while one is under way."""
    run = RegistryRun(
        kind=Kind.DRY_RUN,
        rule_set=rule_set,
        on=rule_set.effective_from or on,
        dossiers=max(0, min(dossiers, MOST_DOSSIERS)),
        requested_by=actor,
        requested_at=at,
    )
    kept = _asked(run)
    RegistryRun.objects.filter(kind=Kind.DRY_RUN, rule_set=rule_set, pk__lt=kept.pk).delete()
    return kept


@transaction.atomic
def ask_completeness(*, on: date, actor: User | None, at: datetime) -> RegistryRun:
    """A completeness check of the day waits for a worker. Raises Conflict while one is under way."""
    return _asked(RegistryRun(kind=Kind.COMPLETENESS, on=on, requested_by=actor, requested_at=at))


def _asked(run: RegistryRun) -> RegistryRun:
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        raise Conflict(_("This check is already running.")) from None
    return run


def claim(*, now: datetime) -> RegistryRun | None:
    """The oldest run that waits, or whose worker was lost, is ours for the time of the lease. None if there is none."""
    with transaction.atomic():
        due = Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lt=now)
        run = RegistryRun.objects.select_for_update(skip_locked=True, of=("self",)).filter(due).order_by("pk").first()
        if run is None:
            return None
        run.state, run.started_at, run.lease_until = State.RUNNING, now, now + LEASE
        run.attempt, run.done_steps = run.attempt + 1, 0
        if run.rule_set is not None:
            run.fingerprint = fingerprint(run.rule_set)
        if run.attempt > MOST_ATTEMPTS:
            run.state, run.finished_at, run.error = State.FAILED, now, _("The check was interrupted several times.")
        run.save()
    return run


def step(run: RegistryRun, *, done: int, of: int) -> bool:
    """The page shows how far the run is. False if it is no longer ours."""
    return bool(_ours(run).update(done_steps=done, all_steps=of))


@transaction.atomic
def finish(
    run: RegistryRun,
    *,
    result: dict[str, Any],
    places: Iterable[RunPlace] = (),
    dossiers: Iterable[RunDossier] = (),
    report: CompletenessReport | None = None,
    now: datetime,
) -> bool:
    """The run is done and its result can be read, all of it or nothing. False if another worker has taken it over."""
    if not _ours(run).update(state=State.DONE, finished_at=now, lease_until=None, result=result, report=report, done_steps=F("all_steps")):
        return False
    RunPlace.objects.bulk_create(places, batch_size=BATCH)
    RunDossier.objects.bulk_create(dossiers, batch_size=BATCH)
    return True


def fail(run: RegistryRun, *, error: str, now: datetime) -> None:
    """The run has ended without a result; the page says why."""
    _ours(run).update(state=State.FAILED, finished_at=now, lease_until=None, error=error[:300])


def _ours(run: RegistryRun) -> Any:
    return RegistryRun.objects.filter(pk=run.pk, state=State.RUNNING, attempt=run.attempt)
