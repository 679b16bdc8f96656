"""A dossier as its citizen sees it, signed in or with code and secret: the same page, less for whoever only holds the slip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.clockdays import both_dates, day_rows, due_of
from dossiers.detours import detours_of
from dossiers.documents.access import INTERNAL, WITH_CONTENT
from dossiers.expected import counts_from_receipt, time_from_receipt
from dossiers.history import Line, state_pill, timeline
from dossiers.lifecycle import State, Verb, verbs_for
from dossiers.models import Dossier, FeeLine, IssuedDocument, Result
from dossiers.placequestions import asked_about
from dossiers.reasons import why_this_agency
from dossiers.states import Actor
from portal.agencies.queries import working_calendar
from portal.core.money import format_vnd
from portal.core.workcalendar import local

NOW: Mapping[State, str | Promise] = {
    State.SUBMITTED: gettext_lazy("Your dossier is registered. We are finding the agency that decides it; you need not do anything."),
    State.AWAITING_RECEPTION: gettext_lazy("The counter of the competent agency checks your papers. It answers within 8 working hours."),
    State.ACCEPTED: gettext_lazy("Your dossier is accepted and on its way to the agency that decides."),
    State.IN_TRANSFER_TO_AGENCY: gettext_lazy("Your dossier has reached the agency and waits for an officer."),
    State.ASSIGNED: gettext_lazy("An officer is working on your dossier."),
    State.AWAITING_SIGNATURE: gettext_lazy("The result has been prepared and waits for the signature."),
    State.ISSUED: gettext_lazy("The decision is made."),
    State.IN_TRANSFER_TO_COUNTER: gettext_lazy(
        "The decision is made. The paper is on its way to the counter; we write to you when it is there."
    ),
    State.READY_FOR_COLLECTION: gettext_lazy("The result is ready. Bring proof of identity to the counter."),
    State.CLOSED: gettext_lazy("The result has been handed over. Nothing is left to do."),
    State.SUPPLEMENT_REQUESTED: gettext_lazy(
        "The agency needs something from you before it can go on. Your deadline stands still meanwhile."
    ),
    State.PAYMENT_REQUIRED: gettext_lazy("The dossier keeps its code. It goes to the agency as soon as the fee is paid."),
    State.REFUSED: gettext_lazy("The dossier could not be received. The refusal slip says why and what to do."),
    State.WITHDRAWN: gettext_lazy("The dossier was withdrawn, as you asked."),
    State.STOPPED: gettext_lazy("The agency has stopped handling the dossier. The notice says why."),
}


OWED_LATER = gettext_lazy("The agency has named a fee or financial obligation. It goes on with your dossier as soon as that is paid.")
"""Instead of the sentence for a filing that waits for its fee."""


@dataclass(frozen=True, slots=True)
class FeePicture:
    """The fees in words; `due` is empty when nothing can be paid now."""

    rows: list[tuple[str, str, str]]
    due: str
    pay_until: str
    pay_url: str
    has_unknown: bool


@dataclass(frozen=True, slots=True)
class ResultPicture:
    """The decision and how it reaches the person."""

    name: str
    is_electronic: bool
    is_grant: bool
    can_open: bool
    document_url: str
    place: str
    place_detail: str


def qr_of(link: str) -> SafeString:
    """The address as an inline drawing."""
    return mark_safe(segno.make(link, error="m").svg_inline(border=2, omitsize=True))  # noqa: S308 -- drawn here


def fee_picture(dossier: Dossier) -> FeePicture:
    """What is owed, paid or to be refunded."""
    lines = list(dossier.fee_lines.order_by("pk"))
    due = sum(line.amount_vnd or 0 for line in lines if line.state == FeeLine.State.DUE)
    rows = [
        (line.name, format_vnd(line.amount_vnd) if line.amount_vnd is not None else _("Amount set by the provincial People's Council"),
         str(FeeLine.State(line.state).label))
        for line in lines
    ]  # fmt: skip
    return FeePicture(
        rows=rows,
        due=format_vnd(due) if due else "",
        pay_until=f"{local(dossier.payment_due_at):%d/%m/%Y}" if due and dossier.payment_due_at else "",
        pay_url=reverse("payments:fees", args=[dossier.code]) if lines else "",
        has_unknown=any(line.amount_vnd is None for line in lines),
    )


def picture(dossier: Dossier, *, now: datetime, base: str, is_own: bool) -> dict[str, Any]:
    """The context of the dossier page. `base` is the page's own address; a follower sees no names, answers or papers."""
    calendar = working_calendar(range(now.year - 2, now.year + 3))
    state = State(dossier.state)
    return {
        "dossier": dossier,
        "base": base,
        "is_own": is_own,
        "pill": state_pill(dossier.state),
        "now": OWED_LATER if state is State.PAYMENT_REQUIRED and dossier.accepted_at else NOW[state],
        "due": due_of(dossier, now, calendar),
        "due_later": time_from_receipt(dossier.case) if counts_from_receipt(dossier) else _("Set when the dossier is accepted"),
        "answer_due": f"{local(dossier.answer_due_at):%H:%M %d/%m/%Y}"
        if dossier.answer_due_at and state is State.AWAITING_RECEPTION
        else "",
        "days": day_rows(dossier),
        "dates": both_dates(dossier, now),
        "events": _events(dossier, is_own=is_own),
        "whys": why_this_agency(dossier),
        "detours": detours_of(dossier, now),
        "place_asked": asked_about(dossier),
        "documents": _documents(dossier, is_own=is_own),
        "fees": fee_picture(dossier),
        "asked": dossier.supplement_requests.filter(answered_at__isnull=True).prefetch_related("items").first(),
        "result": _result(dossier, is_own=is_own),
        "can_withdraw": is_own and Verb.WITHDRAW in verbs_for(state, Actor.APPLICANT),
    }


def _events(dossier: Dossier, *, is_own: bool) -> list[dict[str, str]]:
    names = () if is_own or dossier.applicant is None else (dossier.applicant.full_name,)
    return [{"title": line.title, "at": _at(line, names), "text": line.text, "kind": line.kind} for line in reversed(timeline(dossier))]


def _at(line: Line, hidden: tuple[str, ...]) -> str:
    """When and by whom; names of citizens are not shown to whoever only holds the slip."""
    who = " · ".join(part for part in line.who.split(" · ") if part not in hidden)
    return f"{line.at} · {who}" if who else line.at


def document_url(document: IssuedDocument, dossier: Dossier, *, is_own: bool) -> str:
    """Where this reader opens the document."""
    if is_own:
        return reverse("dossiers:document", args=[document.verification_code])
    return reverse("dossiers:followed_document", args=[dossier.code, document.verification_code])


def followable(dossier: Dossier) -> Any:
    """Documents that the holder of code and secret may open: slips and the result, nothing that repeats answers."""
    hidden = {*INTERNAL, *WITH_CONTENT} - {IssuedDocument.Kind.RESULT}
    return dossier.documents.exclude(kind__in=hidden)


def _documents(dossier: Dossier, *, is_own: bool) -> list[dict[str, str]]:
    found = (dossier.documents.exclude(kind__in=INTERNAL) if is_own else followable(dossier)).exclude(kind=IssuedDocument.Kind.RESULT)
    return [
        {
            "name": f"{each.title_vi} · {each.number}",
            "url": document_url(each, dossier, is_own=is_own),
            "size": f"{local(each.issued_at):%d/%m/%Y}",
            "state": _("replaced by a later one") if hasattr(each, "superseded_by") else "",
        }
        for each in found.select_related("superseded_by").order_by("-pk")
    ]


def signed_result(dossier: Dossier) -> Result | None:
    """The signed decision."""
    results = dossier.results.filter(withdrawn_at__isnull=True, signed_at__isnull=False)
    found: Result | None = results.select_related("type", "document").first()
    return found


def _result(dossier: Dossier, *, is_own: bool) -> ResultPicture | None:
    result, state = signed_result(dossier), State(dossier.state)
    if result is None:
        return None
    office = dossier.returning_office
    is_opened = result.is_electronic and result.document is not None and state is not State.ISSUED
    return ResultPicture(
        name=result.type.name,
        is_electronic=result.is_electronic,
        is_grant=result.type.outcome == "grant",
        can_open=result.is_electronic and state is State.ISSUED,
        document_url=document_url(result.document, dossier, is_own=is_own) if is_opened and result.document else "",
        place=office.name if office and state in {State.READY_FOR_COLLECTION, State.IN_TRANSFER_TO_COUNTER} else "",
        place_detail=" · ".join(part for part in (office.address, office.opening_hours, office.phone) if part) if office else "",
    )
