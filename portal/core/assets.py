"""Fonts and icons that come from packages, subset for Vietnamese and shared by the pages and by WeasyPrint.

Serif of official papers: no package carries a font with Times New Roman's metrics, so Noto Serif stands in ("Portal Serif");
where Times New Roman or Liberation Serif is installed, the stylesheet prefers the subset all the same, so papers look alike everywhere.
"""

import hashlib
import importlib.metadata
import importlib.resources
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portal.core import paths
from portal.core.icons import ICONS, packaged_icon

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

ASSETS = paths.LOCAL / "assets"
FONTS = ASSETS / "fonts"
STAMP = ASSETS / ".built"
# ASCII, Latin-1, the letters of Vietnamese (Ă Đ Ĩ Ũ Ơ Ư and Ạ–ỹ), combining marks, đồng, dashes, quotes, arrows, signs that slips use.
RANGES = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x102, 0x103), (0x110, 0x111), (0x128, 0x129), (0x168, 0x169), (0x1A0, 0x1A1), (0x1AF, 0x1B0),
    (0x300, 0x304), (0x306, 0x306), (0x309, 0x309), (0x31B, 0x31B), (0x323, 0x323), (0x1EA0, 0x1EF9), (0x2010, 0x2015), (0x2018, 0x201E),
    (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x20AB, 0x20AB), (0x2116, 0x2116),
    (0x2190, 0x2193), (0x2212, 0x2212), (0x2264, 0x2265), (0x2610, 0x2612), (0x2713, 0x2713), (0x26A0, 0x26A0),
)  # fmt: skip
CODEPOINTS = frozenset(code for first, last in RANGES for code in range(first, last + 1))


@dataclass(frozen=True)
class Face:
    """One web font: where it comes from and how pages name it. `axes` pins or narrows a variable font."""

    package: str
    source: str
    family: str
    output: str
    weight: str
    axes: tuple[tuple[str, float | tuple[float, float]], ...] = ()


TEXT_WEIGHTS: tuple[tuple[str, float | tuple[float, float]], ...] = (("wdth", 100), ("wght", (400, 700)))
FACES = (
    Face("fontpkg_be_vietnam_pro", "BeVietnamPro-Regular.ttf", "Be Vietnam Pro", "be-vietnam-pro-400.woff2", "400"),
    Face("fontpkg_be_vietnam_pro", "BeVietnamPro-SemiBold.ttf", "Be Vietnam Pro", "be-vietnam-pro-600.woff2", "600 700"),
    Face("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", "Noto Sans Tabular", "noto-sans.woff2", "400 700", TEXT_WEIGHTS),
    Face("fontpkg_noto_serif", "NotoSerif[wdth,wght].ttf", "Portal Serif", "portal-serif.woff2", "400 700", TEXT_WEIGHTS),
    Face("fontpkg_noto_serif", "NotoSerif-Italic[wdth,wght].ttf", "Portal Serif", "portal-serif-italic.woff2", "400 700", TEXT_WEIGHTS),
)


def fingerprint() -> str:
    """Changes when this recipe or one of the packages does."""
    names = sorted({face.package for face in FACES} | {"lucide", "fonttools"})
    versions = [f"{name}={importlib.metadata.version(name.replace('_', '-'))}" for name in names]
    return hashlib.sha256(repr((versions, FACES, RANGES, ICONS)).encode()).hexdigest()


def build(*, force: bool = False) -> list[Path]:
    """Every font, its stylesheet and every icon stand in `.local/assets`. Returns what was written; nothing when up to date."""
    wanted = fingerprint()
    if not force and STAMP.exists() and STAMP.read_text() == wanted:
        return []
    written = [_subset(face) for face in FACES]
    written.append(_write(ASSETS / "css" / "fonts.css", stylesheet().encode()))
    written += [_write(ASSETS / "icons" / f"{name}.svg", packaged_icon(name).encode()) for name in ICONS]
    for package in sorted({face.package for face in FACES}):
        licence = importlib.resources.files(package).joinpath("LICENSE").read_bytes()
        written.append(_write(FONTS / f"{package.removeprefix('fontpkg_')}-OFL.txt", licence))
    _write(STAMP, wanted.encode())
    return written


def stylesheet(base: str = "../fonts/") -> str:
    """The @font-face rules; `base` is where the files are, a folder's `file:` URL for WeasyPrint."""
    return "".join(_font_face(face, base) for face in FACES)


def _font_face(face: Face, base: str) -> str:
    style = "italic" if "italic" in face.output else "normal"
    return (
        f'@font-face{{font-family:"{face.family}";font-style:{style};font-weight:{face.weight};'
        f'font-display:swap;src:url("{base}{face.output}") format("woff2")}}\n'
    )


def _subset(face: Face) -> Path:
    from fontTools import subset  # noqa: PLC0415 -- slow import, needed at set-up only
    from fontTools.ttLib import TTFont  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    with importlib.resources.as_file(importlib.resources.files(face.package).joinpath("files", face.source)) as source:
        font = TTFont(source)
        options = subset.Options(
            layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum"], hinting=False, notdef_outline=True
        )
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=CODEPOINTS)
        cutter.subset(font)
        if face.axes:
            font = instancer.instantiateVariableFont(_reloaded(font), dict(face.axes))
        font.flavor = "woff2"
        return _write(FONTS / face.output, _bytes_of(font))


def _bytes_of(font: "TTFont") -> bytes:
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def _reloaded(font: "TTFont") -> "TTFont":
    """The same font read afresh: the variation tables of a subset are only consistent after a round trip."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    return TTFont(io.BytesIO(_bytes_of(font)))


def _write(path: Path, content: bytes) -> Path:
    """Replace the file in one step, so that a running server never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_bytes(content)
    return scratch.replace(path)
