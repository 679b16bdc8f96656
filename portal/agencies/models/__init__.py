"""Administrative units, agencies and offices with their dates, what became of them, and the working calendar."""

from portal.agencies.models.places import (
    FAR_PAST,
    AdministrativeUnit,
    AdministrativeUnitQuerySet,
    Agency,
    AgencyQuerySet,
    Holiday,
    Office,
    ServiceArea,
    UnitSuccession,
    valid_on,
)
from portal.agencies.models.reorganisation import (
    AgencySuccession,
    OfficeSuccession,
    Reorganisation,
    ReorganisationLine,
    ReorganisationRecord,
)

__all__ = [
    "FAR_PAST",
    "AdministrativeUnit",
    "AdministrativeUnitQuerySet",
    "Agency",
    "AgencyQuerySet",
    "AgencySuccession",
    "Holiday",
    "Office",
    "OfficeSuccession",
    "Reorganisation",
    "ReorganisationLine",
    "ReorganisationRecord",
    "ServiceArea",
    "UnitSuccession",
    "valid_on",
]
