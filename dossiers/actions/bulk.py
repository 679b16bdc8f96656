"""Several dossiers at once: each in its own transaction, under its own lock, with its own outcome. Nothing is passed over in silence.

Whoever posts the same batch twice finds the outcomes of the first time: an item is locked before anything happens to its dossier,
and an item that has an outcome is left alone.
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from dossiers.models import BulkBatch, BulkItem, Dossier
from dossiers.models.dossier import DossierQuerySet
from portal.accounts.models import User
from portal.core.errors import Conflict, DomainError

MOST_AT_ONCE = 50
_MOST_NAMED = 4 * MOST_AT_ONCE
_LOST_STATUS = 409
Act = Callable[[Dossier, BulkItem], str]
"""Does one dossier within the open transaction and returns what to say; raises a DomainError to refuse."""


class NotSeen(DomainError):
    """A result that nobody looked at is not signed."""


@transaction.atomic
def start_batch(
    codes: Sequence[str], *, token: uuid.UUID, user: User, action: BulkBatch.Action, among: DossierQuerySet, at: datetime
) -> BulkBatch:
    """The batch of this token; new, or as it stands. `among` are the dossiers that the person may see.

    The same token with another action or other codes, as a browser's way back sends it, is a batch of its own.
    What is beyond MOST_AT_ONCE, or not among them, has its refusal at once.
    """
    wanted = list(dict.fromkeys(code.replace("\0", "")[:50] for code in codes))
    batch, is_new = _batch(token, user, action, at)
    if not is_new and (batch.action != action or list(batch.items.order_by("seq").values_list("code", flat=True)) != wanted[:_MOST_NAMED]):
        batch, is_new = _batch(uuid.uuid5(token, "\n".join([action, *wanted])), user, action, at)
    if not is_new:
        return batch
    known = {dossier.code: dossier for dossier in among.filter(code__in=wanted[:MOST_AT_ONCE]).order_by("pk")}
    items = []
    for seq, code in enumerate(wanted[:_MOST_NAMED], start=1):
        item = BulkItem(batch=batch, seq=seq, code=code, dossier=known.get(code))
        if seq > MOST_AT_ONCE:
            item.outcome, item.text, item.done_at = BulkItem.Outcome.REFUSED, _("Not more than 50 at once; choose it again."), at
        elif code not in known:
            item.outcome, item.text, item.done_at = BulkItem.Outcome.REFUSED, _("Not in your agency's queue"), at
        items.append(item)
    BulkItem.objects.bulk_create(items)
    return batch


def _batch(token: uuid.UUID, user: User, action: BulkBatch.Action, at: datetime) -> tuple[BulkBatch, bool]:
    return BulkBatch.objects.get_or_create(token=token, user=user, defaults={"action": action, "started_at": at})


def run_batch(batch: BulkBatch, act: Act, *, at: datetime, only: Collection[int] | None = None) -> None:
    """Each picked item without an outcome has one. `only` are the items that the person left ticked; the others are unpicked.

    Belongs outside of any transaction: each dossier commits by itself, and a dossier that breaks takes no other with it.
    """
    waiting = batch.items.filter(outcome=BulkItem.Outcome.OPEN)
    if only is not None:
        waiting.exclude(pk__in=only).update(is_picked=False)
    for pk in list(waiting.filter(is_picked=True).order_by("seq").values_list("pk", flat=True)):
        _one(pk, act, at)


def _one(pk: int, act: Act, at: datetime) -> None:
    try:
        with transaction.atomic():
            item = BulkItem.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, outcome=BulkItem.Outcome.OPEN).first()
            if item is None or item.dossier_id is None:
                return  # done meanwhile, or at this moment, by the same batch posted twice
            dossier = Dossier.objects.select_related("agency").get(pk=item.dossier_id)
            _settle(pk, BulkItem.Outcome.DONE, act(dossier, item), at)
    except DomainError as refused:
        is_lost = isinstance(refused, Conflict) or refused.status == _LOST_STATUS
        _settle(pk, BulkItem.Outcome.LOST if is_lost else BulkItem.Outcome.REFUSED, str(refused), at)
    except OperationalError:
        _settle(pk, BulkItem.Outcome.LOST, _("A colleague is working on it at this moment."), at)


def _settle(pk: int, outcome: BulkItem.Outcome, text: str, at: datetime) -> None:
    BulkItem.objects.filter(pk=pk, outcome=BulkItem.Outcome.OPEN).update(outcome=outcome, text=text[:300], done_at=at)


@transaction.atomic
def look_at(batch: BulkBatch, seq: int, *, version: int, is_picked: bool) -> None:
    """The person has seen the proposed result in this version, and leaves it ticked or not."""
    batch.items.filter(seq=seq, outcome=BulkItem.Outcome.OPEN).update(seen_version=version, is_picked=is_picked)
