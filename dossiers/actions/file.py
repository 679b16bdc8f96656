"""A dossier is born: code, parties, answers, papers, fees, first documents, and the work that follows, in one commit."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dossiers.actions.acceptance import may_accept
from dossiers.actions.office_of_day import office_of_day
from dossiers.actions.route import preview, wake_router
from dossiers.actions.say import say
from dossiers.actions.transition import By, born
from dossiers.documents.issue import issue
from dossiers.lifecycle import Verb
from dossiers.models import Answers, Dossier, Draft, FeeLine, IssuedDocument, Paper, Party
from dossiers.secrets import secret_for
from dossiers.timerules import TimeUnit
from portal.accounts.models import User
from portal.agencies.models import Office
from portal.core.db import require_transaction
from portal.core.errors import DomainError
from portal.core.text import search_key
from portal.core.workcalendar import local
from procedures.competence import Competent, Decision
from procedures.models import Channel, ProcedureCase, ProcedureVersion

PAYMENT_TIME = timedelta(days=10)


class ProcedureClosed(DomainError):
    """The version can no longer be filed."""


class PartyMissing(DomainError):
    """A dossier without owner or submitter."""


@dataclass(frozen=True, slots=True)
class PartyInput:
    """One of the four parties as stated."""

    role: str
    name: str
    kind: str = Party.Kind.PERSON
    personal_id: str = ""
    tax_code: str = ""
    birth_date: str = ""
    sex: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class PaperInput:
    """A component handed in: seen on paper, as a stored file, or both."""

    requirement_key: str
    name: str
    originals: int = 0
    copies: int = 0
    storage_key: str = ""
    content_type: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class FeeInput:
    """One fee line as computed from the dated rules. Without an amount it is on record, and cannot be paid yet."""

    rule_id: int | None
    kind: str
    name: str
    amount_vnd: int | None
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """Everything that a filing states, already validated by its form; `decision` if it was made of these answers for the fees."""

    version: ProcedureVersion
    case: ProcedureCase
    channel: str
    office: Office
    actor: User
    submit_token: uuid.UUID
    at: datetime
    answers: Mapping[str, Any]
    parties: Sequence[PartyInput]
    papers: Sequence[PaperInput] = ()
    fees: Sequence[FeeInput] = ()
    applicant: User | None = None
    phone: str = ""
    email: str = ""
    originals_kept: bool = False
    remote_id: str = ""
    remote_code: str = ""
    remote_steps: int = 0
    draft: Draft | None = field(default=None, compare=False)
    decision: Decision | None = field(default=None, compare=False)
    started_by: str = ""
    """Why the system files it, with nobody present: an earlier dossier of the same matter has its result."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The dossier, its tracking secret, and the slip or acknowledgement to print. `is_new` False: it was filed before."""

    dossier: Dossier
    secret: str
    document: IssuedDocument
    is_new: bool


@transaction.atomic
def file(filing: Filing) -> Filed:
    """The dossier exists, once per submit token. Raises ProcedureClosed, PartyMissing.

    At a counter that may accept (pilot decision, acceptance scope) it is accepted and the clock runs; otherwise it is
    registered and waits for the competent agency's own counter. An online filing with a fee waits for the payment.
    """
    alone(filing.submit_token)
    if found := Dossier.objects.filter(submit_token=filing.submit_token).first():
        return _filed_before(found)
    on = local(filing.at).date()
    _check(filing, on)
    stated, filing = filing.office, replace(filing, office=office_of_day(filing.office, filing.actor, on))
    known = filing.decision if filing.office == stated else None
    decision = known or preview(filing.version, filing.case, filing.answers, office=filing.office, on=on)[0]
    is_accepted = filing.channel != Channel.ONLINE and may_accept(filing.version, filing.office, decision, on)
    owner = next(party for party in filing.parties if party.role == Party.Role.OWNER)
    dossier = Dossier(
        procedure_id=filing.version.procedure_id,
        version=filing.version,
        case=filing.case,
        channel=filing.channel,
        acceptance=Dossier.Acceptance.BY_COUNTER if is_accepted else Dossier.Acceptance.BY_AGENCY,
        receiving_office=filing.office,
        returning_office=filing.office,
        custody_office=filing.office if filing.originals_kept else None,
        agency_id=decision.agency.id if isinstance(decision, Competent) else None,
        filed_by=filing.actor,
        applicant=filing.applicant,
        owner_name=owner.name,
        owner_key=search_key(owner.name),
        filed_at=filing.at,
        accepted_at=filing.at if is_accepted else None,
        is_in_day=filing.case.time_unit == TimeUnit.IN_DAY,
        submit_token=filing.submit_token,
        phone=filing.phone,
        email=filing.email,
        remote_id=filing.remote_id,
        remote_code=filing.remote_code,
        remote_steps=filing.remote_steps,
        paper_count=min(len(filing.papers), 32_000),
    )
    verb = _birth(filing, is_accepted=is_accepted)
    if verb is Verb.FILE_ONLINE_UNPAID:
        dossier.came_from, dossier.payment_due_at = "submitted", filing.at + PAYMENT_TIME
    dossier.code = next_code(filing.office, on)
    by = By(user=None if filing.started_by else filing.actor, at=filing.at, office=filing.office)
    event = born(dossier, verb, by, told=_told(filing, owner), note=filing.started_by)
    _add_rows(dossier, filing)
    secret = secret_for(dossier.code, dossier.secret_issue)
    issue(dossier, kind="declaration", at=filing.at, actor=by.user, office=filing.office)
    kind = "receipt_slip" if is_accepted else "acknowledgement"
    document = issue(dossier, kind=kind, at=filing.at, actor=by.user, office=filing.office, extra={"secret": secret})
    if verb is Verb.FILE_ONLINE_UNPAID:
        say(dossier, "payment", event)
    else:
        wake_router(dossier, event.seq)
        say(dossier, "accepted" if is_accepted else "filed", event)
    if filing.draft is not None:
        Draft.objects.filter(pk=filing.draft.pk, dossier__isnull=True).update(dossier=dossier)
    return Filed(dossier, secret, document, is_new=True)


def alone(token: uuid.UUID) -> None:
    """Whoever sends the same form at the same moment waits until this transaction has ended, and then finds the dossier."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [int.from_bytes(token.bytes[:8], signed=True)])


def _filed_before(dossier: Dossier) -> Filed:
    document = dossier.documents.filter(kind__in=["receipt_slip", "acknowledgement"]).order_by("pk")[:1].get()
    return Filed(dossier, secret_for(dossier.code, dossier.secret_issue), document, is_new=False)


def _check(filing: Filing, on: date) -> None:
    procedure = filing.version.procedure
    if procedure.ended_on and procedure.ended_on <= on:
        raise ProcedureClosed(_("This procedure ended on %(day)s.") % {"day": f"{procedure.ended_on:%d/%m/%Y}"})
    if filing.version.state != ProcedureVersion.State.PUBLISHED or not filing.version.effective_from or filing.version.effective_from > on:
        raise ProcedureClosed(_("This version of the procedure is not in force."))
    roles = {party.role for party in filing.parties if party.name.strip()}
    if not {Party.Role.OWNER, Party.Role.SUBMITTER} <= roles:
        raise PartyMissing(_("State the owner of the dossier and who submits it."))


def _birth(filing: Filing, *, is_accepted: bool) -> Verb:
    if filing.channel == Channel.ONLINE:
        return Verb.FILE_ONLINE_UNPAID if any(fee.amount_vnd and not fee.exemption for fee in filing.fees) else Verb.FILE_ONLINE
    return Verb.ACCEPT_AT_COUNTER if is_accepted else Verb.REGISTER_AT_COUNTER


def _told(filing: Filing, owner: PartyInput) -> dict[str, Any]:
    """What only the filing knows and the national portal is told; identity numbers are not among it."""
    papers = [
        {
            "name": paper.name,
            "key": paper.requirement_key,
            "originals": paper.originals,
            "copies": paper.copies,
            "sha256": paper.sha256,
            "file": paper.storage_key,
        }
        for paper in filing.papers
    ]
    fees = [{"name": fee.name, "kind": str(fee.kind), "amount_vnd": fee.amount_vnd, "exempt": bool(fee.exemption)} for fee in filing.fees]
    return {"owner_kind": str(owner.kind), "papers": papers, "fees": fees}


def _add_rows(dossier: Dossier, filing: Filing) -> None:
    Answers.objects.bulk_create([Answers(dossier=dossier, content=dict(filing.answers))])
    Party.objects.bulk_create(
        Party(dossier=dossier, **{name: getattr(party, name) for name in PartyInput.__slots__})
        for party in filing.parties
        if party.name.strip()
    )
    Paper.objects.bulk_create(
        Paper(dossier=dossier, added_by=filing.actor, added_at=filing.at, **{name: getattr(paper, name) for name in PaperInput.__slots__})
        for paper in filing.papers
    )
    FeeLine.objects.bulk_create(
        FeeLine(
            dossier=dossier,
            rule_id=fee.rule_id,
            kind=fee.kind,
            name=fee.name,
            amount_vnd=fee.amount_vnd,
            exemption=fee.exemption,
            state=_fee_state(fee),
            beneficiary_id=dossier.agency_id,
        )
        for fee in filing.fees
    )


def _fee_state(fee: FeeInput) -> str:
    if fee.exemption or fee.amount_vnd == 0:
        return FeeLine.State.EXEMPT
    return FeeLine.State.UNKNOWN if fee.amount_vnd is None else FeeLine.State.DUE


def next_code(office: Office, day: date) -> str:
    """The next code of the office's series: gapless, never reused, widening past 9999. Locks the counter row until commit."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO dossiers_codecounter AS c (office_id, day, last) VALUES (%s::bigint, %s::date, 1)
               ON CONFLICT (office_id, day) DO UPDATE SET last = c.last + 1 RETURNING last""",
            [office.pk, day],
        )
        (number,) = cursor.fetchone()
    return f"{office.code}-{day:%y%m%d}-{number:04d}"
