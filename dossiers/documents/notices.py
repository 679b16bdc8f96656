"""Letters that ask, refuse, apologise or stop."""

from dossiers.documents import wording
from dossiers.documents.occasion import Content, Occasion
from dossiers.models import SupplementRequest
from portal.agencies.models import Agency, Office


def supplement_request(occasion: Occasion) -> Content:
    """Form 02. Extra: request (else the dossier's latest)."""
    given = occasion.extra.get("request")
    request = given if isinstance(given, SupplementRequest) else occasion.dossier.supplement_requests.order_by("-pk").first()
    context: dict[str, object] = {
        "items": [{"title": item.title, "reason": item.reason} for item in request.items.order_by("seq", "pk")] if request else [],
        "answer_by": wording.day(request.answer_by) if request else "",
        "note": request.note if request else "",
        "asked_by_name": request.asked_by.full_name if request else "",
        "clock_waits": occasion.dossier.accepted_at is not None,
    }
    return Content("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", _speaker(occasion), "documents/supplement_request.html", context)


def refusal_slip(occasion: Occasion) -> Content:
    """Form 03. Extra: reason, guidance."""
    context: dict[str, object] = {
        "filed_at": wording.moment(occasion.dossier.filed_at),
        "reason": occasion.text("reason"),
        "guidance": occasion.text("guidance"),
        "papers_held_by": occasion.dossier.custody_office.name if occasion.dossier.custody_office else "",
        "refunds": occasion.dossier.fee_lines.filter(state__in=["held", "refund_due"]).exists(),
    }
    return Content("Phiếu từ chối tiếp nhận giải quyết hồ sơ", _speaker(occasion), "documents/refusal_slip.html", context)


def apology_letter(occasion: Occasion) -> Content:
    """Form 04. Extra: reason, old_due_at, new_due_at (else the dossier's due time), responsible_unit."""
    dossier = occasion.dossier
    former = occasion.moment("old_due_at") or dossier.first_due_at
    new = occasion.moment("new_due_at") or dossier.due_at
    context: dict[str, object] = {
        "received_at": wording.moment(dossier.accepted_at or dossier.filed_at),
        "former_due_at": wording.moment(former) if former else "",
        "new_due_at": wording.moment(new) if new else "",
        "reason": occasion.text("reason"),
        "responsible_unit": occasion.text("responsible_unit", occasion.deciding.name),
        "return_place": (dossier.returning_office or dossier.receiving_office).name,
    }
    return Content("Phiếu xin lỗi và hẹn lại ngày trả kết quả", occasion.deciding, "documents/apology_letter.html", context)


def stop_notice(occasion: Occasion) -> Content:
    """Form 05. Extra: reason, legal_basis, can_resume."""
    context: dict[str, object] = {
        "filed_at": wording.moment(occasion.dossier.filed_at),
        "stopped_at": wording.moment(occasion.at),
        "reason": occasion.text("reason"),
        "legal_basis": occasion.text("legal_basis"),
        "can_resume": bool(occasion.extra.get("can_resume")),
        "papers_held_by": occasion.dossier.custody_office.name if occasion.dossier.custody_office else "",
    }
    return Content("Thông báo dừng giải quyết hồ sơ", occasion.deciding, "documents/stop_notice.html", context)


def _speaker(occasion: Occasion) -> Office | Agency:
    return occasion.office or occasion.deciding
