"""One cell of the matrix: who asks what, and what came back."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from dossiers.models import (
    Dossier,
    Draft,
    DraftFile,
    Event,
    FeeLine,
    IssuedDocument,
    Paper,
    PlaceFinding,
    Reminder,
    ReroutingRun,
    RouteDecision,
)
from payments.models import Order
from portal.agencies.models import Holiday
from portal.notifications.models import Notification
from portal.outbox.models import OutboxMessage
from procedures.models import FeeChange, FeeRule, FeeSet, ProcedureVersion
from tests.access.world import World

COUNTED = (
    Event,
    OutboxMessage,
    IssuedDocument,
    Draft,
    DraftFile,
    Paper,
    FeeLine,
    Order,
    PlaceFinding,
    Reminder,
    ReroutingRun,
    RouteDecision,
    Holiday,
    ProcedureVersion,
    FeeChange,
    FeeRule,
    FeeSet,
)


@dataclass(frozen=True)
class Seen:
    """The answer: `status` is a number, or `login` for the way to the sign-in page."""

    status: str
    body: str
    has_changed: bool


def asked(world: World, role: str, method: str, name: str, path_arguments: Mapping[str, Any]) -> Seen:
    """What the role gets; whatever the request wrote is undone."""
    client = world.clients[role]
    cookies = copy.deepcopy(client.cookies)
    path = name if name.startswith("/") else reverse(name, kwargs=dict(path_arguments))
    with transaction.atomic():
        before = _fingerprint() if method == "POST" else ()
        response = client.get(path) if method == "GET" else client.post(path)
        if getattr(response, "streaming", False):
            body = b"".join(response.streaming_content).decode("utf-8", "replace")  # type: ignore[attr-defined]
        else:
            body = response.content.decode("utf-8", "replace")
        has_changed = method == "POST" and _fingerprint() != before
        transaction.set_rollback(True)
    client.cookies = cookies
    is_door = response.status_code == 302 and response.headers["Location"].startswith(settings.LOGIN_URL)
    return Seen("login" if is_door else str(response.status_code), body, has_changed)


def _fingerprint() -> tuple[Any, ...]:
    versions = Dossier.objects.aggregate(versions=Sum("state_version"), secrets=Sum("secret_issue"))
    called = Notification.objects.filter(called_at__isnull=False).count()
    answered = Reminder.objects.filter(answered_at__isnull=False).count()
    return (*versions.values(), called, answered, *(model._default_manager.count() for model in COUNTED))
