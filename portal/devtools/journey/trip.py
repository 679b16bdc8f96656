"""One dossier of the journey: its plan, where it stands, and what was seen on its way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from dossiers.lifecycle import State
from dossiers.models import Dossier
from portal.core.patience import patient
from portal.devtools.journey.browser import Page, Unexpected
from portal.devtools.journey.markup import Value
from portal.devtools.journey.people import Citizen, People

ROUTING_SECONDS = 90
LOOK_EVERY_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Filing:
    """What is filed. `answers` are names of the form's inputs; `settles` answers what the form asks back."""

    procedure: str
    person: Citizen
    answers: dict[str, Value]
    settles: dict[str, Value] = field(default_factory=dict)
    case: str = ""
    organisation: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Trip:
    """A dossier under way."""

    people: People
    filing: Filing
    office: str = ""
    code: str = ""
    agency: str = ""
    notes: list[str] = field(default_factory=list)
    secret: str = ""
    papers: list[str] = field(default_factory=list)
    mirrored: str = ""
    refusals: int = 0

    @property
    def is_online(self) -> bool:
        """Whether the person filed it from home."""
        return not self.office

    def dossier(self) -> Dossier:
        """The dossier as it is stored now."""
        found: Dossier = Dossier.objects.select_related("agency__reception_office", "receiving_office", "procedure").get(code=self.code)
        return found

    def require_state(self, *states: State) -> Dossier:
        """The dossier, in one of these states. Raises Unexpected."""
        found = self.dossier()
        if State(found.state) not in states:
            raise Unexpected(f"{self.code} is {found.state}, not {' or '.join(states)}")
        return found

    def wait_for(self, what: str, holds: Callable[[Dossier], bool], seconds: float = ROUTING_SECONDS) -> Dossier:
        """The dossier, once other processes have brought it there. Raises Unexpected after `seconds`."""
        end = time.monotonic() + patient(seconds)
        while not holds(found := self.dossier()):
            if time.monotonic() > end:
                raise Unexpected(f"{self.code}: {what} did not happen in {seconds:.0f} s (state {found.state}, routing {found.routing})")
            time.sleep(LOOK_EVERY_SECONDS)
        return found

    def require_words(self, page: Page, *words: str) -> None:
        """The page says all of these. Raises Unexpected."""
        missing = [word for word in words if word not in page.shown.words]
        if missing:
            raise Unexpected(f"{page.url} does not say {missing}: {page.complaint}")


Step = Callable[[Trip], None]


def done_with_database() -> None:
    """This thread holds no connection any more."""
    connection.close()
