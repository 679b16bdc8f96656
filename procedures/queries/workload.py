"""How many dossiers are open at an agency. The count is told from above: this app does not know dossiers."""

from collections.abc import Callable, Collection, Mapping

OpenDossiers = Callable[[Collection[int] | None], Mapping[int, int]]
"""Open dossiers by agency, of these agencies or of all; agencies without any may be missing."""

_counters: list[OpenDossiers] = []


def count_open_dossiers_by(counter: OpenDossiers) -> None:
    """From now on the counter answers. Called once, when the app that keeps the dossiers is ready."""
    _counters[:] = [counter]


def open_dossiers(agencies: Collection[int] | None = None) -> dict[int, int]:
    """Open dossiers by agency."""
    return dict(_counters[0](agencies)) if _counters else {}
