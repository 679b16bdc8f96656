"""Issue a numbered, verifiable document of a dossier. The page can be printed at once; its PDF follows from a worker."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from dossiers.documents.contexts import describe
from dossiers.documents.numbering import new_verification_code, next_number
from dossiers.documents.occasion import Occasion
from dossiers.documents.render import render_html
from dossiers.formsets import Form, FormSetNotDrawn, form_of
from dossiers.models import Dossier, IssuedDocument
from portal.accounts.models import User
from portal.agencies.models import Agency, Office
from portal.core.clock import technical_now
from portal.core.db import require_transaction
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage

_KINDS = IssuedDocument.Kind
REISSUED = frozenset(
    {_KINDS.RECEIPT_SLIP, _KINDS.ACKNOWLEDGEMENT, _KINDS.DECLARATION, _KINDS.CONTROL_SHEET, _KINDS.RESULT, _KINDS.PAYMENT_NOTICE}
)
"""Of these only the latest holds; the others stand beside each other (two supplement requests, two fee receipts)."""

_REPLACES = {_KINDS.RECEIPT_SLIP: (_KINDS.ACKNOWLEDGEMENT,)}
"""A receipt slip also ends the acknowledgement that came before acceptance."""


class OldForms(DomainError):
    """The dossier keeps the forms of an earlier circular, which are not drawn here."""


def issue(
    dossier: Dossier,
    *,
    kind: str,
    at: datetime,
    actor: User | None,
    office: Office | None = None,
    agency: Agency | None = None,
    extra: Mapping[str, object] | None = None,
    counter: Office | None = None,
) -> IssuedDocument:
    """The document exists with its number, code and printable page, and its PDF is ordered.

    Raises OldForms. `office` speaks in it; `counter` is where a clerk issued and may open it, if that is another office.
    Belongs into the caller's transaction, which holds the dossier's lock. What `extra` may hold: `contexts`.
    """
    require_transaction()
    occasion = Occasion(dossier, _KINDS(kind), at, actor, office, agency, extra or {}, new_verification_code())
    form = form_for(dossier, occasion.kind, at)
    content = describe(occasion)
    former = _latest(dossier, occasion.kind)
    document = IssuedDocument(
        dossier=dossier,
        kind=occasion.kind,
        number=content.number or next_number(dossier, kind),
        title_vi=content.title,
        verification_code=occasion.code,
        issued_at=at,
        issued_by=actor,
        issuing_office=counter or (office if actor else None),
        issuer_name=content.issuer,
        issuer_code=content.issuer_code,
        storage_key=content.storage_key,
        sha256=content.sha256,
        sealed_at=content.sealed_at,
        form_set=form.set_code if form else "",
        form_no=form.number if form else "",
        pdf_pending=not content.storage_key,
        supersedes=former,
    )
    shown = {**content.context, "document": document, "former": former, "form": form}
    document.html = content.html or render_html(content.template, shown)
    document.sha256 = document.sha256 or hashlib.sha256(document.html.encode()).hexdigest()
    document.save(force_insert=True)
    if document.pdf_pending:
        _order_pdf(document)
    return document


def form_for(dossier: Dossier, kind: str, at: datetime) -> Form | None:
    """The form that the paper follows: of the day of acceptance, before that of today. Raises OldForms."""
    try:
        return form_of(kind, accepted_on=local(dossier.accepted_at or at).date())
    except FormSetNotDrawn as old:
        raise OldForms(
            _("This dossier was accepted before 1 July 2025 and keeps the forms of that time, which this system does not draw.")
        ) from old


def _latest(dossier: Dossier, kind: IssuedDocument.Kind) -> IssuedDocument | None:
    """The valid document that the new one takes the place of."""
    if kind not in REISSUED:
        return None
    kinds = (kind, *_REPLACES.get(kind, ()))
    standing = IssuedDocument.objects.filter(dossier=dossier, kind__in=kinds, superseded_by__isnull=True)
    if kind != _KINDS.RESULT:  # a result that was revoked leads its readers to the one that took its place
        standing = standing.filter(revoked_at__isnull=True)
    return standing.order_by("-pk").first()


def _order_pdf(document: IssuedDocument) -> None:
    enqueue(
        OutboxMessage.Stream.DOCUMENT,
        subject_id=document.dossier_id,
        sequence=document.pk,
        kind=document.kind,
        key=f"document:{document.pk}",
        at=technical_now(),
        payload={"document": document.pk},
    )
