"""Administrative units by code and date, what became of them, and how they are written."""

from collections.abc import Iterable
from datetime import date, timedelta

from portal.agencies.models import FAR_PAST, AdministrativeUnit, UnitSuccession
from portal.agencies.succession import Level, Resolution, Succession, Unit, resolve
from portal.core.clock import business_today

ONE_DAY = timedelta(days=1)


class DatabaseLookup:
    """The two tables as `succession.resolve` reads them. Rows that the import distrusts do not count."""

    def units(self, code: str) -> Iterable[Unit]:
        rows = AdministrativeUnit.objects.filter(code=code).select_related("province", "parent").order_by("valid_from")
        return [_plain(row) for row in rows]

    def successions(self, old_code: str) -> Iterable[Succession]:
        rows = UnitSuccession.objects.filter(old_code=old_code, is_trusted=True).select_related("successor").order_by("successor__code")
        return [Succession(Level(row.level), row.old_code, row.successor.code, row.valid_from) for row in rows]


def _plain(row: AdministrativeUnit) -> Unit:
    return Unit(
        code=row.code,
        name=row.name,
        level=Level(row.level),
        valid_from=None if row.valid_from == FAR_PAST else row.valid_from,
        valid_to=row.valid_to,
        parent_code=row.parent.code if row.parent else "",
        province=(row.province or row).name,
        id=row.id,
    )


def resolve_unit(code: str, *, from_on: date, to_on: date, level: str | None = None) -> Resolution:
    """The unit(s) that on `to_on` cover what `code` named on `from_on`: one, several, or none with its reason."""
    return resolve(code, from_on=from_on, to_on=to_on, lookup=DatabaseLookup(), level=Level(level) if level else None)


def current_units_of(unit: AdministrativeUnit, on: date) -> list[AdministrativeUnit]:
    """The units that cover this one on the day: one, several, or none, by code. The unit itself while it is in force."""
    if holds_on(unit, on):
        return [unit]
    start = unit.valid_to or unit.valid_from
    resolution = resolve_unit(unit.code, from_on=start, to_on=max(on, start), level=unit.level)
    return units_by_id(found.id for found in resolution.units if found.id is not None)


def holds_on(unit: AdministrativeUnit, on: date) -> bool:
    """Whether the unit is in force on the day."""
    return unit.valid_from <= on and (unit.valid_to is None or on <= unit.valid_to)


def units_by_id(ids: Iterable[int]) -> list[AdministrativeUnit]:
    """These units with what their labels need, by code."""
    return list(AdministrativeUnit.objects.filter(id__in=list(ids)).select_related("province", "parent").order_by("code", "id"))


def unit_by_code(code: str, on: date, level: str | None = None) -> AdministrativeUnit | None:
    """The unit that had this code on the day."""
    units = AdministrativeUnit.objects.on(on).filter(code=code).select_related("province", "parent").order_by("id")
    return (units.filter(level=level) if level else units).first()


def province_of(unit: AdministrativeUnit) -> AdministrativeUnit:
    """The province that the unit lies in; a province is its own."""
    return unit.province or unit


def place_label(unit: AdministrativeUnit) -> str:
    """ "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh": commune names repeat, so the province always stands behind."""
    names = [unit.name]
    if unit.parent and unit.parent_id != unit.province_id:
        names.append(unit.parent.name)
    if unit.province:
        names.append(unit.province.name)
    return ", ".join(names)


def unit_label(unit: AdministrativeUnit, on: date | None = None) -> str:
    """The place label; a unit that is no longer in force on the day (today) says until when it was: "… (trước 01/07/2025)"."""
    label = place_label(unit)
    if unit.valid_to and unit.valid_to < (on or business_today()):
        return f"{label} (trước {unit.valid_to + ONE_DAY:%d/%m/%Y})"
    return label
