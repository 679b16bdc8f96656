"""The public page: which share of all dossiers the national portal has, day by day, and how old the oldest open one is."""

from datetime import datetime

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from dossiers.models import CompletenessCertificate, SyncDifference
from portal.accounts.access import public
from portal.core.clock import technical_now
from portal.core.htmx import render_page
from portal.outbox.models import OutboxMessage
from portal.site.completeness.rows import chart_of, content_of, day_rows, shown_share
from portal.site.operations.rows import LATE, length, many

DAYS = 30


@public
@require_GET
def completeness(request: HttpRequest) -> HttpResponse:
    """Read from the signed certificates; four queries, whatever the number of dossiers."""
    certificates = list(CompletenessCertificate.objects.order_by("-day")[:DAYS])
    last = certificates[0] if certificates else None
    said = content_of(last) if last else {}
    oldest = oldest_open()
    age = technical_now() - oldest if oldest else None
    context = {
        "last": last,
        "said": said,
        "share": shown_share(said["share"]["per_cent"]) if last else "–",
        "accepted": many(said["share"]["accepted"]) if last else "–",
        "whole": many(said["share"]["of"]) if last else "–",
        "oldest": length(age) if age else "",
        "is_late": age is not None and age > LATE,
        "rows": day_rows(certificates),
        "chart": chart_of(certificates),
    }
    return render_page(request, "completeness/public.html", context)


def oldest_open() -> datetime | None:
    """Since when the oldest open difference, or the oldest step that the portal has not acknowledged, has been waiting."""
    steps = OutboxMessage.objects.filter(stream=OutboxMessage.Stream.NATIONAL, done_at__isnull=True)
    found = (
        SyncDifference.objects.filter(closed_at__isnull=True).aggregate(first=Min("found_at"))["first"],
        steps.filter(parked_at__isnull=True).aggregate(first=Min("created_at"))["first"],
        steps.filter(parked_at__isnull=False).aggregate(first=Min("created_at"))["first"],
    )
    return min((each for each in found if each), default=None)
