"""The start page of all simulated services, and the readiness probe."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.sandbox.delivery.models import Delivery
from portal.sandbox.faults.kinds import BY_CODE
from portal.sandbox.faults.models import Call, FaultRule
from portal.sandbox.identity.models import Citizen
from portal.sandbox.messages.models import Message
from portal.sandbox.national.models import CatalogueEntry, MirroredDossier, ReceivedMessage, Refusal
from portal.sandbox.national.schema import STATUSES
from portal.sandbox.payment.models import Order
from portal.sandbox.population.models import Lookup
from portal.sandbox.preparation import is_prepared


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the services believe, with the way to each list."""
    faulty = [(rule, BY_CODE[rule.kind]) for rule in FaultRule.objects.order_by("pk")[:20] if rule.kind in BY_CODE]
    states = MirroredDossier.objects.values("status").annotate(count=Count("pk")).order_by("status")
    context = {
        "active": faulty,
        "states": [{"word": STATUSES.get(row["status"], row["status"]), "count": row["count"]} for row in states],
        "steps": ReceivedMessage.objects.count(),
        "refusals": Refusal.objects.count(),
        "procedures": CatalogueEntry.objects.count(),
        "lookups": Lookup.objects.count(),
        "calls": Call.objects.count(),
        "spoilt": Call.objects.exclude(fault="").count(),
        "dossiers": MirroredDossier.objects.count(),
        "orders": Order.objects.count(),
        "messages": Message.objects.count(),
        "citizens": Citizen.objects.count(),
        "faults": FaultRule.objects.count(),
        "undelivered": Delivery.objects.filter(delivered_at__isnull=True, is_forged=False).count(),
    }
    return render(request, "sandbox/home.html", context)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 once the database answers, its tables are current and the portal is known as a client; 503 otherwise."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        is_ready = not pending and is_prepared()
    except Error:
        is_ready = False
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else 503)
