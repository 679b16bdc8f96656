"""The last dossiers as competence sees them, for a dry run. They are told from above: this app does not know dossiers."""

from collections.abc import Callable, Iterable

from procedures.queries.dryrun import DossierFacts

RecentDossiers = Callable[[int], Iterable[DossierFacts]]
"""The facts of the last so many routed dossiers, the newest first."""

_readers: list[RecentDossiers] = []


def tell_recent_dossiers_by(reader: RecentDossiers) -> None:
    """From now on the reader answers. Called once, when the app that keeps the dossiers is ready."""
    _readers[:] = [reader]


def recent_dossiers(count: int) -> list[DossierFacts]:
    """At most so many of the last dossiers; none where no app keeps dossiers."""
    return list(_readers[0](count)) if _readers and count > 0 else []
