"""The pages that people wait for, with ten times the dossiers: the same page of the same kind of person, in turn."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from dossiers.models import Dossier
from dossiers.models.dossier import DECIDING_STATES
from portal.accounts.models import User
from tests.benchmarks.client import Client, WrongAnswer, typical_ms
from tests.benchmarks.people import OFFICER, busiest_agency, sign_in
from tests.benchmarks.seed import MARITAL_STATUS, MATCHING_NAME
from tests.benchmarks.slices import Ratio, ratio_of
from tests.benchmarks.worlds import using

GOAL = 1.2
WARM_UPS = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as one person opens it; `shows` stands on it `times` times or more, or the wrong page was measured."""

    path: str
    cookies: str
    shows: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """A page to compare: its name in the report, and how to open it in the database in use."""

    name: str
    visit: Callable[[], Visit]


@dataclass(frozen=True, slots=True)
class Compared:
    """Half of the requests took less than that, in milliseconds; the ratio is large to small. Without a ratio: why not."""

    name: str
    ratio: Ratio | None
    problem: str = ""

    @property
    def misses(self) -> bool:
        return bool(self.problem) or (self.ratio is not None and self.ratio.misses(GOAL))


def compare(small: tuple[str, str], large: tuple[str, str], *, slices: int, seconds: float) -> list[Compared]:
    """Every page in both databases; each side is (base URL, database)."""
    return [_compared(page, small, large, slices, seconds) for page in PAGES]


def _compared(page: Page, small: tuple[str, str], large: tuple[str, str], slices: int, seconds: float) -> Compared:
    try:
        little, big = _opened(page, *small), _opened(page, *large)
    except WrongAnswer as error:
        return Compared(page.name, None, str(error))
    with contextlib.closing(little[0]), contextlib.closing(big[0]):
        medians = [typical_ms(big, little, seconds) for _each in range(slices)]
    return Compared(page.name, ratio_of([one for one, _other in medians], [other for _one, other in medians]))


def _opened(page: Page, base_url: str, database: str) -> tuple[Client, str]:
    """A client for which the page is warm, and known to be the right one."""
    with using(database):
        visit = page.visit()
    client = Client(base_url, visit.cookies)
    for _each in range(WARM_UPS):
        found = client.get(visit.path).decode()
    if found.count(visit.shows) < visit.times:
        raise WrongAnswer(f"{visit.path} shows '{visit.shows}' {found.count(visit.shows)} times, expected {visit.times}")
    return client, visit.path


def _officer(query: dict[str, str], *, shows: str, times: int = 1) -> Visit:
    return Visit(f"/xu-ly/?{urlencode(query)}", sign_in(User.objects.get(username=OFFICER)), shows, times)


def queue_first() -> Visit:
    """All that the agency must decide, the most urgent fifty."""
    return _officer({"muc": "tat-ca"}, shows='href="/xu-ly/H', times=45)


def queue_deep() -> Visit:
    """The last fifty, reached by the mark of the row before them."""
    waiting = Dossier.objects.filter(agency=busiest_agency(), state__in=DECIDING_STATES).order_by("-due_at", "-pk")
    due_at, pk = waiting.values_list("due_at", "pk")[50]
    assert due_at is not None
    return _officer({"muc": "tat-ca", "trang": f">{due_at.isoformat()}|{pk}"}, shows='href="/xu-ly/H', times=45)


def queue_search() -> Visit:
    """The beginning of an owner's name, without diacritics, among all that the agency must decide."""
    return _officer({"muc": "tat-ca", "tim": "trinh ngoc u"}, shows=MATCHING_NAME, times=15)


def own_dossier() -> Visit:
    """A citizen's own dossier that is being decided."""
    found = _followed()
    assert found.applicant is not None
    return Visit(f"/ho-so-cua-toi/{found.code}/", sign_in(found.applicant), found.code)


def own_list() -> Visit:
    """The list of what this citizen has filed."""
    found = _followed()
    return Visit("/ho-so-cua-toi/", sign_in(found.applicant), found.code)


def tracking() -> Visit:
    """The same dossier for whoever holds its slip."""
    found = _followed()
    return Visit(f"/tra-cuu/{found.code}/", sign_in(None, follows=found.code), found.code)


def catalogue_search() -> Visit:
    """The catalogue, searched without diacritics."""
    return Visit("/thu-tuc/?" + urlencode({"q": "xac nhan tinh trang hon nhan"}), "", MARITAL_STATUS)


def _followed() -> Dossier:
    wanted = Dossier.objects.select_related("applicant").filter(procedure__code=MARITAL_STATUS, state="assigned", applicant__isnull=False)
    return wanted.order_by("pk")[3]


PAGES = (
    Page("work list, first page", queue_first),
    Page("work list, last page by keyset", queue_deep),
    Page("work list, owner's name", queue_search),
    Page("citizen's own dossier", own_dossier),
    Page("citizen's list", own_list),
    Page("tracking with code and secret", tracking),
    Page("catalogue search", catalogue_search),
)
