"""The agencies of a day without some: those that have said that they are not competent."""

from collections.abc import Collection, Sequence
from datetime import date

from procedures.competence import AgencyRef, Directory
from procedures.queries.directory import AgencyDirectory


class AgenciesWithout:
    """Implements `competence.Directory`: `agencies` are never found, everything else as in `among`."""

    def __init__(self, agencies: Collection[int], among: Directory | None = None) -> None:
        self._left_out, self._among = frozenset(agencies), among or AgencyDirectory()

    def agencies_of(self, kind: str, unit_code: str | None, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind that belong to the unit; None means anywhere in the country."""
        return self._rest(self._among.agencies_of(kind, unit_code, on))

    def serving(self, commune_code: str, kind: str, on: date) -> Sequence[AgencyRef]:
        """Agencies of the kind whose service area holds the commune."""
        return self._rest(self._among.serving(commune_code, kind, on))

    def agency(self, agency_id: int, on: date) -> AgencyRef | None:
        """The agency, if it exists on the day."""
        return None if agency_id in self._left_out else self._among.agency(agency_id, on)

    def load(self, agency_id: int) -> float:
        """As the others count it."""
        return self._among.load(agency_id)

    def _rest(self, agencies: Sequence[AgencyRef]) -> Sequence[AgencyRef]:
        return [agency for agency in agencies if agency.id not in self._left_out]
