"""Periodic work that looks at everything."""

import structlog
from celery import shared_task
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.core.clock import business_today, technical_now
from portal.core.longjobs import long_job
from portal.core.models import LongJob
from portal.core.statements import KeyMissing
from portal.outbox.alerts import end_alerts, raise_alert
from portal.outbox.models import OperatorAlert
from portal.site.completeness.certify import certify, days_to_certify

log = structlog.get_logger()
ABOUT = "certificate"


@shared_task(name="site.certify_days", ignore_result=True, acks_late=False, soft_time_limit=900, time_limit=1000)
def certify_days(**ignored: object) -> list[str]:
    """Every ended day since the last certificate has its own; operators know when no key is there. Idempotent; the days certified now.

    Runs every hour, so that a night without this machine costs no day its certificate.
    """
    today, at, made = business_today(), technical_now(), list[str]()
    days = days_to_certify(today=today)
    try:
        if days:
            with long_job(LongJob.Kind.CERTIFY, total=len(days)) as job:
                for day in days:
                    made.append(certify(day, today=today, at=at).day.isoformat())
                    job.reached(len(made))
    except KeyMissing as error:
        log.warning("not_certified", reason=str(error))
        with override("vi"):
            text = _("No certificate of completeness could be signed: %(why)s") % {"why": error}
        raise_alert(OperatorAlert.Kind.DIFFERENCE, about=ABOUT, text=text, at=at)
        return made
    end_alerts(OperatorAlert.Kind.DIFFERENCE, about=ABOUT, at=at)
    return made
