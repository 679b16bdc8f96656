"""What the national portal is told about one step, in our own words; the adapters of `dossiers.national` translate.

Built when the step happens and never rebuilt: a translation depends on nothing else but the ids of the files that the step names,
which never change either. So a repetition carries the same bytes.
"""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from dossiers.lifecycle import TRANSITIONS
from dossiers.models import Dossier, Event, Paper, SupplementRequest
from dossiers.states import NATIONAL_STATUS, Actor, State, Verb
from portal.accounts.models import User
from portal.core.clock import LOCAL
from portal.core.workcalendar import local

SCHEMA = 3
"""Version of these words. Rows of version 2 name no files and no handler; those of version 1 (no `schema`) hold a finished body."""

SYSTEM = "Hệ thống Một Cửa"
INSIDE = frozenset(
    {
        Verb.ROUTE_TO_RECEPTION, Verb.HAND_OVER, Verb.CLAIM, Verb.RELEASE, Verb.RETURN_NOT_COMPETENT, Verb.REROUTE, Verb.RECHECK,
        Verb.INHERIT, Verb.PROPOSE, Verb.SEND_BACK, Verb.SIGN, Verb.SEND_RESULT, Verb.ARRIVE, Verb.PRINT_AT_COUNTER,
    }
)  # fmt: skip
"""What moves a dossier inside the administration: told with who did it."""
SUPPLEMENTS = {
    Verb.ASK_SUPPLEMENT: "asked",
    Verb.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE: "asked",
    Verb.ANSWER_SUPPLEMENT: "answered",
    Verb.SUPPLEMENT_EXPIRED: "expired",
}
_ACTORS = {verb: {actor for row in TRANSITIONS if row.verb is verb for actor in row.actors} for verb in Verb}


def kind_of(dossier: Dossier, event: Event) -> str:
    """What the step is there: the dossier is created, its state or date changes, or it only moved on inside the house."""
    if event.seq == 1:
        return "create"
    if Verb(event.verb) not in INSIDE or NATIONAL_STATUS[State(event.from_state)] != NATIONAL_STATUS[State(event.to_state)]:
        return "status"
    # Where the way to the agency does not count, the date is promised when the dossier is handed over.
    return "status" if event.verb == Verb.HAND_OVER and dossier.version.transfer_excluded else "progress"


def snapshot(dossier: Dossier, event: Event, *, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The step: everything on creation (with `told` about owner, papers and fees), what changed afterwards."""
    content, verb = _step(dossier, event), Verb(event.verb)
    if verb in INSIDE:
        content["handler"] = _handler(dossier, event)
    if event.to_state == State.ISSUED:
        content["results"] = _results(dossier)
    if verb in SUPPLEMENTS and (asked := _supplement(dossier, event, told or {})):
        content["supplement"] = asked
    if verb is Verb.HAND_BACK:
        content["returned"] = "direct" if event.office_id else "electronic"
    if event.seq > 1:
        return content
    province = dossier.receiving_office.province
    return content | {
        "procedure": dossier.procedure.code,
        "procedure_name": dossier.version.name_vi,
        "field": dossier.procedure.field_vi,
        "title": dossier.version.short_name_vi,
        "owner_name": dossier.owner_name,
        "channel": str(dossier.channel),
        "filed_at_national": bool(dossier.remote_id),
        "filed_at": stamp(dossier.filed_at),
        "province": province.code if province else "",
        "owner_kind": "person",
        **(told or {}),
    }


def _step(dossier: Dossier, event: Event) -> dict[str, Any]:
    state = State(event.to_state)
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "code": dossier.code,
        "seq": event.seq,
        "kind": kind_of(dossier, event),
        "verb": event.verb,
        "state": state.value,
        "previous_state": event.from_state,
        "portal_state": NATIONAL_STATUS[state],
        "occurred_at": stamp(event.at),
        "business_date": local(event.at).date().isoformat(),
        "agency": dossier.agency.name if dossier.agency else dossier.receiving_office.name,
        "receiving_office": dossier.receiving_office.name,
    }
    moments = {"accepted_at": dossier.accepted_at, "finished_at": dossier.finished_at, "returned_at": dossier.returned_at}
    content |= {name: stamp(moment) for name, moment in moments.items() if moment}
    if dossier.accepted_at:
        content |= {"due_at": stamp(dossier.due_at)} if dossier.due_at else {"no_time_limit": True}
    if event.note:
        content["note"] = event.note[:2000]
    if dossier.remote_code:
        content["remote"] = {"code": dossier.remote_code, "steps": dossier.remote_steps}
    return content


def _handler(dossier: Dossier, event: Event) -> dict[str, str]:
    """Who took the step, in which role and where."""
    place = event.agency or event.office or dossier.agency or dossier.receiving_office
    role = _role(event)
    name = event.actor.full_name if event.actor and role is not Actor.SYSTEM else SYSTEM
    return {"name": name, "role": role.value, "unit": place.name}


def _role(event: Event) -> Actor:
    if event.actor is None or event.actor.kind == User.Kind.SERVICE:
        return Actor.SYSTEM
    if not event.actor.is_staff:
        return Actor.APPLICANT
    possible = _ACTORS[Verb(event.verb)]
    if event.office_id and Actor.CLERK in possible:
        return Actor.CLERK
    return next((role for role in (Actor.OFFICER, Actor.LEADER, Actor.SUPERVISOR) if role in possible), Actor.CLERK)


def _results(dossier: Dossier) -> list[dict[str, Any]]:
    """Name, number and fingerprint of what was issued; the file follows before the step is sent."""
    rows = dossier.results.filter(withdrawn_at__isnull=True, document__isnull=False)
    found = rows.values_list("type__name_vi", "type__code", "number", "document__sha256", "document__verification_code")
    return [
        {"name": name, "type": code, "number": number, "sha256": digest, "document": document, "has_file": True}
        for name, code, number, digest, document in found
    ]


def _supplement(dossier: Dossier, event: Event, told: Mapping[str, Any]) -> dict[str, Any]:
    """The one request that the step is about: what was asked, until when, and what became of it; empty for a step without a request."""
    requests = list(dossier.supplement_requests.select_related("asked_by", "answered_by").order_by("pk"))
    if not requests:
        return {}
    request, state = requests[-1], SUPPLEMENTS[Verb(event.verb)]
    wanted = [f"{title}: {reason}" for title, reason in request.items.order_by("seq").values_list("title", "reason")]
    content: dict[str, Any] = {
        "id": f"{dossier.code}-BS{len(requests)}",
        "state": state,
        "asked_by": request.asked_by.full_name,
        "asked_at": stamp(request.asked_at),
        "answer_by": stamp(datetime.combine(request.answer_by, time(17), LOCAL)),
        "text": "\n".join([*wanted, *([request.note] if request.note else [])])[:2000],
    }
    if state != "answered":
        return content
    content |= {"received_at": stamp(event.at), "papers": _papers(request)}
    if request.answered_by:
        content["received_by"] = request.answered_by.full_name if request.answered_by.is_staff else SYSTEM
    if dossier.due_at and "due_before_at" in told:
        content |= {"due_before_at": told["due_before_at"], "due_at": stamp(dossier.due_at)}
    return content


def _papers(request: SupplementRequest) -> list[dict[str, Any]]:
    """What was handed in, as far as whoever takes the step may read it."""
    rows = Paper.objects.filter(supplement_item__request=request).order_by("pk")
    fields = rows.values_list("name", "requirement_key", "originals", "copies", "sha256", "storage_key")
    names = ("name", "key", "originals", "copies", "sha256", "file")
    return [dict(zip(names, row, strict=True)) for row in fields]


def stamp(instant: datetime) -> str:
    """The moment with Vietnamese time."""
    return local(instant).isoformat(timespec="seconds")
