"""What each kind of document says. One dispatcher; the describing functions stand in modules by theme."""

from collections.abc import Callable
from dataclasses import replace

from dossiers.documents import money, notices, outcomes, slips, wording
from dossiers.documents.letterhead import letterhead_of
from dossiers.documents.numbering import readable
from dossiers.documents.occasion import Content, Occasion, parties_of
from dossiers.documents.render import qr_svg, tracking_url, verification_url
from dossiers.models import IssuedDocument, Party

_KINDS = IssuedDocument.Kind

DESCRIBED_BY: dict[IssuedDocument.Kind, Callable[[Occasion], Content]] = {
    _KINDS.RECEIPT_SLIP: slips.receipt_slip,
    _KINDS.ACKNOWLEDGEMENT: slips.acknowledgement,
    _KINDS.CONTROL_SHEET: slips.control_sheet,
    _KINDS.HANDOVER_RECEIPT: slips.handover_receipt,
    _KINDS.RETURN_NOTE: slips.return_note,
    _KINDS.SUPPLEMENT_REQUEST: notices.supplement_request,
    _KINDS.REFUSAL_SLIP: notices.refusal_slip,
    _KINDS.APOLOGY_LETTER: notices.apology_letter,
    _KINDS.STOP_NOTICE: notices.stop_notice,
    _KINDS.PAYMENT_NOTICE: money.payment_notice,
    _KINDS.FEE_RECEIPT: money.fee_receipt,
    _KINDS.REFUND_SLIP: money.refund_slip,
    _KINDS.DECLARATION: outcomes.declaration,
    _KINDS.RESULT: outcomes.result,
}

LEADS_TO_VERIFICATION = frozenset({_KINDS.RESULT, _KINDS.FEE_RECEIPT, _KINDS.REFUND_SLIP, _KINDS.DECLARATION})
"""The QR code of the others leads to the tracking page."""


def describe(occasion: Occasion) -> Content:
    """Title, template and values of the document that `occasion` issues."""
    content = DESCRIBED_BY[occasion.kind](occasion)
    return replace(content, context=_common(occasion, content) | content.context)


def _common(occasion: Occasion, content: Content) -> dict[str, object]:
    dossier = occasion.dossier
    parties = parties_of(dossier)
    owner = parties.get(Party.Role.OWNER)
    letterhead = letterhead_of(content.body)
    url = verification_url(occasion.code) if occasion.kind in LEADS_TO_VERIFICATION else tracking_url(dossier.code)
    return {
        "title": content.title,
        "letterhead": letterhead,
        "date_line": f"{letterhead.place}, {wording.day_in_words(occasion.at)}",
        "issued_at": wording.moment(occasion.at),
        "dossier": dossier,
        "procedure_name": dossier.version.name_vi,
        "procedure_code": dossier.procedure.code,
        "owner": owner,
        "owner_name": owner.name if owner else dossier.owner_name,
        "submitter": parties.get(Party.Role.SUBMITTER),
        "collector": parties.get(Party.Role.COLLECTOR),
        "agency_name": dossier.agency.name if dossier.agency else "",
        "clerk_name": occasion.actor.full_name if occasion.actor and occasion.actor.is_staff else "",
        "verification_code": readable(occasion.code),
        "verification_url": verification_url(occasion.code),
        "tracking_url": tracking_url(dossier.code),
        "qr": qr_svg(url),
    }
