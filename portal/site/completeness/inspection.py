"""An inspector draws codes at random and sees what both systems show. What was shown is kept with the draw."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dossiers.models import Dossier, InspectedDossier, InspectionDraw
from dossiers.national.adapters import national_port
from dossiers.national.faults import Malformed, NationalFault
from dossiers.national.reconcile_ours import told
from portal.accounts.models import User
from portal.core.clock import technical_now
from portal.core.errors import Conflict, DomainError
from portal.core.workcalendar import local

DRAWN = 50
Verdict = InspectedDossier.Verdict

# Dossiers of ours, under the portal's code where it had them before us, and those that only the portal has, filed in the span.
# Each has the same chance, and the seed decides.
_CHOICE = """
    WITH population AS (
        SELECT coalesce(nullif(d.remote_code, ''), d.code) AS code
        FROM dossiers_dossier d JOIN agencies_office o ON o.id = d.receiving_office_id
        LEFT JOIN agencies_administrativeunit p ON p.id = o.province_id
        WHERE (d.filed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN %(since)s::date AND %(until)s::date
          AND (%(province)s::text = '' OR p.code = %(province)s::text)
        UNION
        SELECT s.code FROM dossiers_syncdifference s
        WHERE s.kind = 'extra' AND s.closed_at IS NULL AND %(province)s::text = ''
          AND (s.found_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN %(since)s::date AND %(until)s::date)
    SELECT code, count(*) OVER () FROM population
    ORDER BY sha256(convert_to(%(seed)s::text || ':' || code, 'UTF8')), code LIMIT %(limit)s"""


class NothingToDraw(DomainError):
    """No dossier was filed in the span."""


class AlreadyJudged(Conflict):
    """The verdict stands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """From which dossiers is drawn; without a seed a random one is made."""

    since: date
    until: date
    province: str = ""
    seed: str = ""


def draw(wanted: Wanted, *, user: User, at: datetime) -> InspectionDraw:
    """Fifty codes, or all there are, are on record with what both systems show of them. Raises NothingToDraw.

    Talks to the national portal after its transaction; a code that it did not answer for says so and can be asked again.
    """
    made = _drawn(wanted, user, at)
    ask_again(made)
    return made


@transaction.atomic
def _drawn(wanted: Wanted, user: User, at: datetime) -> InspectionDraw:
    seed = wanted.seed.strip()[:64] or secrets.token_hex(16)
    values: dict[str, Any] = {"since": wanted.since, "until": wanted.until, "province": wanted.province, "seed": seed, "limit": DRAWN}
    with connection.cursor() as cursor:
        cursor.execute(_CHOICE, values)
        rows = cursor.fetchall()
    if not rows:
        raise NothingToDraw(_("No dossier was filed in these days and this province."))
    made = InspectionDraw.objects.create(
        seed=seed,
        since=wanted.since,
        until=wanted.until,
        province=wanted.province,
        population=rows[0][1],
        drawn_by=user,
        drawn_at=at,
    )
    codes = [code for code, _count in rows]
    ours = _ours(codes)
    InspectedDossier.objects.bulk_create(
        InspectedDossier(draw=made, position=number, code=code, ours=ours.get(code, {})) for number, code in enumerate(codes, 1)
    )
    return made


def ask_again(made: InspectionDraw) -> int:
    """Every code that the portal has not answered for is asked for now; once it is away, the rest says so. Returns how many came.

    A record that came stays as it was: the verdict is about it. A refusal of one code says nothing about the next one.
    """
    port, away, count = national_port(), "", 0
    for row in made.dossiers.filter(verdict=Verdict.OPEN, theirs={}).order_by("position"):
        row.fault = away
        if not away:
            try:
                row.theirs = _theirs(port.record(row.code))
            except NationalFault as error:
                row.fault = error.reason[:300]
                away = "" if isinstance(error, Malformed) else row.fault
        row.asked_at = technical_now()
        row.save(update_fields=["theirs", "fault", "asked_at"])
        count += bool(row.theirs)
    return count


@transaction.atomic
def judge(row: InspectedDossier, verdict: str, *, user: User, at: datetime, note: str = "") -> None:
    """The inspector's verdict stands. Raises AlreadyJudged, DomainError while the portal has not answered."""
    row = InspectedDossier.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.verdict:
        raise AlreadyJudged(_("This dossier was judged before; the verdict stands."))
    if verdict not in {Verdict.EQUAL, Verdict.DIFFERENT}:
        raise DomainError(_("Choose equal or different."))
    if row.fault or not row.theirs:
        raise DomainError(_("The national portal has not answered for this dossier yet. Ask again first."))
    row.verdict, row.judged_by, row.judged_at, row.note = verdict, user, at, note.replace("\0", "").strip()[:300]
    row.save(update_fields=["verdict", "judged_by", "judged_at", "note"])


def _ours(codes: list[str]) -> dict[str, dict[str, Any]]:
    """What we show, by the code at the portal and in the words in which the portal shows it."""
    steps = {each.dossier_id: each for each in told(codes).values()}
    rows = Dossier.objects.filter(pk__in=steps).select_related("procedure", "agency", "receiving_office")
    return {
        steps[row.pk].code: {
            "seq": steps[row.pk].before + len(steps[row.pk].statuses),
            "status": row.national_status,
            "procedure": row.procedure.code,
            "filed_at": _moment(row.filed_at),
            "accepted_at": _moment(row.accepted_at),
            "due_at": _moment(row.due_at),
            "finished_at": _moment(row.finished_at),
            "agency": (row.agency or row.receiving_office).name,
        }
        for row in rows
    }


def _theirs(record: dict[str, Any] | None) -> dict[str, Any]:
    """What the portal shows; of a dossier that it lacks, that it lacks it."""
    if record is None:
        return {"absent": True}
    shown = record.get("snapshot")
    shown = shown if isinstance(shown, dict) else record
    return {
        "seq": record.get("seq", record.get("MaBuoc")),
        "status": record.get("TrangThaiHoSo"),
        "procedure": record.get("MaTTHC", shown.get("MaTTHC", "")),
        "filed_at": _read(shown, "NgayNopHoSo"),
        "accepted_at": _read(shown, "NgayTiepNhan"),
        "due_at": _read(shown, "NgayHenTra"),
        "finished_at": _read(shown, "NgayKetThucXuLy"),
        "agency": str(shown.get("DonViXuLy", "")),
    }


def _read(shown: dict[str, Any], name: str) -> str:
    """A stamp of the portal as we write moments; anything else as it is."""
    value = str(shown.get(name) or "")
    if len(value) != 14 or not value.isdigit():
        return value[:40]
    return f"{value[8:10]}:{value[10:12]} {value[6:8]}/{value[4:6]}/{value[:4]}"


def _moment(at: datetime | None) -> str:
    return f"{local(at):%H:%M %d/%m/%Y}" if at else ""


def fingerprint(made: InspectionDraw, rows: list[InspectedDossier]) -> str:
    """A check number of the protocol: everything on it goes into it."""
    lines = [f"{made.pk}|{made.seed}|{made.since}|{made.until}|{made.province}|{made.population}"]
    lines += [f"{row.position}|{row.code}|{row.ours}|{row.theirs}|{row.verdict}|{row.note}" for row in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
