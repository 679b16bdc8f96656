"""Which messages of the outbox are about a dossier: only theirs name it as their subject."""

from collections.abc import Iterable

from dossiers.models import Dossier
from portal.outbox.models import OutboxMessage

Stream = OutboxMessage.Stream
ABOUT_DOSSIERS = frozenset({Stream.ROUTE, Stream.NATIONAL, Stream.NOTIFY, Stream.DOCUMENT})
ROUTING = "route"
"""Of the stream for routing only these; its others are about filings handed over to us, or about whole reroutings."""


def codes_of(messages: Iterable[OutboxMessage]) -> dict[int, str]:
    """By message, the code of the dossier that it is about; without those about something else. One query."""
    subjects = {
        each.pk: each.subject_id
        for each in messages
        if each.stream in ABOUT_DOSSIERS and (each.stream != Stream.ROUTE or each.kind == ROUTING)
    }
    codes = dict(Dossier.objects.filter(pk__in=set(subjects.values())).values_list("pk", "code"))
    return {pk: codes[subject] for pk, subject in subjects.items() if subject in codes}
