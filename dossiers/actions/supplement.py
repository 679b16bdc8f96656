"""One consolidated request for what is missing, and its answer item by item."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.correct import correct_answers
from dossiers.actions.permit import asked_in_stage, permit_for
from dossiers.actions.recheck import recheck_places
from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.expected import answer_again_by
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, IssuedDocument, SupplementItem, SupplementRequest
from dossiers.snapshot import stamp
from portal.core.errors import Conflict, DomainError


class NothingAsked(DomainError):
    """A request without an item."""


class AskedBefore(DomainError):
    """A second request of the same stage, which no supervisor has allowed; the law allows one."""


class NotAllAnswered(DomainError):
    """Some items of the request have neither an answer nor a paper."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to add or correct. `requirement_key` names the paper, `field_key` the field of the declaration, or neither."""

    title: str
    reason: str
    requirement_key: str = ""
    field_key: str = ""


@transaction.atomic
def ask_supplement(
    dossier: Dossier, *, by: By, items: Sequence[Asked], answer_by: date, note: str = "", expected_version: int
) -> IssuedDocument:
    """The citizen is asked for everything at once (form 02) and the clock, if it runs, stands still.

    Before acceptance and after it once each; more often a supervisor allows, with a reason that stands in the event.
    Raises NothingAsked, AskedBefore. Source: Nghị định 118/2025/NĐ-CP: in writing, with reasons, once.
    """
    if not items or any(not item.title.strip() or not item.reason.strip() for item in items):
        raise NothingAsked(_("Name at least one thing to add or correct, each with its reason."))
    dossier = locked(dossier.pk, expected_version=expected_version)
    is_accepted = dossier.accepted_at is not None
    assert by.user is not None  # noqa: S101 -- a person asks
    permit = permit_for(dossier, by.user)
    if permit is None and asked_in_stage(dossier):
        raise AskedBefore(_("Papers were asked for once already. A second request needs a supervisor's permission with its reason."))
    verb = Verb.ASK_SUPPLEMENT if is_accepted else Verb.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE
    request = SupplementRequest.objects.create(
        dossier=dossier, asked_by=by.user, asked_at=by.at, answer_by=answer_by, note=note, permit=permit
    )
    SupplementItem.objects.bulk_create(
        SupplementItem(
            request=request,
            seq=number,
            requirement_key=item.requirement_key,
            field_key=item.field_key,
            title=item.title.strip(),
            reason=item.reason.strip(),
        )
        for number, item in enumerate(items, start=1)
    )
    allowed = {"permit": {"by": permit.given_by_id, "reason": permit.reason}} if permit else {}
    event = transition(dossier, verb, by, Step(note=note, legal_basis="118/2025/NĐ-CP", facts=allowed))
    document = issue(
        dossier, kind="supplement_request", at=by.at, actor=by.user, office=by.office, agency=by.agency, extra={"request": request}
    )
    say(dossier, "supplement", event)
    return document


@transaction.atomic
def answer_supplement(
    dossier: Dossier, *, by: By, answers: Mapping[int, str], values: Mapping[str, Any] | None = None
) -> IssuedDocument | None:
    """The request is answered and the dossier is back where it was asked; papers were attached to the items before.

    `answers` maps item ids to texts, `values` the fields that the items name to their new answers, which were checked by their form.
    Returns the slip with the new date once the dossier was accepted. One not yet accepted is answered within 8 working hours from
    now; a corrected place may move it.
    Raises NotAllAnswered, NotAskedFor, PlaceDecides, Conflict when it was answered, or has run out, meanwhile.
    """
    dossier = locked(dossier.pk)
    request = dossier.supplement_requests.select_for_update().filter(answered_at__isnull=True).first()
    if request is None:
        raise Conflict(_("This request has already been answered."))
    items = list(request.items.order_by("seq").prefetch_related("papers"))
    keys = [item.field_key for item in items if item.field_key]
    done = correct_answers(dossier, request, keys=keys, values=values or {}, by=by)
    _answer_items(items, answers, {each.key for each in done.changes}, at=by.at)
    request.answered_at, request.answered_by = by.at, by.user
    request.save(update_fields=["answered_at", "answered_by"])
    was_accepted, old_due_at = State(dossier.came_from) == State.ASSIGNED, dossier.due_at
    told = {"due_before_at": stamp(old_due_at)} if old_due_at else {}
    fields = {} if was_accepted else {"answer_due_at": answer_again_by(by.at)}
    step = Step(note=done.note, legal_basis="118/2025/NĐ-CP", fields=fields, facts=done.facts, told=told)
    transition(dossier, Verb.ANSWER_SUPPLEMENT, by, step)
    if done.changes:
        issue(dossier, kind="declaration", at=by.at, actor=by.user, office=dossier.receiving_office, counter=by.office)
    if not was_accepted:
        if done.former is not None:
            recheck_places(dossier, done.former, by=by)
        return None
    return issue(dossier, kind="receipt_slip", at=by.at, actor=by.user, office=by.office, extra={"old_due_at": old_due_at})


def _answer_items(items: Sequence[SupplementItem], answers: Mapping[int, str], corrected: Collection[str], *, at: datetime) -> None:
    """Each item has its answer. Raises NotAllAnswered."""
    for item in items:
        item.answer = answers.get(item.pk, "").strip() or item.answer
    missing = [item.title for item in items if not item.answer and item.field_key not in corrected and not item.papers.exists()]
    if missing:
        raise NotAllAnswered(_("Still missing: %(items)s") % {"items": "; ".join(missing)})
    for item in items:
        item.answered_at = at
        item.save(update_fields=["answer", "answered_at"])
