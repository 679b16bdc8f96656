"""From a template to the stored page, and what the PDF is made from."""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from dossiers.documents.qr import qr_inline

PAPER = ("documents/paper-2.css",)
REGISTER = ("documents/paper-2.css", "documents/register-1.css")
DECLARATION = ("documents/declaration-1.css",)
"""Stored pages name their stylesheets for ever: a changed look gets a new file name."""

TOOLBAR_MARK = "<!-- toolbar -->"
_LINK = re.compile(r'<link rel="stylesheet" href="/static/(documents/[a-z]+-[0-9]+\.css)">')
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def links(stylesheets: tuple[str, ...]) -> SafeString:
    """The link elements of a stored page."""
    return mark_safe("".join(f'<link rel="stylesheet" href="/static/{name}">' for name in stylesheets))  # noqa: S308 -- constants


def render_html(template: str, context: Mapping[str, object]) -> str:
    """The complete page, in Vietnamese whatever the reader's language is."""
    with override("vi"):
        return render_to_string(template, {"stylesheet_link": links(PAPER), **context})


def completed(standalone: str) -> str:
    """A declaration's standalone page, with our fonts and the place for the bar above the paper."""
    page = standalone.replace("</head>", f"{links(DECLARATION)}</head>", 1)
    return page.replace('<body class="declaration">', f'<body class="declaration">{TOOLBAR_MARK}', 1)


def style_source(html: str) -> str:
    """The source expression that lets exactly the page's own style element through; empty for a page without one."""
    found = _STYLE.search(html)
    if found is None:
        return ""
    return f"'sha256-{base64.b64encode(hashlib.sha256(found.group(1).encode()).digest()).decode()}'"


def pdf_parts(html: str) -> tuple[str, tuple[Path, ...]]:
    """The page without links, and the files of the stylesheets that it named, whichever look was new then: the PDF fetches nothing."""
    named = tuple(dict.fromkeys(_LINK.findall(html)))
    return _LINK.sub("", html), tuple(_stylesheet_file(name) for name in named)


def _stylesheet_file(name: str) -> Path:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found)


def with_toolbar(html: str, toolbar: str) -> str:
    """The page with a bar above the paper that is not printed."""
    return html.replace(TOOLBAR_MARK, toolbar, 1)


def qr_svg(text: str) -> SafeString:
    """An inline SVG of the QR code, without a style attribute."""
    return mark_safe(qr_inline(text))  # noqa: S308 -- segno's frame and our strokes; the text is encoded as modules


def verification_url(code: str) -> str:
    """Where anyone can check the document."""
    return f"{settings.BASE_URL}/xac-minh/{code}/"


def tracking_url(dossier_code: str) -> str:
    """Where a holder of the second secret follows the dossier. The secret is not in it."""
    return f"{settings.BASE_URL}/tra-cuu/?ma={dossier_code}"
