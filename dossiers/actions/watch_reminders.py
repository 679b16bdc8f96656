"""Reminders that no agency answered in time go to its supervisors: once per agency and day."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.reminders import late
from portal.agencies.models import Agency
from portal.core.clock import technical_now
from portal.core.workcalendar import local
from portal.notifications.staff import supervisors_of, tell_staff


def tell_of_late_answers(*, at: datetime) -> int:
    """Supervisors of agencies with unanswered reminders past their time are told; how many messages that were. Idempotent."""
    counts = dict(late(at).order_by().values_list("agency_id").annotate(count=Count("pk")))
    agencies = Agency.objects.filter(pk__in=counts).select_related("province").order_by("pk")
    return sum(_tell(agency, counts[agency.pk], at) for agency in agencies)


@transaction.atomic
def _tell(agency: Agency, count: int, at: datetime) -> int:
    on = local(at).date()
    with translation.override("vi"):
        text = _("%(agency)s has not answered reminders in time: %(count)d, see %(link)s") % {
            "agency": agency.name,
            "count": count,
            "link": f"{settings.BASE_URL}/giam-sat/?loc=nhac-qua-han",
        }
    return tell_staff("urged", key=f"urged:{agency.pk}:{on:%y%m%d}", text=text, to=supervisors_of(agency, on), at=technical_now())
