"""A result on the screen as the paper that it will be."""

from django.utils.safestring import SafeString, mark_safe

from dossiers.documents.results import render_result
from dossiers.models import Result

_OPENS, _CLOSES = "<main", "</main>"


def sheet_of(result: Result) -> SafeString:
    """The inside of the rendered page, to stand within one of ours; the templates have escaped what was typed."""
    html = render_result(result)
    start = html.index(">", html.index(_OPENS)) + 1
    return mark_safe(html[start : html.index(_CLOSES, start)])  # noqa: S308 -- rendered by our own templates
