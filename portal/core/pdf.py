"""Pages become PDF files. WeasyPrint is imported when first used, in worker processes and commands only."""

import contextlib
import io
import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from portal.core import assets

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

APT_LINE = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
NOWHERE = "http://nowhere.invalid/"
"""What relative references resolve against, so that they are refused like every network address."""

_FILES = tuple(folder.resolve() for folder in (assets.FONTS, settings.BASE_DIR / "static" / "documents"))


class PdfUnavailable(RuntimeError):
    """The libraries behind WeasyPrint are missing on this machine; pages can still be printed by a browser."""

    def __init__(self) -> None:
        super().__init__(f"Chưa có Pango: biểu mẫu sẽ mở ở dạng in của trình duyệt. Cài: {APT_LINE}")


class PdfFailed(RuntimeError):
    """This page cannot be drawn; trying again will not help."""


class ForbiddenSource(ValueError):
    """A page asked for something else than a data: URL or one of our own fonts and stylesheets."""


def is_available() -> bool:
    """Whether this machine can make PDF files."""
    try:
        _weasyprint()
    except PdfUnavailable:
        return False
    return True


ARCHIVED = "pdf/a-2u"
"""What every paper of the house declares itself: kept for decades, every letter readable as text (ISO 19005-2)."""


def to_pdf(html: str, *, stylesheets: tuple[Path, ...]) -> bytes:
    """The tagged PDF/A of the page. Nothing is fetched but our fonts and data: URLs. Raises PdfUnavailable, PdfFailed."""
    weasyprint = _weasyprint()
    fonts, style = _prepared(stylesheets)
    try:
        page = weasyprint.HTML(string=html, base_url=NOWHERE, url_fetcher=_fetcher())
        made: bytes = page.write_pdf(stylesheets=[style], font_config=fonts, pdf_tags=True, pdf_variant=ARCHIVED)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise PdfFailed(f"{type(error).__name__}: {error}"[:300]) from error
    return made


@cache
def _weasyprint() -> Any:
    """The library, silent about what it cannot do."""
    try:
        # What a missing Pango makes it print is for developers; the error below is for the person who runs the portal.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import weasyprint  # noqa: PLC0415 -- half a second, and needs system libraries
    except OSError as error:
        raise PdfUnavailable from error
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return weasyprint


@cache
def _prepared(stylesheets: tuple[Path, ...]) -> "tuple[FontConfiguration, CSS]":
    """Fonts and stylesheets, parsed once a process: parsing them for each page costs a sixth of the time."""
    from weasyprint import CSS  # noqa: PLC0415 -- see _weasyprint
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- see _weasyprint

    fonts = FontConfiguration()
    faces = assets.stylesheet(assets.FONTS.resolve().as_uri() + "/") if assets.FONTS.exists() else ""
    rules = "".join(path.read_text("utf-8") for path in stylesheets)
    style = CSS(string=faces + rules, font_config=fonts, url_fetcher=_fetcher())
    return fonts, style


@cache
def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 -- see _weasyprint

    class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
        """data: URLs and files of the portal's own; redirects, network and other files are refused."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith("file:") and not _is_own_file(url):
                raise ForbiddenSource(url[:200])
            return super().fetch(url, headers)

    return OwnFilesOnly(allowed_protocols={"data", "file"}, allow_redirects=False)


def _is_own_file(url: str) -> bool:
    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    return not parts.netloc and any(path.is_relative_to(folder) for folder in _FILES)
