"""Bring steps to the national portal: at least once, in order per dossier, with one answer a step.

*transient*: nothing is known, the same keys go again with a growing wait. *poison*: refused for what it says; parked for a
person after three refusals, and only its own dossier waits. *alarm*: we are not admitted, or the portal holds another content
under our key; the whole channel stops and a person is called.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from dossiers.models import Dossier
from dossiers.national.adapters import national_port
from dossiers.national.faults import Malformed, NationalFault, NotTried, Refused, Unreachable
from dossiers.national.files import bring
from dossiers.national.port import Answer, Result, Step, Uploaded
from portal.core.clock import technical_now
from portal.outbox.actions import Claimed, Done, Outcome, Park, Retry, Rewind
from portal.outbox.backoff import wait_before
from portal.outbox.channels import standing, start_again, stop
from portal.outbox.models import Channel

log = structlog.get_logger()
CHANNEL, STREAM = "national.messages", "national"
POISON_TRIES = 3
REWINDS = 10
LOOK_AGAIN = timedelta(seconds=30)
Outcomes = list[tuple[Claimed, Outcome]]


def may_send() -> bool:
    """Whether the channel lets anything through. One that stopped because we were not admitted asks again now and then."""
    now = technical_now()
    for row in standing(now=now).values():
        if row.stream != STREAM:
            continue
        is_due = row.closed_until is None or row.closed_until <= now
        if row.stop == Channel.Stop.ACCESS and is_due:
            return _is_admitted_again(row.name)
        if row.stop or not is_due:
            return False
    return True


def _is_admitted_again(name: str) -> bool:
    now = technical_now()
    mine = Channel.objects.filter(pk=name, stop=Channel.Stop.ACCESS, closed_until__lte=now)
    if not mine.update(closed_until=now + LOOK_AGAIN):
        return False
    try:
        national_port().check()
    except NationalFault as fault:
        log.warning("national_portal_still_refuses_us", reason=fault.reason)
        return False
    return start_again(name, now=technical_now())


def deliver(messages: Sequence[Claimed]) -> Outcomes:
    """Every message has an outcome; a failure of the whole batch is "unknown" and is repeated with the same keys."""
    brought = bring(national_port(), messages)
    if not brought.ready:
        return brought.held
    codes = _codes(brought.ready)
    steps = [step_of(message, codes[message.subject_id], brought.files) for message in brought.ready]
    return brought.held + _send(brought.ready, steps)


def _codes(messages: Sequence[Claimed]) -> dict[int, str]:
    """The dossiers' codes: what was snapshotted has them, older rows do not."""
    known = {message.subject_id: str(message.payload["code"]) for message in messages if "code" in message.payload}
    unknown = {message.subject_id for message in messages} - set(known)
    if unknown:
        known |= dict(Dossier.objects.filter(pk__in=unknown).values_list("pk", "code"))
    return known


def step_of(message: Claimed, code: str, files: Mapping[str, Uploaded]) -> Step:
    """The message as the port takes it: under the portal's own code, after its own steps, if it had the dossier before us."""
    remote = message.payload.get("remote") or {"code": code, "steps": 0}
    return Step(
        code=remote["code"],
        seq=message.sequence,
        kind=message.kind,
        key=message.key,
        content=message.payload,
        before=remote["steps"],
        files=files,
    )


def _send(messages: Sequence[Claimed], steps: Sequence[Step]) -> Outcomes:
    try:
        answers = national_port().deliver(steps)
    except NotTried as fault:
        wait = max(fault.until - technical_now(), timedelta())
        return [(message, Retry(fault.reason, min(wait, LOOK_AGAIN), counts=False)) for message in messages]
    except Unreachable as fault:
        return [(message, Retry(fault.reason, wait_before(message.tries + 1, fault.wait_seconds))) for message in messages]
    except Refused as fault:
        log.error("national_portal_refuses_us", reason=fault.reason)  # noqa: TRY400 -- the trace adds nothing
        stop(CHANNEL, kind=Channel.Stop.ACCESS, reason=fault.reason, now=technical_now(), stream=STREAM, look_again=LOOK_AGAIN)
        return [(message, Retry(fault.reason, timedelta(), counts=False)) for message in messages]
    except Malformed as fault:
        if len(messages) == 1:
            return [(messages[0], _refusal(messages[0], fault.reason))]
        half = len(messages) // 2
        return _send(messages[:half], steps[:half]) + _send(messages[half:], steps[half:])
    return [(message, _outcome(message, answer)) for message, answer in zip(messages, answers, strict=True)]


def _outcome(message: Claimed, answer: Answer) -> Outcome:
    match answer.result:
        case Result.DONE:
            return Done()
        case Result.CONFLICT:
            stop(CHANNEL, kind=Channel.Stop.CONFLICT, reason=answer.reason, now=technical_now(), stream=STREAM)
            return Park(answer.reason)
        case Result.INVALID:
            return _refusal(message, answer.reason)
        case Result.GAP if answer.expected is not None and 1 <= answer.expected < message.sequence:
            if message.refusals + 1 >= REWINDS:
                return Park(answer.reason)
            return Rewind(answer.expected, answer.reason, timedelta())
        case _:
            return Retry(answer.reason, wait_before(message.tries + 1))


def _refusal(message: Claimed, reason: str) -> Outcome:
    if message.refusals + 1 >= POISON_TRIES:
        return Park(reason)
    return Retry(reason, wait_before(message.refusals + 1), is_refusal=True)
