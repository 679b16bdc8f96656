"""QR codes as inline SVG, quickly: codes of texts of the same length differ only by what their differing characters change.

With version, level and mask fixed, every module of a QR code is a sum (modulo 2) of bits of the text. So the code of a text is that
of a text of the same length, with the modules flipped that each other character flips. What a character flips at a place is asked of
the library once; after that, a code is a few exclusive-ors instead of milliseconds of drawing.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import segno

FILLER = "x"
LEVEL, MASK = "m", 2
_BYTE = 8


@dataclass(frozen=True, slots=True)
class _Frame:
    """The code of nothing but fillers: bytes in a row, its modules as one number, the start of its path with the SVG around it.

    The number holds row after row, the first row highest, each filled up to whole bytes.
    """

    width: int
    rows: int
    modules: int
    before: str
    after: str


def qr_inline(text: str) -> str:
    """The SVG element of the text's QR code, without a style attribute."""
    if not text.isascii():
        return _drawn(_made(text))
    frame = _frame(len(text))
    return f"{frame.before}{_path(modules(text), frame)}{frame.after}"


def modules(text: str) -> int:
    """The modules of an ASCII text's code as one number."""
    length = len(text)
    found = _frame(length).modules
    for place, character in enumerate(text):
        if character != FILLER:
            found ^= _flips(length, place, character)
    return found


def _made(text: str) -> segno.QRCode:
    mode = "byte" if text.isascii() else None
    return segno.make(text, error=LEVEL, micro=False, mode=mode, mask=MASK, boost_error=False)


def _drawn(code: segno.QRCode) -> str:
    return str(code.svg_inline(scale=4, border=0, omitsize=True, svgclass="qr", lineclass=None))


def _number(code: segno.QRCode) -> int:
    """The modules as they stand in a frame."""
    padding = "0" * (-len(code.matrix) % _BYTE)
    return int("".join("".join("1" if module else "0" for module in row) + padding for row in code.matrix), 2)


@lru_cache(maxsize=64)
def _frame(length: int) -> _Frame:
    code = _made(FILLER * length)
    width = -(-len(code.matrix) // _BYTE)
    before = _drawn(code).rpartition(' d="')[0] + f' d="M{width * _BYTE} -0.5'
    return _Frame(width, len(code.matrix), _number(code), before, '"/></svg>')


@lru_cache(maxsize=32768)
def _flips(length: int, place: int, character: str) -> int:
    """The modules that this character changes where a filler stood."""
    return _number(_made(FILLER * place + character + FILLER * (length - place - 1))) ^ _frame(length).modules


def _path(found: int, frame: _Frame) -> str:
    """The path's data, byte by byte: each begins where the one before it ended, the first of a row at the left of the next line."""
    data = found.to_bytes(frame.width * frame.rows, "big")
    parts = list(map(_STROKES.__getitem__, data))
    back = f"m-{frame.width * _BYTE} 1"
    parts[:: frame.width] = [back + part for part in parts[:: frame.width]]
    return "".join(parts)


def _strokes(byte: int) -> str:
    """A line for each run of dark modules, a gap for each run of light ones."""
    runs = [(bit, len(list(same))) for bit, same in groupby(f"{byte:08b}")]
    return "".join(f"h{length}" if bit == "1" else f"m{length} 0" for bit, length in runs)


_STROKES = tuple(_strokes(byte) for byte in range(256))
