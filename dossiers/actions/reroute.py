"""Move many open dossiers to the agencies that are competent after rules changed, and take such a run back. Batches, in a worker."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.actions.route import hand_to
from dossiers.actions.transition import By, Step, locked, transition
from dossiers.documents.issue import issue
from dossiers.lifecycle import State, Verb, allowed
from dossiers.models import Dossier, ReroutingItem, ReroutingRun, RouteDecision
from dossiers.models.dossier import CLOSED_STATES, FINISHED_STATES
from dossiers.rerouting import MOVED, REFUSALS, REFUSED, Outlook, Selection, outlooks, selected, too_many
from dossiers.reroutingback import home_on, place_before
from dossiers.routerecord import decision_record, person_record
from dossiers.staffing import is_staffed
from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.core.clock import technical_now
from portal.core.errors import DomainError
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage

BATCH = 50
SEQUENCE_OF_RUNS = 1_500_000_000
"""Messages of runs share a stream with those of dossiers; their numbers never meet."""


@transaction.atomic
def start_rerouting(wanted: Selection, *, reason: str, by: By, on: date) -> ReroutingRun:
    """The run is on record and a worker begins it after this commit."""
    assert by.user is not None  # noqa: S101 -- people start runs
    if wanted.is_empty:
        raise DomainError(_("Choose a rule set, a procedure, an agency or a province."))
    _require(reason)
    found = selected(wanted)
    last = found.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        raise DomainError(_("No open dossier matches this selection."))
    total = found.order_by().count()
    if refused := too_many(total):
        raise DomainError(refused)
    run = ReroutingRun.objects.create(
        selection=wanted.as_dict(),
        reason=reason.strip()[:500],
        office=by.office,
        started_by=by.user,
        started_at=by.at,
        on=on,
        total=total,
        up_to_id=last,
    )
    _wake(run)
    return run


@transaction.atomic
def start_undo(run: ReroutingRun, *, reason: str, by: By, on: date) -> ReroutingRun:
    """A run that takes the moves of `run` back begins after this commit; once per run."""
    assert by.user is not None  # noqa: S101 -- people start runs
    run = ReroutingRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.undo_of_id or run.state != ReroutingRun.State.DONE:
        raise DomainError(_("Only a finished run can be taken back."))
    if ReroutingRun.objects.filter(undo_of=run).exists():
        raise DomainError(_("This run has already been taken back."))
    _require(reason)
    moves = run.items.filter(outcome=MOVED)
    undo = ReroutingRun.objects.create(
        undo_of=run,
        selection=run.selection,
        reason=reason.strip()[:500],
        office=by.office,
        started_by=by.user,
        started_at=by.at,
        on=on,
        total=moves.count(),
        up_to_id=moves.order_by("-pk").values_list("pk", flat=True).first() or 0,
    )
    _wake(undo)
    return undo


def _require(reason: str) -> None:
    if len(reason.strip()) < 10:
        raise DomainError(_("Write why the dossiers are moved (10 characters or more)."))


def _wake(run: ReroutingRun) -> None:
    batch = -(-run.done // BATCH)
    enqueue(
        OutboxMessage.Stream.ROUTE,
        subject_id=run.pk,
        sequence=SEQUENCE_OF_RUNS + batch,
        kind="rerouting",
        key=f"rerouting:{run.pk}:{batch}",
        at=technical_now(),
    )


@transaction.atomic
def advance(run_id: int, *, at: datetime) -> bool:
    """The next batch of the run has its results, and the one after it is asked for. False once the run has ended."""
    run = ReroutingRun.objects.select_for_update(of=("self",)).select_related("started_by", "office", "undo_of").get(pk=run_id)
    if run.state == ReroutingRun.State.DONE:
        return False
    count = _undo_batch(run, at) if run.undo_of else _move_batch(run, at)
    run.done += count
    run.state = ReroutingRun.State.RUNNING if count == BATCH else ReroutingRun.State.DONE
    run.finished_at = at if run.state == ReroutingRun.State.DONE else None
    run.save(update_fields=["done", "state", "finished_at", "last_id"])
    if run.state == ReroutingRun.State.RUNNING:
        _wake(run)
    return run.state == ReroutingRun.State.RUNNING


def _move_batch(run: ReroutingRun, at: datetime) -> int:
    wanted = selected(Selection.read(run.selection)).filter(pk__gt=run.last_id, pk__lte=run.up_to_id)
    keys = list(wanted.values_list("pk", flat=True)[:BATCH])
    dossiers = [locked(pk) for pk in keys]
    still = [each for each in dossiers if each.state not in (*CLOSED_STATES, *FINISHED_STATES)]
    for each in dossiers:
        if each not in still:
            _note(run, each, REFUSED, "ended", at)
    for outlook in outlooks(still, run.on):
        _move(run, outlook, at)
    run.last_id = keys[-1] if keys else run.last_id
    return len(keys)


def _move(run: ReroutingRun, outlook: Outlook, at: datetime) -> None:
    dossier, before = outlook.dossier, outlook.dossier.agency
    if outlook.outcome != MOVED or outlook.decision is None or outlook.facts is None:
        _note(run, dossier, outlook.outcome, outlook.code, at, to_name=outlook.to_name)
        return
    agency = Agency.objects.select_related("reception_office").get(pk=outlook.to_id or 0)
    by = By(user=run.started_by, at=at, office=run.office, agency=agency)
    columns = decision_record(outlook.decision, outlook.facts, at=at, chosen_fact=str(outlook.inputs.get("chosen_fact") or ""))
    record = columns["record"] | {"places": outlook.record.get("places", {}), "decided_by": _author(run)}
    changed = {"outcome": "rerouted", "decided_by": run.started_by, "note": run.reason, "record": record}
    RouteDecision.objects.create(dossier=dossier, **(columns | changed))
    dossier.place = outlook.place or dossier.place
    pass_on(dossier, agency, by)
    _note(run, dossier, MOVED, "", at, before=before, after=agency, to_name=agency.name)


def pass_on(dossier: Dossier, agency: Agency, by: By) -> None:
    """The dossier is in the agency's queue or its counter's inbox, with the dates that it had; nobody holds it yet."""
    if dossier.routing != Dossier.Routing.ROUTED or not allowed(State(dossier.state), Verb.REROUTE):
        hand_to(dossier, agency, by)
        return
    is_accepted = dossier.accepted_at is not None
    fields: dict[str, Any] = {"agency": agency, "place": dossier.place, "assigned_to": None}
    transition(dossier, Verb.REROUTE, By(user=by.user, at=by.at, agency=agency), Step(fields=fields))
    if is_accepted:
        issue(dossier, kind="control_sheet", at=by.at, actor=by.user, office=dossier.receiving_office)


def _undo_batch(run: ReroutingRun, at: datetime) -> int:
    moves = ReroutingItem.objects.filter(run=run.undo_of, outcome=MOVED, pk__gt=run.last_id, pk__lte=run.up_to_id)
    items = list(moves.select_related("from_agency__reception_office").order_by("pk")[:BATCH])
    for item in items:
        _move_back(run, item, at)
    run.last_id = items[-1].pk if items else run.last_id
    return len(items)


def _move_back(run: ReroutingRun, item: ReroutingItem, at: datetime) -> None:
    """The dossier is with its former agency, or that one's successor, by the place of then; whoever held it there is not named again."""
    dossier, home = locked(item.dossier_id), home_on(item.from_agency, run.on)
    code = _why_not_back(dossier, item, home, run.on)
    if code or home is None:
        _note(run, dossier, REFUSED, code or "gone", at)
        return
    before, dossier.place = dossier.agency, place_before(dossier)
    RouteDecision.objects.create(
        dossier=dossier,
        outcome="moved_back",
        agency=home,
        decided_by=run.started_by,
        note=run.reason,
        reasons=[],
        record=person_record(home, run.started_by.full_name, run.office.name if run.office else ""),
        at=at,
    )
    pass_on(dossier, home, By(user=run.started_by, at=at, office=run.office, agency=home))
    _note(run, dossier, MOVED, "", at, before=before, after=home, to_name=home.name)


def _why_not_back(dossier: Dossier, item: ReroutingItem, home: Agency | None, on: date) -> str:
    if dossier.state_version != item.left_version or dossier.agency_id != item.to_agency_id:
        return "touched"
    if item.from_agency is None:
        return "homeless"
    if home is None:
        return "gone"
    return "" if is_staffed(home, on) else "unstaffed"


def _note(
    run: ReroutingRun,
    dossier: Dossier,
    outcome: str,
    code: str,
    at: datetime,
    *,
    before: Agency | None = None,
    after: Agency | None = None,
    to_name: str = "",
) -> None:
    """The result for one dossier. Its words are kept as they were said, in Vietnamese."""
    before = before or dossier.agency if outcome != MOVED else before
    with translation.override("vi"):
        why = str(REFUSALS[code]) if code else ""
    ReroutingItem.objects.create(
        run=run,
        dossier=dossier,
        outcome=outcome,
        code=code,
        why=why,
        from_agency=before,
        from_name=before.name if before else "",
        to_agency=after,
        to_name=to_name[:200],
        left_version=dossier.state_version,
        at=at,
    )


def _author(run: ReroutingRun) -> dict[str, str]:
    user: User = run.started_by
    return {"name": user.full_name, "place": run.office.name if run.office else ""}
