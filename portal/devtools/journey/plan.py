"""How a dossier of the journey is planned: who files what where, and what everybody does with it, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.devtools.journey import desk, filling
from portal.devtools.journey.markup import Value
from portal.devtools.journey.people import Citizen
from portal.devtools.journey.trip import Filing, Step


@dataclass(frozen=True, slots=True)
class NextMorning:
    """Everybody goes home; the journey goes on at 08:00 of the next working day."""


NEXT_MORNING = NextMorning()


@dataclass(frozen=True, slots=True)
class Plan:
    """One dossier. `agency` is the identifier that the rules must find, or empty when a person decides or it may change."""

    story: str
    filing: Filing
    steps: tuple[Step | NextMorning, ...]
    agency: str = ""

    def days(self) -> Iterator[tuple[Step, ...]]:
        """The steps of each working day."""
        day: list[Step] = []
        for step in self.steps:
            if isinstance(step, NextMorning):
                yield tuple(day)
                day = []
            else:
                day.append(step)
        yield tuple(day)


def walk_in(story: str, office: str, filing: Filing, *steps: Step | NextMorning, agency: str = "", scan: bool = False) -> Plan:
    """Filed at this counter; the slip is printed at once."""
    return Plan(story, filing, (desk.take(office, scan=scan), desk.open_slip, *steps), agency)


def declared(code: str, *changes: dict[str, Value], settles: dict[str, Value] | None = None) -> Filing:
    """The sample declaration of a procedure with its own form."""
    answers: dict[str, Value] = {}
    for change in changes:
        answers |= change
    return Filing(code, filling.person_of(code), filling.typed_sample(code) | answers, filling.chosen(code) | (settles or {}))


def asked(
    code: str, person: Citizen, request: str, where: str, *, line: str = "", organisation: tuple[str, str] = ("", ""), case: str = ""
) -> Filing:
    """The common form."""
    answers = filling.common(person, request, where, line)
    if organisation[0]:
        answers |= {
            "applicant_kind": "organisation",
            "organisation_name": organisation[0],
            "organisation_tax": organisation[1],
            "position": "Giám đốc",
        }
    return Filing(code, person, answers, case=case, organisation=organisation)
