"""Supplements, payments and questions from the national portal: kept by remote id first, handled once, whatever the order.

A call that comes before its dossier waits for it and is woken when the dossier is filed.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dossiers.actions.supplement import answer_supplement
from dossiers.actions.transition import By, locked
from dossiers.models import Dossier, InboundCall
from dossiers.states import State
from dossiers.supplementform import told_values
from portal.accounts.models import User
from portal.core.clock import technical_now
from portal.core.db import require_transaction
from portal.core.errors import Conflict, DomainError
from portal.core.workcalendar import local
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage

Kind = InboundCall.Kind
KINDS = {"BoSung": Kind.SUPPLEMENT, "ThanhToan": Kind.PAYMENT, "HoiDap": Kind.QUESTION}
"""By LoaiBanTin. A filing is `HoSo`, or says nothing."""
LONGEST_TEXT = 4000
Booking = Callable[[Dossier, str, int, datetime], str]
_booking: list[Booking] = []


class OtherContent(Conflict):
    """The same remote id with another content."""


class NotHereYet(Exception):
    """The dossier that the call is about is not here."""


class Unusable(DomainError):
    """The call cannot be understood; a person must look at it."""


def on_payment(booking: Booking) -> None:
    """From now on `booking(dossier, reference, amount, at)` books what was paid at the national portal, once per reference."""
    _booking[:] = [booking]


@transaction.atomic
def keep_call(kind: Kind, remote_id: uuid.UUID, body: Mapping[str, Any], *, at: datetime) -> InboundCall:
    """The call is on record and a worker will handle it; the same again changes nothing. `at` is technical time. Raises OtherContent."""
    filing_id = _uuid(body.get("HoSoId"))
    code = body.get("MaHoSo")
    call, is_new = InboundCall.objects.get_or_create(
        remote_id=remote_id,
        defaults={
            "kind": kind,
            "filing_id": filing_id,
            "dossier_code": code[:50] if isinstance(code, str) else "",
            "body": dict(body),
            "received_at": at,
        },
    )
    if is_new:
        enqueue(OutboxMessage.Stream.INBOUND, subject_id=call.pk, sequence=0, kind=kind, key=f"inbound:{kind}:{remote_id}", at=at)
    elif call.body != body:
        raise OtherContent(_("This remote id was handed over before, with another content."))
    return call


def wake_calls(filing_id: uuid.UUID, *, at: datetime) -> None:
    """Calls that waited for this filing are due. `at` is technical time."""
    require_transaction()
    waiting = InboundCall.objects.filter(filing_id=filing_id, handled_at__isnull=True).values("pk")
    OutboxMessage.objects.filter(
        stream=OutboxMessage.Stream.INBOUND, subject_id__in=waiting, done_at__isnull=True, parked_at__isnull=True
    ).update(not_before=at, published_at=None)


@transaction.atomic
def handle_call(call_id: int, *, account: User, at: datetime) -> InboundCall:
    """The call has had its effect, once, or waits for a person. Raises NotHereYet, Unusable and what the effect raises."""
    call = InboundCall.objects.select_for_update(of=("self",)).get(pk=call_id)
    if call.handled_at is not None:
        return call
    dossier = _dossier(call)
    if dossier is None and not (call.kind == Kind.QUESTION and not call.filing_id and not call.dossier_code):
        raise NotHereYet
    call.dossier, call.handled_at, call.problem = dossier, at, ""
    match call.kind:
        case Kind.SUPPLEMENT if dossier is not None:
            _supplement(call, dossier, By(user=account, at=at))
        case Kind.PAYMENT if dossier is not None:
            call.outcome = _payment(call, dossier, at)[:200]
        case _:
            call.waits_for_person, call.outcome = True, "for a person"
            text_of(call)
    call.save()
    return call


def _dossier(call: InboundCall) -> Dossier | None:
    """By our code or the portal's own, else by the remote id under which it was filed."""
    if call.dossier_code:
        return Dossier.objects.filter(Q(code=call.dossier_code) | Q(remote_code=call.dossier_code)).order_by("pk").first()
    return Dossier.objects.filter(inbound__remote_id=call.filing_id).first() if call.filing_id else None


def _supplement(call: InboundCall, dossier: Dossier, by: By) -> None:
    """It answers the open request, with new answers (`ToKhai`) to the fields that it names; without one it waits for a person."""
    words = text_of(call)
    dossier = locked(dossier.pk)
    request = dossier.supplement_requests.filter(answered_at__isnull=True).first()
    if request is None or State(dossier.state) is not State.SUPPLEMENT_REQUESTED:
        call.waits_for_person, call.outcome = True, "nothing was asked for"
        return
    items, told = list(request.items.order_by("seq")), call.body.get("ToKhai")
    values = told_values(dossier, items, told, today=local(by.at).date()) if isinstance(told, dict) else {}
    answer_supplement(dossier, by=by, answers=dict.fromkeys((item.pk for item in items), words), values=values)
    call.outcome = "answered the request"


def _payment(call: InboundCall, dossier: Dossier, at: datetime) -> str:
    reference, amount, currency = call.body.get("MaThamChieu"), call.body.get("SoTien"), call.body.get("LoaiTien", "VND")
    if not isinstance(reference, str) or not 0 < len(reference) <= 60 or not isinstance(amount, int) or isinstance(amount, bool):
        raise Unusable(_("The payment names no reference or no amount."))
    if not 0 < amount < 10**13 or currency != "VND" or call.body.get("TrangThai", "DaThanhToan") != "DaThanhToan":
        raise Unusable(_("The payment is not a completed one in đồng."))
    return _booking[0](dossier, reference, amount, at)


def text_of(call: InboundCall) -> str:
    """What the person wrote, with the names of the papers. Raises Unusable."""
    words = call.body.get("NoiDung")
    if not isinstance(words, str) or not words.strip() or len(words) > LONGEST_TEXT:
        raise Unusable(_("The call has no text that can be read."))
    papers = call.body.get("TaiLieuNop") or []
    names = [str(paper.get("TenTepDinhKem", ""))[:300] for paper in papers if isinstance(paper, dict)] if isinstance(papers, list) else []
    return "\n".join([words.strip(), *(f"- {name}" for name in names[:50] if name)])


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None


@transaction.atomic
def answer_call(call: InboundCall, *, by: By, text: str) -> InboundCall:
    """The person has dealt with it; a question's answer is on its way to the national portal. Raises Unusable, OtherContent."""
    call = InboundCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if not call.waits_for_person:
        raise OtherContent(_("Somebody else has answered it meanwhile."))
    if call.kind == Kind.QUESTION and not text.strip():
        raise Unusable(_("Write the answer."))
    call.waits_for_person, call.answer, call.answered_at, call.answered_by = False, text.strip()[:LONGEST_TEXT], by.at, by.user
    call.save(update_fields=["waits_for_person", "answer", "answered_at", "answered_by"])
    if call.kind == Kind.QUESTION:
        key = f"reply:{call.remote_id}"
        enqueue(OutboxMessage.Stream.REPLY, subject_id=call.pk, sequence=0, kind="reply", key=key, at=technical_now())
    return call
