"""What every page knows without asking the database: language, display choices, navigation."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.site.preferences import Preferences, preferences_of


@dataclass(frozen=True)
class NavigationItem:
    """One entry of a navigation bar."""

    label: str | Promise
    url: str
    icon: str = ""
    current: bool = False
    count: int | None = None
    is_late: bool = False


PUBLIC = (
    (_("Procedures"), "/thu-tuc/", "file-search"),
    (_("Track a dossier"), "/tra-cuu/", "scan-line"),
    (_("Nearby counters"), "/quay-gan-ban/", "map-pin"),
    (_("Help"), "/tro-giup/", "circle-question-mark"),
)


@dataclass(frozen=True)
class Site:
    """The frame of a page, for `base.html`."""

    language: str
    preferences: Preferences
    path: str
    navigation: tuple[NavigationItem, ...]
    sign_in_url: str
    is_demo: bool


def site_of(request: HttpRequest) -> Site:
    """The frame for this request; reads cookies and the path only."""
    navigation = tuple(NavigationItem(label, url, icon, current=request.path.startswith(url)) for label, url, icon in PUBLIC)
    path = request.get_full_path() if request.method == "GET" else request.path
    return Site(
        language=get_language() or settings.LANGUAGE_CODE,
        preferences=preferences_of(request),
        path=path,
        navigation=navigation,
        sign_in_url=settings.LOGIN_URL,
        is_demo=settings.DEMO,
    )


def page(request: HttpRequest) -> dict[str, Any]:
    """`site` in every template. The name leaves `page` free for lists."""
    return {"site": site_of(request)}
