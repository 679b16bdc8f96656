"""The register of a period is bound: kept as it stands, with its PDF from a worker."""

from datetime import date

from django.db import transaction

from counters.registersheet import sheet_of
from dossiers.actions.transition import By
from dossiers.models import RegisterBook
from portal.core.clock import technical_now
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage


@transaction.atomic
def bind_register(first: date, last: date, *, by: By) -> RegisterBook:
    """The book is on record and its PDF is ordered."""
    assert by.user is not None and by.office is not None  # noqa: S101, PT018 -- a clerk's step
    sheet = sheet_of(by.office, first, last, now=by.at)
    book = RegisterBook.objects.create(
        office=by.office,
        first=first,
        last=last,
        lines=len(sheet.lines),
        missing=sheet.missing,
        html=sheet.html,
        bound_by=by.user,
        bound_at=by.at,
    )
    enqueue(
        OutboxMessage.Stream.DOCUMENT,
        subject_id=-book.pk,  # no dossier: those have positive ids
        sequence=1,
        kind="register",
        key=f"register:{book.pk}",
        at=technical_now(),
        payload={"register": book.pk},
    )
    return book
