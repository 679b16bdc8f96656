"""What the public pages read."""

from dataclasses import dataclass

from portal.agencies.models import AdministrativeUnit
from portal.core.clock import business_today


@dataclass(frozen=True)
class ProvinceLink:
    """A province of today and the page of its counters."""

    name: str
    url: str


def provinces_today() -> list[ProvinceLink]:
    """Today's provinces in the order of the Vietnamese alphabet."""
    units = AdministrativeUnit.objects.provinces().on(business_today()).order_by("search_key", "pk")
    return [ProvinceLink(_short(unit.name), f"/quay-gan-ban/?tinh={unit.code}") for unit in units]


def _short(name: str) -> str:
    """The name without its kind, as people say it: An Giang, Hà Nội."""
    return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
