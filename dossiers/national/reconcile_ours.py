"""Our side of the comparison, computed in the database: count and digest per day and province, per hour, and single dossiers.

A line is `code seq status` of the last step that the portal acknowledged; dossiers without one have no line. Code and count are the
portal's: a dossier that it had before us has another code there, and its own steps before ours. Such a dossier stands in the
group of the day on which it came here, which is not the portal's, so that it is asked about each time.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import connection

from dossiers.national.port import Group, Mirrored
from dossiers.national.reconcile_judge import Told
from portal.core.clock import LOCAL

_STATUS = "coalesce(m.payload ->> 'portal_state', m.payload ->> 'TrangThaiHoSo')::int"
_CODE = "coalesce(nullif(d.remote_code, ''), d.code)"
_FILED = "(d.filed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')"
_PLACE = """
    JOIN agencies_office o ON o.id = d.receiving_office_id
    LEFT JOIN agencies_administrativeunit p ON p.id = o.province_id"""
_LINES = f"""
    SELECT {_CODE} AS code, s.acknowledged + d.remote_steps AS acknowledged, s.status,
           {_FILED}::date AS day, to_char({_FILED}, 'HH24') AS hour, coalesce(p.code, '') AS province,
           {_CODE} || ' ' || (s.acknowledged + d.remote_steps) || ' ' || s.status || E'\\n' AS line
    FROM dossiers_dossier d {_PLACE}
    JOIN LATERAL (
        SELECT m.sequence AS acknowledged, {_STATUS} AS status FROM outbox_outboxmessage m
        WHERE m.stream = 'national' AND m.subject_id = d.id AND m.done_at IS NOT NULL ORDER BY m.sequence DESC LIMIT 1) s ON true
    WHERE (%(since)s::timestamptz IS NULL OR d.filed_at >= %(since)s::timestamptz)
      AND (%(before)s::timestamptz IS NULL OR d.filed_at < %(before)s::timestamptz)"""  # noqa: S608 -- constants only
_DIGEST = """encode(sha256(convert_to(string_agg(line, '' ORDER BY code COLLATE "C"), 'UTF8')), 'hex')"""


def _span(since: date | None, until: date | None) -> dict[str, datetime | None]:
    return {
        "since": datetime.combine(since, time(), LOCAL) if since else None,
        "before": datetime.combine(until + timedelta(days=1), time(), LOCAL) if until else None,
    }


def groups(since: date | None, until: date | None) -> list[Group]:
    """Count and digest of every day and province between the days."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT day, province, count(*), {_DIGEST} FROM ({_LINES}) d GROUP BY day, province",  # noqa: S608 -- constants only
            _span(since, until),
        )
        return [Group(*row) for row in cursor.fetchall()]


def hours(day: date, province: str) -> dict[str, str]:
    """The digest of each filing hour of the group."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT hour, {_DIGEST} FROM ({_LINES}) d WHERE province = %(province)s::text GROUP BY hour",  # noqa: S608 -- constants only
            _span(day, day) | {"province": province},
        )
        return dict(cursor.fetchall())


def members(day: date, province: str, hour: str) -> list[Mirrored]:
    """The lines of one hour of the group."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT code, acknowledged, status FROM ({_LINES}) d"  # noqa: S608 -- constants only
            " WHERE province = %(province)s::text AND hour = %(hour)s::text",
            _span(day, day) | {"province": province, "hour": hour},
        )
        return [Mirrored(*row) for row in cursor.fetchall()]


def told(codes: Collection[str]) -> dict[str, Told]:
    """Of each dossier of ours among the codes, everything that we told or are about to tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {_CODE}, d.id, {_FILED}::date, coalesce(p.code, ''), coalesce(s.statuses, '{{}}'), coalesce(s.acknowledged, 0),
                       d.remote_steps
                FROM dossiers_dossier d {_PLACE}
                JOIN LATERAL (
                    SELECT array_agg({_STATUS} ORDER BY m.sequence) AS statuses,
                           max(m.sequence) FILTER (WHERE m.done_at IS NOT NULL) AS acknowledged
                    FROM outbox_outboxmessage m WHERE m.stream = 'national' AND m.subject_id = d.id) s ON true
                WHERE (d.code = ANY(%(codes)s::text[]) AND d.remote_code = '') OR d.remote_code = ANY(%(codes)s::text[])""",  # noqa: S608 -- constants only
            {"codes": list(codes)},
        )
        return {row[0]: Told(*row) for row in cursor.fetchall()}


def told_lately(since: datetime, *, but_not: tuple[date, date]) -> list[str]:
    """Codes of dossiers of which the portal acknowledged a step since then, but not of those filed on or between the days."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT {_CODE} FROM outbox_outboxmessage m JOIN dossiers_dossier d ON d.id = m.subject_id
                WHERE m.stream = 'national' AND m.done_at >= %(lately)s::timestamptz
                  AND NOT (d.filed_at >= %(since)s::timestamptz AND d.filed_at < %(before)s::timestamptz) ORDER BY 1""",  # noqa: S608 -- constants only
            _span(*but_not) | {"lately": since},
        )
        return [code for (code,) in cursor.fetchall()]
