"""Reorganisations as tests enter them: by codes, approved by a second person."""

from datetime import date, datetime, timedelta

from portal.accounts import reorganising
from portal.accounts.models import Role, User
from portal.agencies.actions.reorganise import NewLine, enter
from portal.agencies.models import AdministrativeUnit, Reorganisation
from tests.factories import MONDAY, TODAY, staff

DAY = date(2027, 1, 1)
EVE = DAY - timedelta(days=1)


def unit(code: str, on: date = EVE) -> AdministrativeUnit:
    """The unit that has the code on the day."""
    return AdministrativeUnit.objects.on(on).select_related("province").get(code=code)


def draft(
    kind: str,
    *lines: tuple[str, ...],
    day: date = DAY,
    at: datetime = MONDAY,
    level: str = "commune",
    number: str = "1234/NQ-UBTVQH15",
    by: User | None = None,
    today: date | None = None,
) -> Reorganisation:
    """A draft; each line is old code, new code, new name, new type, and the new province's code where that changes."""
    editor = by or staff(Role.CATALOGUE_EDITOR)
    eve = day - timedelta(days=1)
    new = [NewLine(unit(old, eve), code, name, kind_of, *rest) for old, code, name, kind_of, *rest in lines]
    entered = Reorganisation(
        kind=kind, level=level, number=number, legal_basis="Nghị quyết về sắp xếp đơn vị hành chính", effective_from=day
    )
    reorganisation, _problems = enter(entered, new, actor=editor, at=at, today=today or min(TODAY, eve))
    return reorganisation


def approved(
    kind: str, *lines: tuple[str, ...], day: date = DAY, level: str = "commune", number: str = "1234/NQ-UBTVQH15"
) -> Reorganisation:
    """The same, approved."""
    entered = draft(kind, *lines, day=day, level=level, number=number)
    approver = staff(Role.CATALOGUE_APPROVER)
    return reorganising.approve(entered, actor=approver, at=MONDAY, today=min(TODAY, day - timedelta(days=1)))


def merger(day: date = DAY) -> Reorganisation:
    """Phường Ba Đình (00004) and phường Ngọc Hà (00008) become phường Ba Đình Mới (90001)."""
    return approved(
        "merger", ("00004", "90001", "Phường Ba Đình Mới", "phường"), ("00008", "90001", "Phường Ba Đình Mới", "phường"), day=day
    )
