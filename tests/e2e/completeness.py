"""Three certified days, a difference of each look, and an inspection with every answer that its page can show."""

from datetime import datetime, timedelta
from typing import Any

from dossiers.models import Dossier, InspectedDossier, InspectionDraw, ReconciliationRun, SyncDifference
from portal.accounts.models import User
from portal.site.completeness.certify import certify

STRANGER = "H29.9-261102-0009"
SHOWN = {
    "seq": 2,
    "status": 4,
    "procedure": "1.004873",
    "filed_at": "08:00 27/11/2026",
    "accepted_at": "08:00 27/11/2026",
    "due_at": "17:00 02/12/2026",
    "finished_at": "",
    "agency": "Ủy ban nhân dân phường Ba Đình",
}


def build_completeness(dossiers: list[Dossier], by: User, at: datetime) -> InspectionDraw:
    """The certificates are of the three days up to the moment. Returns the inspection."""
    run = ReconciliationRun.objects.create(scope="all", started_at=at, finished_at=at + timedelta(seconds=4), ours=12, theirs=12)
    _differences(run, dossiers, at)
    for days in (2, 1, 0):
        day = at.date() - timedelta(days=days)
        certify(day, today=day + timedelta(days=1), at=at)
    return _inspection([*(each.code for each in dossiers[:4]), STRANGER], by, at)


def _differences(run: ReconciliationRun, dossiers: list[Dossier], at: datetime) -> None:
    looks: tuple[dict[str, Any], ...] = (
        {"kind": "missing", "needs_person": True},
        {"kind": "stale", "theirs_seq": 1, "theirs_status": 2, "repairs": 1, "repaired_at": at},
        {"kind": "altered", "theirs_seq": 2, "theirs_status": 7},
        {"kind": "stale", "theirs_seq": 1, "theirs_status": 2, "closed_at": at, "ending": "equal"},
    )
    common = {"run": run, "found_at": at, "seen_at": at}
    for dossier, look in zip(dossiers, looks, strict=False):
        SyncDifference.objects.create(code=dossier.code, dossier=dossier, ours_seq=2, ours_status=4, **common, **look)
    SyncDifference.objects.create(code=STRANGER, kind="extra", theirs_seq=1, theirs_status=1, **common)


def _inspection(codes: list[str], by: User, at: datetime) -> InspectionDraw:
    day = at.date()
    made = InspectionDraw.objects.create(seed="7f3a", since=day, until=day, population=len(codes), drawn_by=by, drawn_at=at)
    judged = {"judged_by": by, "judged_at": at}
    looks: tuple[dict[str, Any], ...] = (
        {"ours": SHOWN, "theirs": SHOWN, "verdict": "equal", **judged},
        {"ours": SHOWN, "theirs": SHOWN | {"status": 7}, "verdict": "different", "note": "Cổng ghi đã rút hồ sơ", **judged},
        {"ours": SHOWN, "theirs": {"absent": True}},
        {"ours": SHOWN, "fault": "HTTP 503"},
        {"theirs": SHOWN | {"seq": 1, "status": 1}},
    )
    for number, (code, look) in enumerate(zip(codes, looks, strict=True), 1):
        InspectedDossier.objects.create(draw=made, position=number, code=code, asked_at=at, **look)
    return made
