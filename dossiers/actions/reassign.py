"""A dossier is given to an officer: by the colleague who held it, or by the leader. Time and state stay as they are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.standing import NoPost, NotHolder, official
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.actions.transition_many import Move, locked_many, transition_many
from dossiers.lifecycle import State, Verb
from dossiers.models import Absence, Dossier, Reassignment
from dossiers.team import away
from portal.accounts.identity import Identity, identity_of
from portal.accounts.models import Role, User
from portal.core.errors import Conflict, DomainError
from portal.core.workcalendar import local


class NotReceivable(DomainError):
    """The person cannot take this dossier: no officer here, away, or the one who took it in at the counter."""


class HeldByAnother(Conflict):
    """The dossier is no longer with the person from whom it was to be taken."""


@dataclass(frozen=True, slots=True)
class Giving:
    """Whom a dossier goes to, and what the giver writes to that person."""

    to: User
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Circle:
    """What is known of the people concerned: their posts on the day, and who of them is away."""

    posts: Mapping[int, Identity]
    absent: Mapping[int, Absence]

    def has(self, person: User, role: Role, dossier: Dossier) -> bool:
        return dossier.agency_id in self.posts[person.pk].agencies.get(role, ())


@transaction.atomic
def reassign(dossier: Dossier, *, by: By, giving: Giving, expected_version: int) -> None:
    """The officer holds the dossier and finds it in the own work list, with the note.

    Raises NotHolder, NoPost, NotReceivable, StaleVersion, StepNotPossible.
    """
    dossier = locked(dossier.pk, expected_version=expected_version)
    user, _agency = official(dossier, by)
    _check(dossier, giving.to, user, _circle([giving.to, user], by))
    record = _record(dossier, by, giving)
    transition(dossier, Verb.REASSIGN, by, _step(dossier, giving))
    record.save(force_insert=True)


@transaction.atomic
def reassign_many(givings: Mapping[int, Giving], *, by: By, taken_from: int | None) -> dict[int, DomainError | None]:
    """Each dossier, by id, is with its new officer (None), or untouched with the refusal that says why.

    `taken_from` held them all when the page was made; None: they were in the queue. `by.agency` is not asked: each
    dossier is given in the name of its own agency.
    """
    if by.user is None:
        raise NoPost(_("Only a person of the agency can do this."))
    dossiers = locked_many(givings)
    circle = _circle([by.user, *(giving.to for giving in givings.values())], by)
    outcomes: dict[int, DomainError | None] = {}
    moves, records = [], []
    for pk, dossier in dossiers.items():
        try:
            if dossier.assigned_to_id != taken_from:
                raise HeldByAnother(_("Somebody else holds it by now."))
            _check(dossier, givings[pk].to, by.user, circle)
        except DomainError as refused:
            outcomes[pk] = refused
            continue
        own = By(by.user, by.at, agency=dossier.agency)
        records.append(_record(dossier, own, givings[pk]))
        moves.append(Move(dossier, Verb.REASSIGN, own, _step(dossier, givings[pk])))
    for move, record, done in zip(moves, records, transition_many(moves), strict=True):
        outcomes[move.dossier.pk] = done if isinstance(done, DomainError) else None
        if not isinstance(done, DomainError):
            record.save(force_insert=True)
    return outcomes


def see(who: User, keys: Collection[int], *, at: datetime) -> int:
    """These of the things given to the person are no longer shown as new; returns how many."""
    return Reassignment.objects.filter(given_to=who, pk__in=keys, seen_at__isnull=True).update(seen_at=at)


def _circle(people: Collection[User], by: By) -> _Circle:
    on, known = local(by.at).date(), {person.pk: person for person in people}
    return _Circle({pk: identity_of(person, on) for pk, person in known.items()}, away(on, people=known.keys()))


def _check(dossier: Dossier, to: User, giver: User, circle: _Circle) -> None:
    """The giver may give it, and the person may take it. Raises NotHolder, NotReceivable."""
    if dossier.assigned_to_id != giver.pk and not circle.has(giver, Role.LEADER, dossier):
        raise NotHolder(_("A colleague holds this dossier."))
    name, absence, why = {"name": to.full_name}, circle.absent.get(to.pk), ""
    if State(dossier.state) is not State.IN_TRANSFER_TO_AGENCY and dossier.assigned_to_id is None:
        why = _("Nobody of the agency holds this dossier.")
    elif not circle.has(to, Role.OFFICER, dossier):
        why = _("%(name)s is no officer of this agency.") % name
    elif dossier.assigned_to_id == to.pk:
        why = _("%(name)s holds this dossier already.") % name
    elif dossier.filed_by_id == to.pk:
        why = _("%(name)s took this dossier in at the counter; a colleague must handle it.") % name
    elif absence:
        why = _("%(name)s is away until %(date)s.") % (name | {"date": f"{absence.ends_on:%d/%m/%Y}"})
    if why:
        raise NotReceivable(why)


def _record(dossier: Dossier, by: By, giving: Giving) -> Reassignment:
    return Reassignment(
        dossier=dossier,
        agency=by.agency,
        given_from_id=dossier.assigned_to_id,
        given_to=giving.to,
        given_by=by.user,
        note=giving.note.strip()[:1000],
        at=by.at,
    )


def _step(dossier: Dossier, giving: Giving) -> Step:
    """Who had it and what was written stays inside the agency: the citizen reads only that an officer has it."""
    told = ": ".join(filter(None, [giving.to.full_name, giving.note.strip()]))
    facts = {"from": dossier.assigned_to_id, "to": giving.to.pk, "reason": told}
    return Step(fields={"assigned_to": giving.to}, facts=facts)
