"""Reads of this app: units and their successors, places as people type them, agencies, offices, the working calendar."""

from portal.agencies.queries.bodies import agencies_of, centre_of, office_choices, offices_at, serving
from portal.agencies.queries.calendar import working_calendar
from portal.agencies.queries.places import PlaceMatch, Suggestion, match_place, search_places
from portal.agencies.queries.units import current_units_of, place_label, province_of, resolve_unit, unit_by_code, unit_label, units_by_id

__all__ = [
    "PlaceMatch",
    "Suggestion",
    "agencies_of",
    "centre_of",
    "current_units_of",
    "match_place",
    "office_choices",
    "offices_at",
    "place_label",
    "province_of",
    "resolve_unit",
    "search_places",
    "serving",
    "unit_by_code",
    "unit_label",
    "units_by_id",
    "working_calendar",
]
