"""What an agency lacks to be given dossiers. It is told from above: absences are kept with the dossiers, which this app does not know."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from portal.agencies.models import Agency

OFFICER, LEADER, COUNTER, CLERK = LACKS = ("officer", "leader", "counter", "clerk")
"""What can be missing, in the order in which it is told."""

Lacking = Callable[[Iterable[Agency], date], Mapping[int, Collection[str]]]
"""What each agency lacks on the day: words of LACKS."""

_lookers: list[Lacking] = []


def tell_lacks_by(looker: Lacking) -> None:
    """From now on the looker answers. Called once, when the app that keeps the dossiers is ready."""
    _lookers[:] = [looker]


def lacks_on(agencies: Iterable[Agency], on: date) -> dict[int, Collection[str]]:
    """What each agency lacks on the day. Without an app that keeps dossiers nobody is there to take one."""
    found = list(agencies)
    return dict(_lookers[0](found, on)) if _lookers else {agency.pk: LACKS for agency in found}
