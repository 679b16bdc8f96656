"""Load the working calendar. Days that an admin has edited are kept."""

from datetime import date

from django.db import transaction

from portal.agencies.actions.upsert import Changes, upsert
from portal.agencies.models import Holiday
from portal.agencies.reference_files import read_rows


@transaction.atomic
def load_holidays() -> Changes:
    """Every day of the file is in the calendar; days already there stay as they are."""
    wanted = [
        Holiday(
            on=date.fromisoformat(row["on"]),
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            is_working=row["is_working"] == "1",
            source=row["source"],
        )
        for row in read_rows("holidays")
    ]
    return upsert(Holiday, wanted, key=("on",))
