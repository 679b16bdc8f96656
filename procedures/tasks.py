"""Work of the registry that takes longer than a page may."""

from datetime import timedelta

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from portal.core.celeryconf import DOCUMENTS
from portal.core.clock import business_today, technical_now
from portal.core.errors import Conflict
from portal.core.jobs import is_first
from procedures.actions.registry_runs import ask_completeness, claim, fail
from procedures.actions.registry_work import do_run
from procedures.models import RegistryRun

log = structlog.get_logger()
SOFT_LIMIT, HARD_LIMIT = 780, 840
"""Seconds; both below the lease of a run, so that a task that hangs is over before another worker takes its run."""
SWEEP_EVERY = timedelta(seconds=20)


@shared_task(name="procedures.registry_runs", ignore_result=True, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def registry_runs(**ignored: object) -> int:
    """Runs that wait are done, one after the other. Idempotent: a second delivery finds nothing to claim. Returns how many."""
    done = 0
    while (run := claim(now=technical_now())) is not None:
        if run.state == RegistryRun.State.RUNNING:
            _attempt(run)
        done += 1
    return done


def _attempt(run: RegistryRun) -> None:
    try:
        do_run(run, now=technical_now)
    except SoftTimeLimitExceeded:
        fail(run, error=_("The check took too long. Ask for fewer dossiers, or split the set."), now=technical_now())
    except (DatabaseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("registry_run_failed", run=run.pk, kind=run.kind, error=type(error).__name__)
        fail(run, error=_("The check failed. Those who run the portal find the cause in its log."), now=technical_now())


def wake() -> None:
    """A worker will look for waiting runs. If the broker is away the sweep asks again."""
    try:
        registry_runs.apply_async(queue=DOCUMENTS, retry=False)
    except (OSError, BrokerError) as error:
        log.warning("broker_away", error=type(error).__name__)


@shared_task(name="procedures.check_completeness", ignore_result=True)
def check_completeness(**ignored: object) -> None:
    """The completeness of today and of the next day of change is being checked. Once a night, however many beats."""
    now = technical_now()
    if not is_first("procedures.check_completeness", every=timedelta(hours=20), at=now):
        return
    try:
        ask_completeness(on=business_today(), actor=None, at=now)
    except Conflict:
        log.info("completeness_already_asked")
    wake()


@shared_task(name="procedures.sweep_registry_runs", ignore_result=True)
def sweep_registry_runs(**ignored: object) -> None:
    """Runs that nobody was woken for, or whose worker was lost, have a worker. Once per 20 s, however many beats."""
    now = technical_now()
    if (
        is_first("procedures.sweep_registry_runs", every=SWEEP_EVERY, at=now)
        and RegistryRun.objects.filter(state__in=(RegistryRun.State.WAITING, RegistryRun.State.RUNNING))
        .exclude(lease_until__gte=now)
        .exists()
    ):
        wake()
