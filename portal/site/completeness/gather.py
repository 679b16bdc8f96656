"""What a certificate says about a day, counted in the database. No names, no codes of persons."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q

from counters.rows import calendar_at
from dossiers.models import Dossier, Draft, InboundCall, InboundFiling, SyncDifference
from dossiers.national.reconcile import latest
from portal.core.clock import LOCAL

SILENT_DAYS = 3
LISTED = 200
Kind = SyncDifference.Kind


def begin_of(day: date) -> datetime:
    """Midnight in Viet Nam."""
    return datetime.combine(day, time(), LOCAL)


def received(day: date) -> dict[str, int]:
    """Dossiers filed on the day, and up to its end."""
    begin, end = begin_of(day), begin_of(day + timedelta(days=1))
    return Dossier.objects.aggregate(
        day=Count("pk", filter=Q(filed_at__gte=begin, filed_at__lt=end)), total=Count("pk", filter=Q(filed_at__lt=end))
    )


def synchronised(day: date) -> dict[str, int]:
    """Of those: `accepted`, whose creation the portal acknowledged and still has; `whole`, whose every step it has, without difference."""
    begin, end = begin_of(day), begin_of(day + timedelta(days=1))
    row = _row(
        """WITH told AS (
               SELECT d.filed_at, m.subject_id, bool_or(m.sequence = 1 AND m.done_at IS NOT NULL) AS is_created,
                      bool_and(m.done_at IS NOT NULL) AS is_whole, s.kind
               FROM outbox_outboxmessage m JOIN dossiers_dossier d ON d.id = m.subject_id
               LEFT JOIN dossiers_syncdifference s ON s.dossier_id = d.id AND s.closed_at IS NULL
               WHERE m.stream = 'national' AND d.filed_at < %(end)s::timestamptz GROUP BY d.filed_at, m.subject_id, s.kind)
           SELECT count(*) FILTER (WHERE ok AND filed_at >= %(begin)s::timestamptz), count(*) FILTER (WHERE ok),
                  count(*) FILTER (WHERE is_whole AND kind IS NULL AND filed_at >= %(begin)s::timestamptz),
                  count(*) FILTER (WHERE is_whole AND kind IS NULL)
           FROM (SELECT *, is_created AND kind IS DISTINCT FROM 'missing' AS ok FROM told) t""",
        {"begin": begin, "end": end},
    )
    return dict(zip(("accepted_day", "accepted_total", "whole_day", "whole_total"), row, strict=True))


def still_open() -> dict[str, Any]:
    """Open differences, how many of each kind, their codes as far as they fit, and since when the oldest is open."""
    rows = SyncDifference.objects.filter(closed_at__isnull=True)
    kinds = {f"kind_{kind}": Count("pk", filter=Q(kind=kind)) for kind in Kind.values}
    found = rows.aggregate(count=Count("pk"), oldest=Min("found_at"), person=Count("pk", filter=Q(needs_person=True)), **kinds)
    return {
        "differences": found["count"],
        "for_a_person": found["person"],
        "by_kind": {kind: found[f"kind_{kind}"] for kind in Kind.values},
        "oldest_found_at": _stamp(found["oldest"]),
        "codes": list(rows.order_by("found_at", "pk").values_list("code", flat=True)[:LISTED]),
    }


def lag(day: date, *, at: datetime) -> dict[str, Any]:
    """Steps that the portal has not acknowledged, the oldest of them, and how long those acknowledged on the day had taken."""
    waiting, parked, oldest = _row(
        """SELECT count(*) FILTER (WHERE parked_at IS NULL), count(*) FILTER (WHERE parked_at IS NOT NULL), min(created_at)
           FROM outbox_outboxmessage WHERE stream = 'national' AND done_at IS NULL""",
        {},
    )
    half, nearly_all = _row(
        """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took), percentile_cont(0.95) WITHIN GROUP (ORDER BY took)
           FROM (SELECT extract(epoch FROM done_at - created_at) AS took FROM outbox_outboxmessage
                 WHERE stream = 'national' AND done_at >= %(begin)s::timestamptz AND done_at < %(end)s::timestamptz) t""",
        {"begin": begin_of(day), "end": begin_of(day + timedelta(days=1))},
    )
    return {
        "steps_waiting": waiting,
        "steps_parked": parked,
        "oldest_seconds": int((at - oldest).total_seconds()) if oldest else 0,
        "half_within_seconds": round(half) if half is not None else None,
        "nearly_all_within_seconds": round(nearly_all) if nearly_all is not None else None,
    }


def outside(day: date) -> dict[str, Any]:
    """What may be outside the system. `tickets_without_dossier` and `receipt_gaps` are null while no office has told anything of theirs."""
    end = begin_of(day + timedelta(days=1))
    here = InboundFiling.objects.filter(dossier__isnull=True)
    unknown = SyncDifference.objects.filter(closed_at__isnull=True, kind=Kind.EXTRA, inbound__isnull=True)
    return {
        "theirs_only": here.count() + unknown.count(),
        "tickets_without_dossier": _row(_TICKETS, {"day": day})[0],
        "offices_telling_tickets": _row(_TELLING, {"day": day})[0],
        "desk_drafts_abandoned": Draft.objects.filter(office__isnull=False, dossier__isnull=True, expires_at__lt=end).count(),
        "receipts_without_dossier": _receipts_without_dossier(day),
        "receipt_gaps": _row(_RECEIPT_GAPS, {"day": day})[0],
        "offices_telling_receipts": _row(_TELLING_RECEIPTS, {"day": day})[0],
        "code_gaps": _row(_CODE_GAPS, {"day": day})[0],
        "result_number_gaps": _row(_NUMBER_GAPS, {})[0],
        "late_entries": _row(_LATE, {"end": end})[0],
        "silent": silent(day),
    }


def _receipts_without_dossier(day: date) -> int:
    """Money that somebody says was paid for a dossier which is not here: the national portal, the gateway, or an office's receipt book."""
    national = InboundCall.objects.filter(kind=InboundCall.Kind.PAYMENT, dossier__isnull=True).count()
    gateway = _row(
        """SELECT count(DISTINCT c.reference) FROM payments_callback c
           WHERE NOT EXISTS (SELECT 1 FROM payments_order o WHERE o.reference = c.reference)""",
        {},
    )
    return national + int(gateway[0]) + int(_row(_RECEIPTS, {"day": day})[0])


# Receipts of books that were neither spoilt nor written for a dossier that is here.
_RECEIPTS = """
    SELECT count(*) FROM counters_bookreceipt r WHERE r.day <= %(day)s::date AND NOT r.is_void
      AND NOT EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.code = r.dossier_code)"""

# Of each book in use: numbers up to the highest used one of which nobody says what became of them. Null while no book is told.
_RECEIPT_GAPS = """
    SELECT sum(t.highest - t.first + 1 - t.told)::int
    FROM (SELECT b.first, max(r.number) AS highest, count(*) AS told
          FROM counters_receiptbook b JOIN counters_bookreceipt r ON r.book_id = b.id WHERE r.day <= %(day)s::date GROUP BY b.id) t"""

_TELLING_RECEIPTS = """
    SELECT count(DISTINCT b.office_id)::int FROM counters_receiptbook b JOIN counters_bookreceipt r ON r.book_id = b.id
    WHERE r.day <= %(day)s::date"""


# Of each office and day that its queue machine told: tickets served, less the visits that this system knows of.
_TICKETS = """
    SELECT sum(greatest(t.served - v.known, 0))::int FROM counters_servedtickets t CROSS JOIN LATERAL (
        SELECT count(*) AS known FROM counters_visit v WHERE v.office_id = t.office_id
          AND v.at >= t.day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh' AND v.at < (t.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') v
    WHERE t.day <= %(day)s::date"""

_TELLING = "SELECT count(DISTINCT office_id)::int FROM counters_servedtickets WHERE day = %(day)s::date"

# Numbers given by an office on a day, less the dossiers that bear them.
_CODE_GAPS = """
    SELECT coalesce(sum(greatest(c.last - coalesce(f.filed, 0), 0)), 0)::int
    FROM dossiers_codecounter c JOIN agencies_office o ON o.id = c.office_id
    LEFT JOIN (SELECT left(code, -length(split_part(reverse(code), '-', 1)) - 1) AS series, count(*) AS filed
               FROM dossiers_dossier GROUP BY 1) f ON f.series = o.code || '-' || to_char(c.day, 'YYMMDD')
    WHERE c.day <= %(day)s::date"""

# Within each agency's series of a year, numbers between the first and the last that no result bears.
_NUMBER_GAPS = r"""
    SELECT coalesce(sum(last - first + 1 - found), 0)::int
    FROM (SELECT max(n) AS last, min(n) AS first, count(DISTINCT n) AS found
          FROM (SELECT agency_id, split_part(number, '/', 1)::bigint AS n, substr(number, strpos(number, '/')) AS series
                FROM dossiers_result WHERE number ~ '^\d{1,8}/\d{4}/') r
          GROUP BY agency_id, series) s"""

# Entered more than a working day's night after the moment that it names as its filing.
_LATE = """
    SELECT count(*) FROM dossiers_dossier d JOIN outbox_outboxmessage m ON m.stream = 'national' AND m.subject_id = d.id AND m.sequence = 1
    WHERE d.filed_at < %(end)s::timestamptz AND m.created_at > d.filed_at + interval '24 hours'"""


def silent(day: date) -> dict[str, Any]:
    """Counters and agencies with people in post where nothing happened for three working days up to the day."""
    calendar, first, seen = calendar_at(begin_of(day)), day, 0
    while seen < SILENT_DAYS:
        seen += calendar.is_working_day(first)
        first -= timedelta(days=seen < SILENT_DAYS)
    span = {"day": day, "begin": begin_of(first), "end": begin_of(day + timedelta(days=1))}
    found = {"since": first.isoformat()}
    return found | {name: _silent(bodies, column, span) for name, bodies, column in _BODIES}


_BODIES = (
    ("counters", "SELECT id, code FROM agencies_office", "office_id"),
    ("agencies", "SELECT id, identifier AS code FROM agencies_agency", "agency_id"),
)


def _silent(bodies: str, column: str, span: dict[str, Any]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT b.code FROM ({bodies}) b
                WHERE EXISTS (SELECT 1 FROM accounts_membership m WHERE m.{column} = b.id AND m.valid_from <= %(day)s::date
                              AND (m.valid_to IS NULL OR m.valid_to >= %(day)s::date))
                  AND b.id NOT IN (SELECT e.{column} FROM dossiers_event e WHERE e.{column} IS NOT NULL
                                   AND e.at >= %(begin)s::timestamptz AND e.at < %(end)s::timestamptz)
                ORDER BY b.code""",  # noqa: S608 -- constants only
            span,
        )
        codes = [code for (code,) in cursor.fetchall()]
    return {"count": len(codes), "codes": codes[:LISTED]}


def compared(*, at: datetime) -> dict[str, Any]:
    """The last complete comparison and the last try before the moment."""
    whole, last = latest("all", before=at, is_whole=True), latest(before=at)
    return {
        "whole_at": _stamp(whole.started_at if whole else None),
        "last_at": _stamp(last.started_at if last else None),
        "fault": last.fault if last else "no comparison yet",
    }


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def _stamp(at: datetime | None) -> str | None:
    return at.astimezone(LOCAL).isoformat(timespec="seconds") if at else None
