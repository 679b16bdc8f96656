"""Tags of the component kit: `{% load kit %}`."""

from functools import lru_cache

import structlog
from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.core.icons import UnknownIconError, icon_body

register = template.Library()
log = structlog.get_logger("portal.kit")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline icon, silent for screen readers unless it carries its own label."""
    try:
        body = mark_safe(icon_body(name))  # noqa: S308 -- our own files
    except (UnknownIconError, OSError):
        log.warning("icon_missing", icon=name)
        return mark_safe("")
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        meaning,
        body,
    )


@register.simple_tag
def asset(path: str) -> str:
    """The URL of a static file, or nothing where it was never built (fonts); never an error."""
    return _asset_url(path) if settings.DEBUG else _kept_asset_url(path)


def _asset_url(path: str) -> str:
    if not staticfiles_storage.exists(path) and not finders.find(path):
        return ""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@lru_cache(maxsize=256)
def _kept_asset_url(path: str) -> str:
    return _asset_url(path)


@register.filter
def error_anchor(field: BoundField) -> str:
    """The id of the control that an error summary leads to: of a group, the first one."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.id_for_label or field.auto_id)
