"""Old addresses as people and ID cards write them: found without diacritics, never as another place."""

import random
from datetime import date

import pytest

from portal.agencies.models import AdministrativeUnit
from portal.agencies.placenames import without_type
from portal.agencies.queries import match_place
from portal.core.text import search_key

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1800)]
SAMPLE = 350
LAST_DAY = date(2025, 6, 30)
SHORT = {"Phường ": "P.", "Quận ": "Q.", "Thành phố ": "TP.", "Thị trấn ": "TT.", "Thị xã ": "TX.", "Huyện ": "H. ", "Xã ": "X. "}


def _shortened(name: str) -> str:
    return next((short + name.removeprefix(word) for word, short in SHORT.items() if name.startswith(word)), name)


def _spellings(unit: AdministrativeUnit) -> dict[str, str]:
    """The address of an old unit: whole, without diacritics, abbreviated, abbreviated without diacritics, in capitals, as on a card."""
    assert unit.parent is not None
    assert unit.province is not None
    parts = [unit.name, unit.parent.name, unit.province.name]
    whole = ", ".join(parts)
    return {
        "whole": whole,
        "plain": ", ".join(search_key(part) for part in parts),
        "short": ", ".join(_shortened(part) for part in parts),
        "short plain": ", ".join(search_key(_shortened(part).replace(".", ". ")) for part in parts),
        "capitals": whole.upper(),
        "card": ", ".join(without_type(part) for part in parts),
    }


AT_LEAST = {"whole": 1.0, "plain": 1.0, "short": 0.99, "short plain": 0.99, "capitals": 1.0, "card": 0.95}


def test_two_thousand_old_addresses_are_found_and_none_as_another_place() -> None:
    old = AdministrativeUnit.objects.filter(level="commune", valid_to=LAST_DAY, parent__level="district")
    units = list(old.select_related("parent", "province").order_by("code"))
    numbered = [unit for unit in units if unit.name.rsplit(" ", 1)[-1].isdigit()]
    chosen = random.Random(20250701).sample(units, SAMPLE - 60) + random.Random(7).sample(numbered, 60)
    hits: dict[str, int] = dict.fromkeys(AT_LEAST, 0)
    wrong: list[str] = []
    for unit in chosen:
        for spelling, text in _spellings(unit).items():
            named = match_place(text).named
            hits[spelling] += unit in named
            if len(named) == 1 and named[0] != unit:
                wrong.append(f"{spelling}: {text} -> {named[0]}")
    assert wrong == []
    rates = {spelling: count / len(chosen) for spelling, count in hits.items()}
    assert {spelling: rate for spelling, rate in rates.items() if rate < AT_LEAST[spelling]} == {}, rates
