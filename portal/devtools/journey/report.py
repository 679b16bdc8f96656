"""The table at the end: a row for each dossier, totals, and what did not hold."""

from collections import Counter
from collections.abc import Iterable, Sequence

from dossiers.history import state_label
from dossiers.models import Dossier
from dossiers.staffing import BACK, LEFT
from portal.core.workcalendar import local
from portal.devtools.journey.play import Played

HEAD = ("Code", "Receiving office", "Competent agency", "Rule", "Due", "State", "Portal")
WIDEST = (24, 34, 44, 40, 16, 24, 6)
_SHORTER = (
    ("Trung tâm Phục vụ hành chính công", "TTPVHCC"),
    ("Chi nhánh TTPVHCC", "CN"),
    ("thành phố ", ""),
    ("Thành phố ", ""),
    ("tỉnh ", ""),
)


def table(played: Sequence[Played]) -> Iterable[str]:
    """The rows as aligned text."""
    rows = [HEAD, *(_row(one) for one in played)]
    widths = [min(max(len(row[column]) for row in rows), WIDEST[column]) for column in range(len(HEAD))]
    for row in rows:
        yield "  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _fit(text: str, width: int) -> str:
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


def _row(one: Played) -> tuple[str, ...]:
    if not one.trip.code:
        return ("not filed", "", "", one.plan.filing.procedure, "", "", "")
    dossier = one.trip.dossier()
    due = f"{local(dossier.due_at):%d/%m/%y %H:%M}" if dossier.due_at else "no limit"
    agency = _short(dossier.agency.name) if dossier.agency else "-"
    return (dossier.code, _short(dossier.receiving_office.name), agency, _rule(dossier), due, state_label(dossier.state), one.trip.mirrored)


def _short(name: str) -> str:
    for long, short in _SHORTER:
        name = name.replace(long, short)
    return name


def _rule(dossier: Dossier) -> str:
    """What decided: the last rule in its own words, or a person."""
    last = dossier.route_decisions.exclude(outcome__in=[LEFT, BACK]).order_by("-pk").first()
    if last is None:
        return "-"
    return "a person" if last.outcome == "person" else (last.record.get("rule") or {}).get("words") or last.outcome


def totals(played: Sequence[Played]) -> Iterable[str]:
    """What the journey amounts to."""
    begun = [one for one in played if one.trip.code]
    dossiers = [one.trip.dossier() for one in begun]
    provinces = sum(1 for each in dossiers if each.agency and each.agency.province_id != each.receiving_office.province_id)
    levels = Counter(each.agency.level for each in dossiers if each.agency)
    papers = sum(len(one.trip.papers) for one in begun)
    pending = sum(each.documents.filter(pdf_pending=True).count() for each in dossiers)
    yield f"{len(begun)} of {len(played)} dossiers; {provinces} decided outside the province where they were filed"
    yield ", ".join(f"{count} at {level} level" for level, count in sorted(levels.items())) + (
        f"; {sum(1 for each in dossiers if each.accepted_at == each.filed_at)} accepted at once, "
        f"{sum(one.trip.is_online for one in begun)} filed online, {sum(each.state == 'closed' for each in dossiers)} handed back"
    )
    yield f"{papers} documents issued" + (f", {pending} PDFs still to be made" if pending else ", every PDF made")
    yield f"{sum(one.trip.refusals for one in begun)} pages tried by strangers"
    failed = [problem for one in played for problem in one.problems]
    yield f"{len(failed)} things did not hold" if failed else "everything held"
