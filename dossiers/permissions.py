"""Which steps a person of the deciding agency may take on a dossier now. The lifecycle says what is possible, this says for whom."""

from dossiers.lifecycle import State, Verb, verbs_for
from dossiers.models import Dossier
from dossiers.states import Actor
from portal.accounts.identity import Identity
from portal.accounts.models import Role

_ROLES = {Actor.OFFICER: Role.OFFICER, Actor.LEADER: Role.LEADER}
_ONLY_HOLDER = frozenset({Verb.ASK_SUPPLEMENT, Verb.PROPOSE, Verb.REQUIRE_PAYMENT})
"""What only the officer who holds the dossier does."""

NOT_HERE = frozenset({Verb.SEND_RESULT, Verb.SUPPLEMENT_EXPIRED})
"""Steps that the pages of the agency do not offer: they happen by themselves or elsewhere."""


def capacities(who: Identity, dossier: Dossier) -> tuple[Actor, ...]:
    """The roles in which the person belongs to the agency that decides this dossier."""
    return tuple(actor for actor, role in _ROLES.items() if dossier.agency_id in who.agencies.get(role, ()))


def steps_for(who: Identity, dossier: Dossier) -> frozenset[Verb]:
    """What this person may do to this dossier in its present state."""
    state = State(dossier.state)
    actors = capacities(who, dossier)
    possible = {verb for actor in actors for verb in verbs_for(state, actor)} - NOT_HERE
    return frozenset(verb for verb in possible if _may(verb, who, dossier, actors))


def _may(verb: Verb, who: Identity, dossier: Dossier, actors: tuple[Actor, ...]) -> bool:
    is_holder = dossier.assigned_to_id == who.user_id
    if verb is Verb.CLAIM:
        return dossier.filed_by_id != who.user_id
    if verb is Verb.REASSIGN:
        is_free = State(dossier.state) is State.IN_TRANSFER_TO_AGENCY
        return is_holder or (Actor.LEADER in actors and (is_free or dossier.assigned_to_id is not None))
    if verb in _ONLY_HOLDER:
        return is_holder
    if verb is Verb.RESUME_STOPPED:
        return not dossier.stops.filter(resumed_at__isnull=True, is_pause=False).exists()
    if verb is Verb.EXTEND:
        return not dossier.extensions and (is_holder or Actor.LEADER in actors)
    if verb in {Verb.RELEASE, Verb.RETURN_NOT_COMPETENT} and State(dossier.state) is State.ASSIGNED:
        return is_holder or Actor.LEADER in actors
    return True
