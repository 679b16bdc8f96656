"""What workers do for this app, by outbox stream."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.core import checks
from django.db import DatabaseError

from dossiers.actions.reroute import advance
from dossiers.actions.route import route
from dossiers.actions.route_many import route_many
from dossiers.documents.deliver import render_pending
from dossiers.models import InboundFiling
from dossiers.national.checks import check_generation
from dossiers.national.deliver import deliver as deliver_national
from dossiers.national.deliver import may_send
from dossiers.national.handling import handle_calls, send_replies
from dossiers.national.inbound import file_inbound
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.notifications.deliver import deliver as deliver_messages
from portal.notifications.operators import tell_operators
from portal.outbox.actions import Claimed, Done, Outcome, Park, Retry
from portal.outbox.alerts import on_alert
from portal.outbox.handlers import register
from portal.outbox.models import OutboxMessage

log = structlog.get_logger()


def register_handlers() -> None:
    """Each stream has its worker function."""
    register(OutboxMessage.Stream.ROUTE, route_batch)
    register(OutboxMessage.Stream.DOCUMENT, render_pending)
    register(OutboxMessage.Stream.NATIONAL, deliver_national, gate=may_send)
    register(OutboxMessage.Stream.NOTIFY, deliver_messages)
    register(OutboxMessage.Stream.INBOUND, handle_calls)
    register(OutboxMessage.Stream.REPLY, send_replies)
    on_alert(tell_operators)
    checks.register(check_generation)


def route_batch(messages: Sequence[Claimed]) -> list[tuple[Claimed, Outcome]]:
    """Most dossiers are routed together; what the batch leaves is routed in its own transaction, and what fails there waits alone."""
    routed = _routed_together({message.subject_id for message in messages if message.kind == "route"})
    return [(message, Done() if message.kind == "route" and message.subject_id in routed else _route(message)) for message in messages]


def _routed_together(dossier_ids: set[int]) -> set[int]:
    """None if the batch as a whole fails: the defect is logged, and each dossier still gets its turn."""
    try:
        return route_many(dossier_ids, at=business_now()) if dossier_ids else set()
    except (DomainError, DatabaseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        log.warning("routing_batch_failed", dossiers=len(dossier_ids), error=type(error).__name__, exc_info=True)
        return set()


def _route(message: Claimed) -> Outcome:
    try:
        if message.kind == "inbound":
            file_inbound(message.subject_id, at=business_now())
        elif message.kind == "rerouting":
            advance(message.subject_id, at=business_now())
        else:
            route(message.subject_id, at=business_now())
    except DomainError as error:
        if message.kind == "inbound":
            InboundFiling.objects.filter(pk=message.subject_id).update(problem=str(error)[:500])
        return Park(str(error))
    except DatabaseError as error:
        log.warning("routing_failed", dossier=message.subject_id, error=type(error).__name__)
        return Retry(type(error).__name__, timedelta(seconds=2))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("routing_broke", subject=message.subject_id, kind=message.kind)
        return Park(f"{type(error).__name__}: {error}"[:500])
    return Done()
