"""A linked matter in the journey: the dossiers that waited for the first result start by themselves, and the counter sees them."""

from functools import partial

from dossiers.matterrows import matter_of
from dossiers.models import Dossier
from portal.devtools.journey.browser import Unexpected
from portal.devtools.journey.trip import Trip


def see_followers(trip: Trip) -> None:
    """The first dossier is decided: each of the others has a code of its own and goes to an agency of its own."""
    first = trip.dossier()
    matter = matter_of(first)
    if matter is None:
        raise Unexpected(f"{trip.code} belongs to no matter")
    waiting = matter.steps.exclude(state="started").count()
    codes = list(matter.steps.order_by("seq").values_list("dossier__code", flat=True))
    if waiting or len(codes) < 2:
        raise Unexpected(f"{matter.code}: {waiting} dossiers have not started")
    for code in codes[1:]:
        trip.wait_for(f"routing of {code}", partial(_has_other_agency, code))
    with trip.people.clerk(trip.office) as browser:
        trip.require_words(browser.get(f"/quay/ho-so/{trip.code}/"), matter.code, *codes)
    trip.notes.append(f"{len(codes) - 1} dossiers started with its result")


def _has_other_agency(code: str, first: Dossier) -> bool:
    """Whether the dossier of this code has an agency, which is not that of the first."""
    found = Dossier.objects.filter(code=code).values_list("agency_id", flat=True).first()
    return found is not None and found != first.agency_id
