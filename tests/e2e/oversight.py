"""What supervisors, operators and catalogue people have before them: questions, runs, a late day off, what waits for a person."""

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dossiers.actions.stop import Ground, stop
from dossiers.actions.transition import By
from dossiers.models import BulkBatch, BulkItem, CalendarChange, Dossier, InboundCall, PlaceQuestion, ReroutingRun
from portal.core.db import acting_as
from portal.outbox.models import OutboxMessage
from tests.factories import committee, who

if TYPE_CHECKING:
    from datetime import datetime

    from tests.e2e.world import World


def build_oversight(world: "World", at: "datetime") -> None:
    """The objects stand in the world under the names of their pages."""
    world.objects["question"] = _question(world.dossier("asked"), at)
    world.objects["rerouting"] = ReroutingRun.objects.create(
        reason="Quy tắc thẩm quyền đã thay đổi từ đầu tháng.",
        office=world.dossier("asked").receiving_office,
        started_by=world.people["supervisor"],
        started_at=at,
        on=at.date(),
        state=ReroutingRun.State.DONE,
        finished_at=at,
    )
    world.objects["calendar_change"] = CalendarChange.objects.create(
        on=date(at.year, 12, 24), kind="day_off", name_vi="Nghỉ bù", source="Thông báo thử nghiệm",
        proposed_by=world.people["editor"], proposed_at=at,
    )  # fmt: skip
    InboundCall.objects.create(
        remote_id=uuid.uuid4(),
        kind=InboundCall.Kind.QUESTION,
        dossier=world.dossier("assigned"),
        body={"NoiDung": "Khi nào có kết quả?", "NguoiHoi": "Nguyễn Thị Ước"},
        received_at=at,
        handled_at=at,
        waits_for_person=True,
    )
    OutboxMessage.objects.filter(subject_id=world.dossier("queued").pk, stream="notify").update(
        parked_at=at, parked_reason="400: số điện thoại không hợp lệ"
    )
    _stopped(world)
    batch = BulkBatch.objects.create(token=uuid.uuid4(), user=world.people["leader"], action=BulkBatch.Action.SIGN, started_at=at)
    dossier = world.dossier("signature")
    BulkItem.objects.create(batch=batch, seq=1, code=dossier.code, dossier=dossier)
    world.objects["bulk_batch"] = batch


def _question(dossier: Dossier, at: "datetime") -> PlaceQuestion:
    unit, office = committee().unit, dossier.receiving_office
    assert unit is not None
    Dossier.objects.filter(pk=dossier.pk).update(routing=Dossier.Routing.ASKED)
    return PlaceQuestion.objects.create(
        dossier=dossier,
        fact="residence",
        written="12 ngõ 5, Phường Hiệp An cũ",
        unit=unit,
        options=[unit.pk],
        office=office,
        asked_at=at,
        due_at=at + timedelta(hours=4),
    )


def _stopped(world: "World") -> None:
    dossier = world.dossier("stopped")
    ground = Ground("dispute", "Thửa đất đang có tranh chấp tại Tòa án, chờ bản án có hiệu lực.", is_pause=True)
    with acting_as(who(world.people["leader"]).scope):
        by = By(world.people["leader"], dossier.filed_at + timedelta(hours=1), agency=committee())
        stop(dossier, by=by, ground=ground, expected_version=dossier.state_version)
    dossier.refresh_from_db()
