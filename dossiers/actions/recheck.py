"""On the day of acceptance it is decided again who is competent; if that has changed, the dossier moves instead of being accepted here.

Source: the unit, the rule and the agency are those of the day of acceptance; until then the filing day decides.
"""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.actions.ask_place import ask_centre
from dossiers.actions.inherit import hand_on
from dossiers.actions.route import decide_for, deciding_unit, hand_to, leave_to_person, record, routing_day, waiting_for
from dossiers.actions.transition import By, Step, transition
from dossiers.lifecycle import Verb
from dossiers.models import Dossier
from dossiers.placefacts import Known
from portal.agencies.models import Agency
from portal.core.workcalendar import local
from procedures.competence import Ambiguous, Competent, Decision, RuleKind
from procedures.reasons import reason_text


@dataclass(frozen=True, slots=True)
class Moved:
    """The dossier was not accepted here. `agency` is where it went, None if a person decides; `reason` is what the citizen reads."""

    dossier: Dossier
    agency: Agency | None
    reason: str


def recheck(dossier: Dossier, *, by: By) -> Moved | None:
    """None: the agency that has the (locked) dossier is the competent one of this day too. Else it has moved, with its reason."""
    hand_on(dossier, at=by.at)
    on, before = local(by.at).date(), routing_day(dossier)
    old = dossier.agency
    if old is None or (on == before and dossier.routing == Dossier.Routing.ROUTED):
        return None
    decision, known = decide_for(dossier, on)
    if dossier.routing == Dossier.Routing.ROUTED and _stays(dossier, old, decision):
        if isinstance(decision, Competent) and decision.agency.id == old.pk:
            record(dossier, decision, known, at=by.at)
        return None
    earlier, known_before = decide_for(dossier, before)
    if dossier.routing == Dossier.Routing.ROUTED and _same(earlier, decision):
        return None  # a person, or an answer, had named another agency, and nothing has changed since
    reason = _reason(old, decision, earlier, known, known_before)
    transition(
        dossier,
        Verb.RECHECK,
        By(by.user, by.at, office=by.office),
        Step(note=reason, legal_basis=decision.rule.legal_basis if isinstance(decision, Competent) else ""),
    )
    record(dossier, decision, known, at=by.at)
    return Moved(dossier, _move(dossier, decision, known, by), reason)


def recheck_places(dossier: Dossier, former: Decision, *, by: By) -> Moved | None:
    """A correction before acceptance named another place; `former` is what was decided before it.

    None: the agency that has the (locked) dossier stays. Else it has moved.
    """
    old, (decision, known) = dossier.agency, decide_for(dossier, routing_day(dossier))
    if old is None or stays_after(dossier, former, decision):
        record(dossier, decision, known, at=by.at)
        return None
    with translation.override("vi"):
        reason = _("By the corrected declaration %(new)s is competent, no longer %(old)s. Your code stays the same.") % {
            "new": decision.agency.name if isinstance(decision, Competent) else _("another agency, which a person determines,"),
            "old": old.name,
        }
    basis = decision.rule.legal_basis if isinstance(decision, Competent) else ""
    transition(dossier, Verb.RECHECK, By(None, by.at), Step(note=reason, legal_basis=basis))
    record(dossier, decision, known, at=by.at)
    return Moved(dossier, _move(dossier, decision, known, by), reason)


def stays_after(dossier: Dossier, former: Decision, decision: Decision) -> bool:
    """Whether the agency that has the dossier is competent by the corrected answers too."""
    old = dossier.agency
    if old is None or _is_of(old, decision):
        return True
    if isinstance(decision, Competent):
        return isinstance(former, Competent) and former.agency.id == decision.agency.id
    return dossier.route_decisions.filter(outcome="person", agency=old).exists()


def _move(dossier: Dossier, decision: Decision, known: Known, by: By) -> Agency | None:
    if isinstance(decision, Competent):
        agency = Agency.objects.select_related("reception_office").get(pk=decision.agency.id)
        dossier.place = deciding_unit(decision, known.facts, known.facts.on)
        hand_to(dossier, agency, By(None, by.at))
        return agency if dossier.routing == Dossier.Routing.ROUTED else None
    if ask_centre(dossier, decision, known, at=by.at):
        leave_to_person(dossier, Dossier.Routing.ASKED)
    else:
        leave_to_person(dossier, waiting_for(decision))
    return None


def _stays(dossier: Dossier, old: Agency, decision: Decision) -> bool:
    """Whether the agency that has it may decide it today."""
    return dossier.route_decisions.filter(outcome="person", agency=old).exists() or _is_of(old, decision)


def _is_of(old: Agency, decision: Decision) -> bool:
    if isinstance(decision, Ambiguous):
        return any(each.id == old.pk for each in decision.candidates)
    if not isinstance(decision, Competent):
        return False
    is_of_pool = decision.rule.kind is RuleKind.POOLED and decision.rule.agency_kind == old.kind
    return decision.agency.id == old.pk or is_of_pool


def _same(earlier: Decision, now: Decision) -> bool:
    if isinstance(earlier, Competent) and isinstance(now, Competent):
        return earlier.agency.id == now.agency.id
    return type(earlier) is type(now) and not isinstance(now, Competent)


def _reason(old: Agency, decision: Decision, earlier: Decision, known: Known, known_before: Known) -> str:
    """One sentence for the citizen: what has changed since the filing, and that the date stays."""
    with translation.override("vi"):
        stays = _("Your code stays the same, and the time is counted as before.")
        if not isinstance(decision, Competent):
            told = " ".join(reason_text(reason) for reason in decision.reasons[:1])
            return _("Since your filing the competent agency has changed; a person decides which one it is. %(why)s %(stays)s") % {
                "why": told,
                "stays": stays,
            }
        return _("On the day of acceptance %(new)s is competent, no longer %(old)s: %(why)s. %(stays)s") % {
            "new": decision.agency.name,
            "old": old.name,
            "why": _what_changed(decision, earlier, known, known_before),
            "stays": stays,
        }


def _what_changed(decision: Competent, earlier: Decision, known: Known, known_before: Known) -> str:
    if not isinstance(earlier, Competent) or earlier.rule.id != decision.rule.id or earlier.rule.version != decision.rule.version:
        return _("the rule on who decides has changed (%(basis)s)") % {"basis": decision.rule.legal_basis}
    fact = decision.rule.place_fact
    before, now = (getattr(each.facts.places.get(fact), "name", "") for each in (known_before, known))
    if before and now and before != now:
        return _("%(before)s is now %(now)s") % {"before": before, "now": now}
    return _("the agency has changed")
