"""The call list as lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from counters.labels import moment
from dossiers.models import Dossier
from portal.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class CallRow:
    """Whom to call about what."""

    pk: int
    code: str
    owner: str
    procedure: str
    text: str
    since: str


def call_rows(calls: Iterable[Notification]) -> list[CallRow]:
    """The lines, with the owner of each dossier; one query for all."""
    held = list(calls)
    dossiers = {one.code: one for one in Dossier.objects.filter(code__in=[call.dossier_code for call in held]).select_related("version")}
    return [
        CallRow(
            pk=call.pk,
            code=call.dossier_code,
            owner=dossiers[call.dossier_code].owner_name,
            procedure=dossiers[call.dossier_code].version.short_name,
            text=call.text,
            since=moment(call.created_at),
        )
        for call in held
        if call.dossier_code in dossiers
    ]
