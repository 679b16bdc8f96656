"""Ask the centre of a divided unit's province in which part an address lies. The dossier's clock does not notice."""

from datetime import date, datetime

from dossiers.actions.say import say
from dossiers.models import Dossier, PlaceQuestion
from dossiers.placefacts import Known, Split
from portal.agencies.models import Office
from portal.agencies.queries import centre_of, current_units_of, working_calendar
from portal.core.workcalendar import local
from procedures.competence import Competent, Decision, Reason, ReasonCode

WORKING_HOURS = 4


def ask_centre(dossier: Dossier, decision: Decision, known: Known, *, at: datetime) -> PlaceQuestion | None:
    """The question is with the centre, due in four working hours; None if the undecided place is no divided unit,
    nobody there could be asked, or the centre has already said that it does not know."""
    fact = _undecided(decision, known)
    if fact is None or dossier.place_questions.filter(fact=fact).exists():
        return None
    split = known.split[fact]
    office = centre_for(split, local(at).date())
    if office is None:
        return None
    calendar = working_calendar(range(at.year, at.year + 2))
    question = PlaceQuestion.objects.create(
        dossier=dossier,
        fact=fact,
        written=split.written[:300],
        unit=split.unit,
        options=[part.pk for part in split.parts],
        office=office,
        asked_at=at,
        due_at=calendar.add_working_minutes(at, WORKING_HOURS * 60),
    )
    _tell(dossier)
    return question


def _tell(dossier: Dossier) -> None:
    """The person learns why it takes longer. Nothing is needed of them, so nobody is called."""
    event = dossier.events.order_by("-seq").first()
    if event is not None and (dossier.phone or dossier.email):
        say(dossier, "place_question", event)


def _undecided(decision: Decision, known: Known) -> str | None:
    """The fact whose division keeps the rules from naming one agency."""
    if isinstance(decision, Competent):
        return None
    told: list[Reason] = [*decision.reasons, *(each.reason for each in decision.rejected)]
    facts = [dict(reason.params).get("fact", "") for reason in told if reason.code is ReasonCode.PLACE_SPLIT]
    return next((fact for fact in facts if fact in known.split), None)


def centre_for(split: Split, on: date) -> Office | None:
    """The centre of the province in which the divided unit lies today."""
    provinces = {part.province for part in split.parts if part.province}
    if len(provinces) != 1 and split.unit.province:
        provinces = set(current_units_of(split.unit.province, on)) or provinces
    ordered = sorted(provinces, key=lambda province: province.code)
    return next((office for province in ordered if (office := centre_of(province, on))), None)
