"""The quick QR code is the library's, module for module; its drawing shows exactly these modules."""

import random
import re
import string

import pytest
import segno

from dossiers.documents.qr import LEVEL, MASK, modules, qr_inline

ALPHABET = string.ascii_letters + string.digits + "-._~:/?#=&%"
_STROKE = re.compile(r"(m-\d+ 1)|h(\d+)|m(\d+) 0")


def by_the_library(text: str) -> list[list[int]]:
    code = segno.make(text, error=LEVEL, micro=False, mode="byte", mask=MASK, boost_error=False)
    return [[1 if module else 0 for module in row] for row in code.matrix]


def drawn(svg: str) -> list[list[int]]:
    """The modules that the path covers."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1)) // 4  # type: ignore[union-attr]
    shown = [[0] * size for _row in range(size)]
    x, y = 0, -1
    for row, line, gap in _STROKE.findall(svg):
        if row:
            x, y = 0, y + 1
        elif line:
            shown[y][x : x + int(line)] = [1] * int(line)
            x += int(line)
        else:
            x += int(gap)
    return shown


@pytest.mark.parametrize("length", [1, 17, 43, 47, 61, 62, 63, 90, 120])
def test_every_module_is_that_of_the_library(length: int) -> None:
    dice = random.Random(length)
    for _each in range(4):
        text = "".join(dice.choices(ALPHABET, k=length))
        expected = by_the_library(text)

        padding = [0] * (-len(expected) % 8)
        assert modules(text) == int("".join(str(module) for row in expected for module in row + padding), 2)
        assert drawn(qr_inline(text)) == expected


def test_other_alphabets_are_drawn_too_and_nothing_needs_a_style() -> None:
    svg = qr_inline("Hồ sơ số 1")

    assert svg.startswith("<svg ")
    assert 'class="qr"' in svg
    assert "style" not in svg + qr_inline("https://example.vn/tra-cuu/?ma=H29-261102-0001")
