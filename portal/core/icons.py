"""Lucide icons (ISC licence), copied by `manage.py build_assets`, else read from their package."""

import importlib.resources
import zipfile
from functools import cache

from portal.core import paths

ICON_DIR = paths.LOCAL / "assets" / "icons"
# The icons that build_assets copies; any other is read from the package when a template first names it.
ICONS = (
    "accessibility", "arrow-left", "arrow-right", "baby", "badge-check", "ban", "banknote", "bell-ring", "bike", "building-2",
    "calendar-clock", "camera", "car", "check", "chevron-left", "chevron-right", "circle", "circle-alert", "circle-check",
    "circle-question-mark", "circle-user-round", "circle-x", "clipboard-list", "clock", "download", "file-check", "file-plus",
    "file-search", "file-text", "files", "flower-2", "graduation-cap", "hand-coins", "hard-hat", "heart", "heart-handshake",
    "house", "id-card", "inbox", "info", "keyboard", "landmark", "languages", "list-checks", "loader", "lock-keyhole", "log-in",
    "log-out", "map-pin", "map-pinned", "message-square", "pencil", "plane", "printer", "qr-code",
    "receipt", "refresh-cw", "scan-line", "scroll-text",
    "search", "send", "shield-check", "stamp", "store", "ticket", "trash-2", "triangle-alert", "undo-2", "upload", "user-round",
    "users-round",
)  # fmt: skip


class UnknownIconError(LookupError):
    """No icon has this name, neither built nor in the package."""


def packaged_icon(name: str) -> str:
    """The icon's SVG from the installed package. Raises UnknownIconError."""
    archive = importlib.resources.files("lucide").joinpath("lucide.zip")
    with archive.open("rb") as stream, zipfile.ZipFile(stream) as icons:
        try:
            return icons.read(f"{name}.svg").decode()
        except KeyError as error:
            raise UnknownIconError(name) from error


@cache
def icon_body(name: str) -> str:
    """What stands between <svg> and </svg>. Raises UnknownIconError."""
    built = ICON_DIR / f"{name}.svg"
    source = built.read_text() if built.exists() else packaged_icon(name)
    inner = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
    return " ".join(inner.split())
