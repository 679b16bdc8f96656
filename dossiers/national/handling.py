"""Worker functions of the inbound side: handle what the national portal handed over, and send it our answers."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import DatabaseError

from dossiers.models import InboundCall
from dossiers.national.adapters import national_port
from dossiers.national.alarm import REPLIES, accepted, refused
from dossiers.national.faults import Malformed, NotOffered, NotTried, Refused, Unreachable
from dossiers.national.inbound import account
from dossiers.national.inbound_calls import NotHereYet, handle_call
from portal.core.clock import business_now, technical_now
from portal.core.errors import DomainError
from portal.outbox.actions import Claimed, Done, Outcome, Park, Retry
from portal.outbox.backoff import wait_before

log = structlog.get_logger()
LOOK_AGAIN = timedelta(seconds=60)
LONGEST_WAIT = timedelta(days=1)
Outcomes = list[tuple[Claimed, Outcome]]


def handle_calls(messages: Sequence[Claimed]) -> Outcomes:
    """Each call in its own transaction; one that fails waits alone."""
    return [(message, _handle(message)) for message in messages]


def _handle(message: Claimed) -> Outcome:
    try:
        handle_call(message.subject_id, account=account(), at=business_now())
    except NotHereYet:
        if technical_now() - message.created_at > LONGEST_WAIT:
            return _parked(message, "its dossier has not arrived for a day")
        return Retry("waits for its dossier", LOOK_AGAIN, counts=False)
    except DomainError as error:
        return _parked(message, str(error))
    except DatabaseError as error:
        log.warning("inbound_failed", call=message.subject_id, error=type(error).__name__)
        return Retry(type(error).__name__, wait_before(message.tries + 1))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("inbound_broke", call=message.subject_id)
        return _parked(message, f"{type(error).__name__}: {error}")
    return Done()


def _parked(message: Claimed, reason: str) -> Park:
    InboundCall.objects.filter(pk=message.subject_id).update(problem=reason[:500])
    return Park(reason)


def send_replies(messages: Sequence[Claimed]) -> Outcomes:
    """Each answer is with the national portal, or waits, or is parked with the portal's words."""
    calls = InboundCall.objects.in_bulk([message.subject_id for message in messages])
    return [(message, _reply(message, calls[message.subject_id])) for message in messages]


def _reply(message: Claimed, call: InboundCall) -> Outcome:
    try:
        national_port().reply(str(call.remote_id), call.answer)
    except (Malformed, NotOffered) as fault:
        return Park(fault.reason)
    except NotTried as fault:
        return Retry(fault.reason, min(max(fault.until - technical_now(), timedelta()), LOOK_AGAIN), counts=False)
    except Unreachable as fault:
        return Retry(fault.reason, wait_before(message.tries + 1, fault.wait_seconds))
    except Refused as fault:
        refused(REPLIES, fault.reason)
        return Retry(fault.reason, LOOK_AGAIN)
    accepted(REPLIES)
    return Done()
