"""The national catalogue's feed: procedures that changed since we last asked become drafts, repealed ones proposals to end them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from dossiers.national.adapters import national_port
from dossiers.national.faults import NationalFault
from portal.core.clock import LOCAL
from portal.core.longjobs import long_job
from portal.core.models import LongJob
from procedures.actions.import_national import arrivals_of, import_national
from procedures.actions.national_repeal import Repeal, propose_repeals
from procedures.actions.national_report import NationalReport
from procedures.models import CatalogueFeed

SOURCE = "catalogue feed"
PAGE = 200
OVERLAP = timedelta(seconds=2)
"""Asked again, because what was being written while we asked may carry an earlier time; what says the same is left alone."""

MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Synced:
    """What came, and which procedures are now proposed for ending.

    `fault`: why the feed broke off; the next run begins where this one did.
    """

    report: NationalReport
    repealed: tuple[str, ...]
    since: str
    fault: str = ""

    @property
    def is_well(self) -> bool:
        """Everything that changed was read. Nothing changed is well, too."""
        return not self.fault and (not self.report.rows or self.report.is_well)


def sync_catalogue(*, at: datetime) -> Synced:
    """The drafts hold what the national database holds. Repeatable; a run that breaks off loses nothing."""
    feed, _created = CatalogueFeed.objects.get_or_create(pk=1)
    report, repealed, newest, fault = NationalReport(), list[str](), feed.cursor, ""
    with long_job(LongJob.Kind.CATALOGUE) as job:
        try:
            for items in _pages(feed.cursor):
                here = [item for item in items if item.get("bai_bo") is not True]
                report.rows += import_national(arrivals_of(here, SOURCE), source=SOURCE, at=at).rows
                repealed += propose_repeals(
                    [_repeal(item, at.astimezone(LOCAL).date()) for item in items if item.get("bai_bo") is True], source=SOURCE, at=at
                )
                newest = max([newest, *(_instant(item) for item in items)])
                job.advanced(len(items))
        except NationalFault as broken:
            fault = broken.reason[:300]
            job.fault(fault)
    feed.cursor, feed.asked_at, feed.fault = (feed.cursor if fault else newest), at, fault
    feed.save(update_fields=["cursor", "asked_at", "fault"])
    return Synced(report, tuple(repealed), feed.cursor, fault)


def _pages(cursor: str) -> Iterator[list[dict[str, Any]]]:
    since = parse_datetime(cursor) if cursor else None
    port, after = national_port(), ""
    for _page in range(MOST_PAGES):
        items, following = port.procedures(since=since - OVERLAP if since else None, after=after, limit=PAGE)
        yield items
        if not following or following == after:
            return
        after = following


def _instant(item: Mapping[str, Any]) -> str:
    """The time of the change, in UTC so that texts compare as times do; empty when it cannot be read."""
    try:
        moment = parse_datetime(str(item.get("ngay_thay_doi", "")))
    except ValueError:
        return ""
    return moment.astimezone(UTC).isoformat() if moment and moment.tzinfo else ""


def _repeal(item: Mapping[str, Any], today: date) -> Repeal:
    moment = parse_datetime(_instant(item)) if _instant(item) else None
    on = moment.astimezone(LOCAL).date() if moment else today
    replaced_by = item.get("thay_the_boi")
    return Repeal(
        str(item.get("ma_thu_tuc", ""))[:30], str(item.get("ten_thu_tuc", "")), on, replaced_by if isinstance(replaced_by, str) else ""
    )
