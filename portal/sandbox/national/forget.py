"""The national portal restored an old backup: what it had acknowledged since is gone."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from portal.sandbox.national.models import MirroredDossier, ReceivedMessage
from portal.sandbox.national.schema import moment, number

COLUMNS = ["head", "status", "agency", "procedure_code", "procedure_name", "owner_name", "province", "filed_on", "snapshot", "updated_at"]


@transaction.atomic
def forget_recent(seconds: float, *, at: datetime) -> int:
    """Every step of the last `seconds` is forgotten, and dossiers show what the steps before made of them. Returns how many steps."""
    since = at - timedelta(seconds=seconds)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE sandbox_npsp_dossier IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM sandbox_npsp_message WHERE received_at >= %s::timestamptz RETURNING dossier_id", [since])
        gone = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM sandbox_npsp_effect WHERE happened_at >= %s::timestamptz", [since])
    steps: dict[int, list[ReceivedMessage]] = defaultdict(list)
    for step in ReceivedMessage.objects.filter(dossier__in=set(gone)).select_related("dossier").order_by("dossier_id", "seq"):
        steps[step.dossier.pk].append(step)
    MirroredDossier.objects.filter(pk__in=set(gone) - set(steps)).delete()
    dossiers = list(MirroredDossier.objects.filter(pk__in=steps))
    for dossier in dossiers:
        _show(dossier, steps[dossier.pk], at)
    MirroredDossier.objects.bulk_update(dossiers, COLUMNS, batch_size=500)
    return len(gone)


def _show(dossier: MirroredDossier, steps: list[ReceivedMessage], at: datetime) -> None:
    """The dossier is what these steps make of it."""
    shown: dict[str, Any] = {}
    for step in steps:
        shown |= step.body if step.kind != "progress" else {"DonViXuLy": step.body.get("DonViXuLy") or shown.get("DonViXuLy", "")}
    filed = moment(shown.get("NgayNopHoSo"))
    dossier.head, dossier.snapshot, dossier.updated_at = steps[-1].seq, shown, at
    dossier.status, dossier.agency = number(shown.get("TrangThaiHoSo")) or 1, str(shown.get("DonViXuLy") or "")[:300]
    dossier.procedure_code, dossier.procedure_name = str(shown.get("MaTTHC", "")), str(shown.get("TenTTHC", ""))
    dossier.owner_name, dossier.province = str(shown.get("ChuHoSo", "")), str(shown.get("MaTinh", ""))
    dossier.filed_on = filed.date() if filed else None
