"""Dates and hours as official Vietnamese papers write them. Pure."""

from datetime import date, datetime
from functools import lru_cache

from portal.core.clock import LOCAL


def day(value: datetime | date) -> str:
    """02/12/2026, of the local day."""
    return _local_day(value).strftime("%d/%m/%Y")


def day_in_words(value: datetime | date) -> str:
    """ngày 02 tháng 12 năm 2026; days below ten and the first two months with a leading zero, as Nghị định 30/2020 asks."""
    on = _local_day(value)
    month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    return f"ngày {on.day:02d} tháng {month} năm {on.year}"


@lru_cache(maxsize=4096)
def moment(value: datetime) -> str:
    """07 giờ 30 phút, ngày 02/12/2026."""
    at = value.astimezone(LOCAL)
    return f"{at.hour:02d} giờ {at.minute:02d} phút, ngày {at.day:02d}/{at.month:02d}/{at.year:04d}"


def _local_day(value: datetime | date) -> date:
    return value.astimezone(LOCAL).date() if isinstance(value, datetime) else value


_UNITS = {"working_day": "ngày làm việc", "day": "ngày", "hour": "giờ làm việc", "month": "tháng", "year": "năm"}


def processing_time(value: int | None, unit: str) -> str:
    """The statutory time: "05 ngày làm việc", "trong ngày làm việc"; empty when the law sets none."""
    if unit == "in_day":
        return "trong ngày làm việc"
    return f"{value:02d} {_UNITS[unit]}" if value is not None and unit in _UNITS else ""


def capitalised(text: str) -> str:
    """The text with its first letter in upper case and the rest untouched."""
    return text[:1].upper() + text[1:]
