"""The certificate of a day: gathered, signed, chained to the one before it; and checked again from the rows."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dossiers.models import CompletenessCertificate
from portal.core import statements
from portal.core.canonical import canonical
from portal.core.clock import LOCAL
from portal.core.errors import DomainError
from portal.site.completeness import gather
from portal.site.completeness.share import per_cent, share_of

SCHEMA = 3
"""3 counts what is missing in the books of fee receipts, too. Older certificates name none, and their share follows without."""
MOST_DAYS = 31
"""Certified in one run; the rest follows in the next."""


class OutOfOrder(DomainError):
    """A day before the last certified one, or one that has not ended."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something about a certificate that does not hold."""

    number: int
    day: date
    what: str


@transaction.atomic
def certify(day: date, *, today: date, at: datetime) -> CompletenessCertificate:
    """The day's certificate exists and follows the last one; made once, the same is returned again. Raises OutOfOrder, KeyMissing.

    `at` is technical time, `today` the business day.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('completeness', 0))")
    known = CompletenessCertificate.objects.filter(day=day).first()
    if known is not None:
        return known
    last = CompletenessCertificate.objects.order_by("-number").first()
    if day >= today or (last is not None and day <= last.day):
        raise OutOfOrder(_("Only an ended day after the last certified one can be certified."))
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    content = canonical(_content(day, number, previous, at))
    signature, key_id = statements.sign(content)
    return CompletenessCertificate.objects.create(
        number=number,
        day=day,
        issued_at=at,
        content=content.decode(),
        previous_hash=previous,
        hash=hashlib.sha256(content).hexdigest(),
        signature=signature,
        key_id=key_id,
    )


def days_to_certify(*, today: date) -> list[date]:
    """Ended days that have no certificate yet: all since the last one, in order; yesterday alone if there is none. At most MOST_DAYS."""
    last = CompletenessCertificate.objects.order_by("-number").first()
    first = last.day + timedelta(days=1) if last else today - timedelta(days=1)
    return [first + timedelta(days=number) for number in range(min((today - first).days, MOST_DAYS))]


def _content(day: date, number: int, previous: str, at: datetime) -> dict[str, Any]:
    received, told, outside = gather.received(day), gather.synchronised(day), gather.outside(day)
    accepted, whole = share_of(received["total"], told["accepted_total"], outside)
    return {
        "schema": SCHEMA,
        "number": number,
        "day": day.isoformat(),
        "issued_at": at.astimezone(LOCAL).isoformat(timespec="seconds"),
        "previous_hash": previous,
        "received": received,
        "synchronised": told,
        "open": gather.still_open(),
        "lag": gather.lag(day, at=at),
        "compared": gather.compared(at=at),
        "outside": outside,
        "share": {"accepted": accepted, "of": whole, "per_cent": per_cent(accepted, whole)},
    }


def flaws(*, today: date | None = None) -> Iterator[Flaw]:
    """Everything that does not hold about the certificates, from the first to the last: signature, chain, days without one, counts.

    With `today`, a day that has ended without a certificate after the last one is named too; yesterday may still be on its way.
    """
    previous: CompletenessCertificate | None = None
    for each in CompletenessCertificate.objects.order_by("number").iterator(200):
        yield from (Flaw(each.number, each.day, what) for what in _wrong(each, previous))
        previous = each
    if today is not None and previous is not None and (today - previous.day).days > 2:
        missing = previous.day + timedelta(days=1)
        yield Flaw(previous.number + 1, missing, "no certificate was made for this day or any day since")


def _wrong(each: CompletenessCertificate, previous: CompletenessCertificate | None) -> Iterator[str]:
    content = each.content.encode()
    if hashlib.sha256(content).hexdigest() != each.hash:
        yield "the content has another hash"
    try:
        if not statements.holds(content, each.signature, each.key_id):
            yield "the signature does not hold"
    except statements.KeyMissing as fault:
        yield str(fault)
    if (each.number, each.previous_hash) != ((previous.number + 1, previous.hash) if previous else (1, "")):
        yield "it does not follow the one before it"
    if previous is not None and each.day != previous.day + timedelta(days=1):
        yield f"no certificate between {previous.day} and this day"
    try:
        said = json.loads(content)
        named = (said["number"], said["day"], said["previous_hash"])
        counts, share = said["received"], said["share"]
        outside, accepted = said["outside"], said["synchronised"]["accepted_total"]
    except (ValueError, KeyError, TypeError):
        yield "the content cannot be read"
        return
    if named != (each.number, each.day.isoformat(), each.previous_hash):
        yield "the signed number, day or chain is another one"
    if (share["accepted"], share["of"]) != share_of(counts["total"], accepted, outside):
        yield "the share does not follow from its counts"
    if (now := gather.received(each.day)) != counts:
        yield f"{counts['day']} dossiers of the day were certified ({counts['total']} in all), {now['day']} ({now['total']}) are here now"
