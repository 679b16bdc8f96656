"""Periodic work of the case."""

from datetime import timedelta

from celery import shared_task

from dossiers.actions.alerts import raise_alerts
from dossiers.actions.clear_drafts import clear_drafts
from dossiers.actions.digest import send_digests
from dossiers.actions.editing import clear_desk_drafts
from dossiers.actions.expire import expire_supplements
from dossiers.actions.inherit import hand_on_due
from dossiers.actions.recount import recount_some
from dossiers.actions.watch_reminders import tell_of_late_answers
from dossiers.actions.watch_staffing import watch_staffing
from dossiers.models import ReconciliationRun
from dossiers.national.catalogue import sync_catalogue
from dossiers.national.reconcile import latest, reconcile
from portal.accounts.reorganising import carry_late_posts
from portal.core.clock import business_now, business_today, technical_now
from portal.core.jobs import is_first

ONE_NIGHT = timedelta(hours=6)
"""The hours in which the comparison of everything is tried, see `celeryconf`."""


@shared_task(name="dossiers.forget_expired_drafts", ignore_result=True)
def forget_expired_drafts(**ignored: object) -> int:
    """Drafts that expired a month ago are gone with their files, and what officers left for 90 days. Idempotent; once a day."""
    if not is_first("dossiers.forget_expired_drafts", every=timedelta(days=1), at=technical_now()):
        return 0
    return clear_drafts(at=business_now()) + clear_desk_drafts(at=business_now())


@shared_task(name="dossiers.expire_supplements", ignore_result=True)
def expire_unanswered_supplements(**ignored: object) -> int:
    """Requests for papers whose last day has passed are closed with their document. Idempotent."""
    return expire_supplements(at=business_now())


@shared_task(name="dossiers.alert", ignore_result=True)
def alert(**ignored: object) -> int:
    """Holders, leaders and supervisors know what is due soon, overdue, stuck, waiting or not taken. Idempotent: one alert per occasion."""
    now = business_now()
    return raise_alerts(at=now) + send_digests(at=now)


@shared_task(name="dossiers.recount", ignore_result=True)
def recount(**ignored: object) -> int:
    """The next dossiers under an applied change of the calendar have their dates counted again. Idempotent."""
    return recount_some(at=business_now())


@shared_task(name="dossiers.hand_on", ignore_result=True)
def hand_on(**ignored: object) -> int:
    """From midnight of a reorganisation the successors have posts and open dossiers of those that ended. Idempotent."""
    carry_late_posts(at=business_now(), today=business_today())
    return hand_on_due(at=business_now()).moved


@shared_task(name="dossiers.watch_staffing", ignore_result=True)
def watch_people(**ignored: object) -> int:
    """Dossiers whose agency lost its people wait for a supervisor, those whose agency has some again are back. Idempotent."""
    found = watch_staffing(at=business_now())
    return found.left + found.back


@shared_task(name="dossiers.watch_reminders", ignore_result=True)
def watch_reminders(**ignored: object) -> int:
    """Supervisors are told of reminders that nobody answered in time; how many messages that were. Idempotent."""
    return tell_of_late_answers(at=business_now())


@shared_task(name="dossiers.sync_catalogue", ignore_result=True)
def bring_catalogue(**ignored: object) -> bool:
    """What changed in the national catalogue is here as drafts; whether all of it is. Idempotent; once an hour."""
    if not is_first("dossiers.sync_catalogue", every=timedelta(hours=1), at=technical_now()):
        return True
    return sync_catalogue(at=technical_now()).is_well


@shared_task(name="dossiers.reconcile_recent", ignore_result=True, acks_late=False, soft_time_limit=1500, time_limit=1600)
def reconcile_recent(**ignored: object) -> int:
    """What was filed or acknowledged in the last two days is compared with the national portal; how many are open. Once an hour."""
    if not is_first("dossiers.reconcile_recent", every=timedelta(hours=1), at=technical_now()):
        return 0
    return reconcile(ReconciliationRun.Scope.RECENT, today=business_today()).still_open


@shared_task(name="dossiers.reconcile_all", ignore_result=True, acks_late=False, soft_time_limit=3000, time_limit=3100)
def reconcile_all(**ignored: object) -> int:
    """Everything is compared with the national portal; how many differences are open. Once a night; hourly until one is finished."""
    now = technical_now()
    whole = latest(ReconciliationRun.Scope.ALL, is_whole=True)
    if (whole and whole.started_at > now - ONE_NIGHT) or not is_first("dossiers.reconcile_all", every=timedelta(hours=1), at=now):
        return 0
    return reconcile(ReconciliationRun.Scope.ALL, today=business_today()).still_open
