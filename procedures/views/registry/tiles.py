"""The map of the 34 provinces as tiles: server-drawn, each tile a link with a name and a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.agencies.models import AdministrativeUnit

POSITIONS: Mapping[str, tuple[int, int]] = {
    "12": (1, 1), "15": (1, 2), "08": (1, 3), "04": (1, 4),
    "11": (2, 1), "14": (2, 2), "25": (2, 3), "19": (2, 4), "20": (2, 5),
    "01": (3, 3), "24": (3, 4), "22": (3, 5),
    "37": (4, 3), "33": (4, 4), "31": (4, 5),
    "38": (5, 3),
    "40": (6, 2), "42": (6, 3),
    "44": (7, 3), "46": (7, 4),
    "48": (8, 4),
    "51": (9, 4),
    "52": (10, 4),
    "66": (11, 4),
    "80": (12, 1), "75": (12, 2), "68": (12, 3), "56": (12, 4),
    "91": (13, 1), "82": (13, 2), "79": (13, 3),
    "92": (14, 1), "86": (14, 2),
    "96": (15, 1),
}  # fmt: skip
"""Row and column by province code; the style sheet says the same (`province-48`). A test keeps the two equal."""

ISLANDS = (("48", "Hoàng Sa"), ("56", "Trường Sa"))
"""The archipelagos stand off the coast of the province to which they belong."""

TYPES = ("Thành phố ", "Tỉnh ")
SHADES = (1, 10, 100)
"""From how many on a tile is drawn one shade stronger; below the first it is empty."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One province. `shade` is 0 (nothing) to 3; the number says it too."""

    code: str
    name: str
    count: int
    shade: int
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class TileMap:
    """Every province of a day: those that have their place, from north to south, and those whose code the map does not know, by code."""

    placed: tuple[Tile, ...]
    others: tuple[Tile, ...]


def short_name(name: str) -> str:
    """The name without the word for its kind: "Thành phố Hà Nội" is "Hà Nội"."""
    return next((name.removeprefix(word) for word in TYPES if name.startswith(word)), name)


def tiles_of(provinces: Iterable[AdministrativeUnit], counts: Mapping[str, int], *, current: str = "") -> TileMap:
    """A tile for each of the provinces."""
    tiles = [
        Tile(unit.code, short_name(unit.name), count, _shade(count), is_current=unit.code == current)
        for unit in provinces
        for count in [counts.get(unit.code, 0)]
    ]
    placed = sorted((tile for tile in tiles if tile.code in POSITIONS), key=lambda tile: POSITIONS[tile.code])
    others = sorted((tile for tile in tiles if tile.code not in POSITIONS), key=lambda tile: tile.code)
    return TileMap(tuple(placed), tuple(others))


def _shade(count: int) -> int:
    return sum(count >= least for least in SHADES)
