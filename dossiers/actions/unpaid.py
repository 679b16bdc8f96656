"""What was not paid by its day: reminded of once before, then the filing is not received, or the case in hand stands still.

The code, the papers and the history stay. What is paid for a filing that was not received is to be refunded (`payments`); what is
paid for a case that stands still lets it go on (`settle_fees`).
Source: Nghị định 118/2025/NĐ-CP, Art. 17; Thông tư 03/2025/TT-VPCP, forms 03 and 05.
"""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Max, Q

from dossiers.actions.release_held import release_held_fees
from dossiers.actions.say import say
from dossiers.actions.stop import LAW
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, Event, FeeLine, HandlingStop
from portal.core.clock import LOCAL
from portal.core.workcalendar import local
from portal.notifications.models import Notification

REMIND_BEFORE = timedelta(days=3)
ASKED = (Verb.FILE_ONLINE_UNPAID.value, Verb.REQUIRE_PAYMENT.value)
REASON = "Đã hết thời hạn nộp phí, lệ phí hoặc nghĩa vụ tài chính ghi trong thông báo mà chưa nhận được khoản nộp."
GUIDANCE = (
    "Ông/bà có thể nộp lại hồ sơ bất cứ lúc nào, trực tuyến hoặc tại bất kỳ quầy nào. Khoản nộp đến sau ngày này được hoàn trả tại quầy."
)
GOES_ON = "Hồ sơ được giải quyết tiếp ngay khi nhận đủ khoản nộp; ông/bà không phải nộp lại hồ sơ."
"""Printed on the papers, which are official and Vietnamese."""


def overdue_payments(at: datetime, *, limit: int = 200) -> list[int]:
    """Dossiers whose last day for paying is over, the oldest first."""
    today = datetime.combine(local(at).date(), time.min, LOCAL)
    waiting = Dossier.objects.filter(state__one_of=[State.PAYMENT_REQUIRED.value], payment_due_at__lt=today)
    return list(waiting.order_by("payment_due_at", "pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def expire_payment(dossier_id: int, *, at: datetime) -> bool:
    """The filing is refused, or the case stopped until it is paid. False if it was paid, withdrawn or prolonged meanwhile."""
    dossier = locked(dossier_id)
    due = dossier.payment_due_at
    if State(dossier.state) is not State.PAYMENT_REQUIRED or due is None or local(due).date() >= local(at).date():
        return False
    was_received = State(dossier.came_from) is not State.SUBMITTED
    event = transition(dossier, Verb.PAYMENT_EXPIRED, By(None, at, agency=dossier.agency), Step(note=REASON, legal_basis=LAW))
    said = {"reason": REASON, "legal_basis": f"Nghị định số {LAW}"}
    if was_received:
        HandlingStop.objects.create(
            dossier=dossier, ground=HandlingStop.Ground.UNPAID, reason=f"{REASON} {GOES_ON}", is_pause=True, stopped_at=at
        )
        told = said | {"reason": f"{REASON} {GOES_ON}", "can_resume": True}
        issue(dossier, kind="stop_notice", at=at, actor=None, agency=dossier.agency, extra=told)
    else:
        release_held_fees(dossier, to=FeeLine.State.REFUND_DUE, at=at)
        issue(dossier, kind="refusal_slip", at=at, actor=None, office=dossier.receiving_office, extra=said | {"guidance": GUIDANCE})
    say(dossier, "unpaid_stopped" if was_received else "unpaid", event)
    return True


def remind_of_payments(*, at: datetime) -> int:
    """Whose last day for paying comes near is told once; returns how many were. Each in its own transaction."""
    asked = Max("events__seq", filter=Q(events__verb__in=ASKED))
    near = Dossier.objects.filter(
        state__one_of=[State.PAYMENT_REQUIRED.value], payment_due_at__gt=at, payment_due_at__lte=at + REMIND_BEFORE
    ).annotate(asked_seq=asked)
    keys = {f"notify:{code}:{seq}:payment_due": pk for pk, code, seq in near.order_by("pk").values_list("pk", "code", "asked_seq") if seq}
    told = set(Notification.objects.filter(key__in=keys).values_list("key", flat=True))
    return sum(_remind(pk) for key, pk in keys.items() if key not in told)


@transaction.atomic
def _remind(dossier_id: int) -> bool:
    dossier = locked(dossier_id)
    if State(dossier.state) is not State.PAYMENT_REQUIRED:
        return False
    event = Event.objects.filter(dossier=dossier, verb__in=ASKED).order_by("-seq")[:1].get()
    if dossier.payment_due_at is None or event.at > dossier.payment_due_at - REMIND_BEFORE:
        return False  # it was asked for only just now
    say(dossier, "payment_due", event)
    return True
