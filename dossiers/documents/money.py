"""What is owed and what was paid: charge and levy apart."""

from dossiers.documents import wording
from dossiers.documents.occasion import Content, Occasion
from dossiers.models import Dossier, FeeLine
from dossiers.states import State
from portal.core.money import format_vnd, in_words

_METHODS = {"cash": "Tiền mặt", "online": "Trực tuyến", "transfer": "Chuyển khoản"}
_NAMES = {"charge": "Phí", "levy": "Lệ phí"}


def payment_notice(occasion: Occasion) -> Content:
    """Extra: lines (else those due), pay_by, reason."""
    pay_by = occasion.moment("pay_by") or occasion.dossier.payment_due_at
    context = _amounts(_lines(occasion, ("due",))) | {
        "pay_by": wording.moment(pay_by) if pay_by else "",
        "reason": occasion.text("reason"),
    }
    return Content("Thông báo nộp phí, lệ phí", occasion.office or occasion.deciding, "documents/payment_notice.html", context)


def fee_receipt(occasion: Occasion) -> Content:
    """Extra: lines (else those paid or held), method (cash, online, transfer), payer_name, reference, held (bool)."""
    lines = _lines(occasion, ("paid", "held"))
    context = _amounts(lines) | {
        "payer_name": occasion.text("payer_name", occasion.dossier.owner_name),
        "method": _METHODS.get(occasion.text("method"), occasion.text("method")),
        "reference": occasion.text("reference"),
        "is_held": any(line.state == FeeLine.State.HELD for line in lines),
        "paid_at": wording.moment(occasion.at),
        "copies": ["Liên 1: Lưu tại cơ quan thu", "Liên 2: Giao người nộp", "Liên 3: Lưu nội bộ"],
    }
    return Content("Biên lai thu phí, lệ phí", occasion.receiving, "documents/fee_receipt.html", context)


def refund_slip(occasion: Occasion) -> Content:
    """Extra: lines, receipts (numbers of the receipts that it undoes), overpaid_vnd (what was paid a second time), payee_name."""
    overpaid = occasion.extra.get("overpaid_vnd")
    context = _amounts(_lines(occasion, ("refunded",)), extra_vnd=overpaid if isinstance(overpaid, int) else 0) | {
        "payee_name": occasion.text("payee_name", occasion.dossier.owner_name),
        "receipts": [str(number) for number in occasion.rows("receipts") or []],
        "reason": _why_refunded(occasion.dossier),
        "paid_at": wording.moment(occasion.at),
    }
    return Content("Phiếu chi hoàn trả phí, lệ phí", occasion.receiving, "documents/refund_slip.html", context)


def _why_refunded(dossier: Dossier) -> str:
    """Why the money goes back, from where the dossier ended."""
    ended = {
        State.REFUSED: "Hồ sơ không được tiếp nhận",
        State.WITHDRAWN: "Hồ sơ được rút theo đề nghị",
        State.STOPPED: "Hồ sơ dừng giải quyết",
    }
    return ended.get(State(dossier.state), "Khoản tiền đã nộp không còn phải nộp")


def _lines(occasion: Occasion, states: tuple[str, ...]) -> list[FeeLine]:
    given = occasion.rows("lines")
    if given is not None:
        return [line for line in given if isinstance(line, FeeLine)]
    return list(occasion.dossier.fee_lines.filter(state__in=states).select_related("beneficiary").order_by("pk"))


def _amounts(lines: list[FeeLine], *, extra_vnd: int = 0) -> dict[str, object]:
    """`extra_vnd` was paid although it was not owed; it belongs to no line."""
    totals = {kind: sum(line.owed_vnd for line in lines if line.kind == kind) for kind in _NAMES}
    total = sum(totals.values()) + extra_vnd
    return {
        "lines": [
            {
                "kind": _NAMES[line.kind],
                "name": line.name,
                "beneficiary": line.beneficiary.name if line.beneficiary else "",
                "amount": line.amount_text,
            }
            for line in lines
        ],
        "extra": format_vnd(extra_vnd) if extra_vnd else "",
        "charge_total": format_vnd(totals["charge"]),
        "levy_total": format_vnd(totals["levy"]),
        "total": format_vnd(total),
        "total_in_words": wording.capitalised(in_words(total)),
    }
