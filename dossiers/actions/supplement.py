"""One consolidated request for what is missing, and its answer item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.say import say
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import State, Verb
from dossiers.models import Dossier, IssuedDocument, SupplementItem, SupplementRequest
from dossiers.snapshot import stamp
from portal.core.errors import Conflict, DomainError


class NothingAsked(DomainError):
    """A request without an item."""


class AskedBefore(DomainError):
    """A second request after acceptance; the law allows one."""


class NotAllAnswered(DomainError):
    """Some items of the request have neither an answer nor a paper."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to add or correct. `requirement_key` names the paper, or is empty for a correction."""

    title: str
    reason: str
    requirement_key: str = ""


@transaction.atomic
def ask_supplement(
    dossier: Dossier, *, by: By, items: Sequence[Asked], answer_by: date, note: str = "", expected_version: int
) -> IssuedDocument:
    """The citizen is asked for everything at once (form 02) and the clock, if it runs, stands still.

    Raises NothingAsked, AskedBefore. Source: Nghị định 118/2025/NĐ-CP: in writing, with reasons, once.
    """
    if not items or any(not item.title.strip() or not item.reason.strip() for item in items):
        raise NothingAsked(_("Name at least one thing to add or correct, each with its reason."))
    dossier = locked(dossier.pk, expected_version=expected_version)
    is_accepted = dossier.accepted_at is not None
    if is_accepted and dossier.supplement_requests.filter(asked_at__gte=dossier.accepted_at).exists():
        raise AskedBefore(_("Papers were already asked for once after acceptance. A second request is not allowed."))
    assert by.user is not None  # noqa: S101 -- a person asks
    verb = Verb.ASK_SUPPLEMENT if is_accepted else Verb.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE
    request = SupplementRequest.objects.create(dossier=dossier, asked_by=by.user, asked_at=by.at, answer_by=answer_by, note=note)
    SupplementItem.objects.bulk_create(
        SupplementItem(
            request=request, seq=number, requirement_key=item.requirement_key, title=item.title.strip(), reason=item.reason.strip()
        )
        for number, item in enumerate(items, start=1)
    )
    event = transition(dossier, verb, by, Step(note=note, legal_basis="118/2025/NĐ-CP"))
    document = issue(
        dossier, kind="supplement_request", at=by.at, actor=by.user, office=by.office, agency=by.agency, extra={"request": request}
    )
    say(dossier, "supplement", event)
    return document


@transaction.atomic
def answer_supplement(dossier: Dossier, *, by: By, answers: Mapping[int, str]) -> IssuedDocument | None:
    """The request is answered and the dossier is back where it was asked; papers were attached to the items before.

    `answers` maps item ids to texts. Returns the slip with the new date once the dossier was accepted.
    Raises NotAllAnswered, Conflict when it was answered, or has run out, meanwhile.
    """
    dossier = locked(dossier.pk)
    request = dossier.supplement_requests.select_for_update().filter(answered_at__isnull=True).first()
    if request is None:
        raise Conflict(_("This request has already been answered."))
    items = list(request.items.order_by("seq").prefetch_related("papers"))
    for item in items:
        item.answer = answers.get(item.pk, "").strip() or item.answer
    missing = [item.title for item in items if not item.answer and not _has_paper(item)]
    if missing:
        raise NotAllAnswered(_("Still missing: %(items)s") % {"items": "; ".join(missing)})
    for item in items:
        item.answered_at = by.at
        item.save(update_fields=["answer", "answered_at"])
    request.answered_at, request.answered_by = by.at, by.user
    request.save(update_fields=["answered_at", "answered_by"])
    was_accepted, old_due_at = State(dossier.came_from) == State.ASSIGNED, dossier.due_at
    told = {"due_before_at": stamp(old_due_at)} if old_due_at else {}
    transition(dossier, Verb.ANSWER_SUPPLEMENT, by, Step(legal_basis="118/2025/NĐ-CP", told=told))
    if not was_accepted:
        return None
    return issue(dossier, kind="receipt_slip", at=by.at, actor=by.user, office=by.office, extra={"old_due_at": old_due_at})


def _has_paper(item: SupplementItem) -> bool:
    return item.papers.exists()
