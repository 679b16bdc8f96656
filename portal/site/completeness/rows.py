"""Lines of the pages about completeness, formatted here so that the templates only print."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dossiers.history import NATIONAL_LABELS
from dossiers.models import CompletenessCertificate, InspectedDossier, ReconciliationRun, SyncDifference
from portal.site.completeness.share import per_cent
from portal.site.operations.rows import length, many, stamp

LEFT, RIGHT, TOP, BOTTOM = 8, 612, 8, 108
"""Edges of the chart in its SVG; the template draws its lines there."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One certified day."""

    day: str
    share: str
    accepted: str
    whole: str
    received: str
    open: str
    seal: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A line over the days, as SVG numbers; the floor of its axis is the lowest whole per cent."""

    points: str
    dots: Sequence[tuple[str, str, str]]
    floor: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference, with what both sides show."""

    pk: int
    code: str
    url: str
    kind: str
    ours: str
    theirs: str
    found: str
    state: str
    state_kind: str
    icon: str
    can_repeat: bool


def shown_share(text: str) -> str:
    """The share as people read it here: 99,98 %."""
    return f"{text.replace('.', ',')} %"


def content_of(certificate: CompletenessCertificate) -> dict[str, Any]:
    """What was signed."""
    found: dict[str, Any] = json.loads(certificate.content)
    return found


def day_rows(certificates: Iterable[CompletenessCertificate]) -> list[DayRow]:
    """The lines of the history."""
    rows = []
    for each in certificates:
        said = content_of(each)
        share = said["share"]
        rows.append(
            DayRow(
                day=f"{each.day:%d/%m/%Y}",
                share=shown_share(share["per_cent"]),
                accepted=many(share["accepted"]),
                whole=many(share["of"]),
                received=many(said["received"]["day"]),
                open=many(said["open"]["differences"]),
                seal=each.hash[:12],
            )
        )
    return rows


def chart_of(certificates: Sequence[CompletenessCertificate]) -> Chart | None:
    """The chart, oldest day first; None for fewer than two days."""
    if len(certificates) < 2:
        return None
    days = sorted(certificates, key=lambda each: each.day)
    values = [float(content_of(each)["share"]["per_cent"]) for each in days]
    floor = min(int(min(values)), 99)
    step = (RIGHT - LEFT) / (len(days) - 1)
    places = [
        (f"{LEFT + number * step:.1f}", f"{BOTTOM - (value - floor) / (100 - floor) * (BOTTOM - TOP):.1f}")
        for number, value in enumerate(values)
    ]
    titles = [f"{each.day:%d/%m}: {shown_share(content_of(each)['share']['per_cent'])}" for each in days]
    return Chart(
        points=" ".join(f"{x},{y}" for x, y in places),
        dots=[(x, y, title) for (x, y), title in zip(places, titles, strict=True)],
        floor=f"{floor} %",
        first=f"{days[0].day:%d/%m}",
        last=f"{days[-1].day:%d/%m}",
    )


def state_of(status: object) -> str:
    """A state of the national portal by its name, with its code; a code that does not exist is shown as it came."""
    name = NATIONAL_LABELS.get(int(status)) if str(status).isdecimal() else None  # type: ignore[call-overload]
    return f"{name} ({status})" if name else str(status)


def side(seq: int, status: int) -> str:
    """What one side shows."""
    return _("step %(seq)d, %(state)s") % {"seq": seq, "state": state_of(status)} if seq or status else _("nothing")


def difference_rows(rows: Iterable[SyncDifference], *, base: str) -> list[DifferenceRow]:
    """The lines of the list."""
    return [_difference(row, base) for row in rows]


def _difference(row: SyncDifference, base: str) -> DifferenceRow:
    state, kind, icon = _state(row)
    return DifferenceRow(
        pk=row.pk,
        code=row.code,
        url=f"{base}{row.code}/" if row.dossier_id else "",
        kind=str(SyncDifference.Kind(row.kind).label),
        ours=side(row.ours_seq, row.ours_status),
        theirs=side(row.theirs_seq, row.theirs_status),
        found=stamp(row.found_at),
        state=state,
        state_kind=kind,
        icon=icon,
        can_repeat=row.closed_at is None and bool(row.dossier_id and row.ours_seq),
    )


def _state(row: SyncDifference) -> tuple[str, str, str]:
    if row.closed_at:
        return f"{SyncDifference.Ending(row.ending).label}, {stamp(row.closed_at)}", "ok", "circle-check"
    if row.needs_person:
        return _("Waits for a person"), "bad", "circle-alert"
    if row.inbound_id:
        return _("Fetched, not yet received here"), "warn", "clock"
    if row.repaired_at:
        return _("Sent again at %(at)s") % {"at": stamp(row.repaired_at)}, "warn", "clock"
    return _("Found just now"), "warn", "triangle-alert"


def run_line(run: ReconciliationRun | None) -> str:
    """The last comparison in one sentence."""
    if run is None:
        return _("No comparison yet.")
    values = {
        "at": stamp(run.started_at),
        "scope": _("all days") if run.scope == ReconciliationRun.Scope.ALL else _("the last two days"),
        "ours": many(run.ours),
        "theirs": many(run.theirs),
        "length": length(run.finished_at - run.started_at if run.finished_at else None),
    }
    if run.fault:
        return _("The comparison of %(at)s could not be finished: %(fault)s") % (values | {"fault": run.fault})
    return _("Last comparison at %(at)s (%(scope)s): %(ours)s dossiers of ours, %(theirs)s there, in %(length)s.") % values


@dataclass(frozen=True, slots=True)
class SideRow:
    """One line of a record as one system shows it."""

    label: str
    ours: str
    theirs: str
    is_same: bool


def sides(row: InspectedDossier) -> list[SideRow]:
    """Both records side by side. Where one side has no record, its lines are empty and none of them is marked."""
    labels = {
        "seq": _("Last step"),
        "status": _("State"),
        "procedure": _("Procedure"),
        "filed_at": _("Filed"),
        "accepted_at": _("Accepted at"),
        "due_at": _("Return date"),
        "finished_at": _("Finished at"),
        "agency": _("Agency"),
    }
    rows, has_both = [], bool(row.ours and row.theirs and not row.theirs.get("absent"))
    for name, label in labels.items():
        ours, theirs = (str(each.get(name) or "") for each in (row.ours, row.theirs))
        is_state = name == "status"
        is_same = ours == theirs or not has_both
        rows.append(SideRow(label, state_of(ours) if is_state else ours, state_of(theirs) if is_state else theirs, is_same))
    return rows


def judged_share(rows: Sequence[InspectedDossier]) -> str:
    """How many of the judged ones are equal."""
    judged = [row for row in rows if row.verdict]
    equal = sum(row.verdict == InspectedDossier.Verdict.EQUAL for row in judged)
    return shown_share(per_cent(equal, len(judged))) if judged else "–"
