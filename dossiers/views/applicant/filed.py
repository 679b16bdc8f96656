"""The page after filing: code, second secret, what happens next."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers.codes import format_secret
from dossiers.matterrows import matter_of
from dossiers.models import FeeLine
from dossiers.queries import found_or_404, own
from dossiers.secrets import secret_for
from dossiers.views.applicant.picture import fee_picture, qr_of
from portal.accounts.access import citizens, identity
from portal.core.htmx import render_page
from portal.core.workcalendar import local


@citizens
@require_safe
def filed(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt of an online filing, as often as it is opened."""
    dossier = found_or_404(own(identity(request)), code)
    if (matter := matter_of(dossier)) is not None:
        return redirect(f"{reverse('dossiers:my_matter', args=[matter.code])}?moi=1")
    link = f"{settings.BASE_URL}/tra-cuu/?ma={dossier.code}"
    slips = dossier.documents.filter(kind__in=["acknowledgement", "receipt_slip"], superseded_by__isnull=True)
    context = {
        "dossier": dossier,
        "secret": format_secret(secret_for(dossier.code, dossier.secret_issue)),
        "qr": qr_of(link),
        "slip": slips.order_by("-pk").first(),
        "fees": fee_picture(dossier),
        "is_unpaid": dossier.fee_lines.filter(state=FeeLine.State.DUE).exists(),
        "pay_until": f"{local(dossier.payment_due_at):%d/%m/%Y}" if dossier.payment_due_at else "",
    }
    return render_page(request, "dossiers/applicant/filed.html", context)
