"""Papers of the counter: what came in, who holds it, where it went, who took the result."""

from collections.abc import Sequence
from datetime import datetime

from dossiers import expected
from dossiers.codes import parse_code
from dossiers.deadlines import Lateness, lateness, parse_rule
from dossiers.documents import wording
from dossiers.documents.occasion import Content, Occasion, parties_of
from dossiers.models import Dossier, Event, Paper, Party
from dossiers.secrets import secret_for
from dossiers.stages import Passage, Stage, passages, target_minutes
from dossiers.states import State, Verb
from portal.core.workcalendar import CalendarYearMissing, local

CONTROL_SHEET, CONTROL_SHEET_TITLE = "documents/control_sheet.html", "Phiếu kiểm soát quá trình giải quyết hồ sơ"


def receipt_slip(occasion: Occasion) -> Content:
    """Form 01 of Thông tư 03/2025/TT-VPCP. Extra: secret, old_due_at, sets."""
    dossier = occasion.dossier
    due_at, former = dossier.due_at, occasion.moment("old_due_at")
    context: dict[str, object] = {
        "papers": paper_rows(dossier),
        "sets": occasion.text("sets", "01"),
        "book_number": f"{local(dossier.filed_at):%Y}",
        "book_place": _place_in_book(dossier.code),
        "processing_time": wording.processing_time(dossier.case.time_value, dossier.case.time_unit) or dossier.case.time_note_vi,
        "received_at": wording.moment(dossier.accepted_at or occasion.at),
        "due_at": wording.moment(due_at) if due_at else "",
        "time_from_receipt": expected.time_from_receipt(dossier.case) if expected.counts_from_receipt(dossier) else "",
        "former_due_at": wording.moment(former) if former and former != due_at else "",
        "return_place": _return_place(dossier),
        "secret": _secret(occasion),
    }
    return Content("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", occasion.receiving, "documents/receipt_slip.html", context)


def _place_in_book(code: str) -> str:
    """Day and number of the office's series, which has no gaps: how the register finds the line."""
    parsed = parse_code(code)
    return f"{parsed.number:04d}, ngày {parsed.on:%d/%m}" if parsed else ""


def acknowledgement(occasion: Occasion) -> Content:
    """Registered, not accepted; the return date stands only for the case that it is. Extra: secret, answering_body, papers_held_by."""
    dossier = occasion.dossier
    answer_by, if_accepted = _expected(dossier)
    context: dict[str, object] = {
        "papers": paper_rows(dossier),
        "received_at": wording.moment(dossier.filed_at),
        "answer_by": wording.moment(answer_by) if answer_by else "",
        "answering_body": occasion.text("answering_body", _answering(dossier)),
        "papers_held_by": occasion.text("papers_held_by", dossier.custody_office.name if dossier.custody_office else ""),
        "if_accepted": wording.moment(if_accepted) if if_accepted else "",
        "processing_time": wording.processing_time(dossier.case.time_value, dossier.case.time_unit) or dossier.case.time_note_vi,
        "return_place": _return_place(dossier),
        "is_online": dossier.channel == "online",
        "has_fees": dossier.fee_lines.exists(),
        "fee_due": dossier.fee_lines.filter(state="due").exists(),
        "secret": _secret(occasion),
    }
    return Content("Phiếu xác nhận đã nhận hồ sơ", occasion.receiving, "documents/acknowledgement.html", context)


def _expected(dossier: Dossier) -> tuple[datetime | None, datetime | None]:
    """By when it is answered, and the return date if it is accepted as late as that. Neither while its payment is awaited."""
    if dossier.answer_due_at is None and State(dossier.state) is State.PAYMENT_REQUIRED:
        return None, None
    try:
        answer_by = dossier.answer_due_at or expected.answer_by(dossier.filed_at)
        return answer_by, expected.due_if_started(dossier.version, dossier.case, answer_by)
    except CalendarYearMissing:
        return None, None


def control_sheet(occasion: Occasion) -> Content:
    """Form 06: every hand-over so far, the agencies asked for an opinion, and empty lines for hand-overs to come."""
    dossier = occasion.dossier
    asked = dossier.opinions.order_by("asked_at", "pk").values_list("asked__name", flat=True)
    context: dict[str, object] = {
        "received_at": wording.moment(dossier.accepted_at or dossier.filed_at),
        "due_at": wording.moment(dossier.due_at) if dossier.due_at else "",
        "passages": [_passage(event) for event in _passages(dossier)],
        "coordinating": occasion.text("coordinating") or "; ".join(dict.fromkeys(asked)),
        "paper_count": dossier.papers.count(),
        "punctuality": _punctuality(dossier),
        "stages": sheet_stages(dossier, passages(list(dossier.events.order_by("seq").values_list("to_state", "at")))),
    }
    return Content(CONTROL_SHEET_TITLE, occasion.receiving, CONTROL_SHEET, context)


def handover_receipt(occasion: Occasion) -> Content:
    """The live result goes to the collector. Extra: collector (with name, personal_id and ground)."""
    dossier = occasion.dossier
    result = dossier.results.filter(withdrawn_at__isnull=True).select_related("type", "agency").order_by("-pk").first()
    parties = parties_of(dossier)
    person = parties.get(Party.Role.COLLECTOR) or parties.get(Party.Role.OWNER)
    given = occasion.extra.get("collector")
    context: dict[str, object] = {
        "collector_name": getattr(given, "name", "") or (person.name if person else dossier.owner_name),
        "collector_id": getattr(given, "personal_id", ""),
        "ground": getattr(given, "ground", ""),
        "result_name": result.type.name_vi if result else "",
        "result_number": (result.number or result.serial) if result else "",
        "result_serial": result.serial if result else "",
        "result_agency": result.agency.name if result else "",
        "result_signed_on": wording.day(result.signed_at) if result and result.signed_at else "",
        "punctuality": _punctuality(dossier),
        "handed_at": wording.moment(occasion.at),
    }
    return Content("Giấy giao nhận kết quả giải quyết thủ tục hành chính", occasion.receiving, "documents/handover_receipt.html", context)


def return_note(occasion: Occasion) -> Content:
    """The dossier was withdrawn and its papers go back. Extra: reason."""
    context: dict[str, object] = {
        "papers": paper_rows(occasion.dossier),
        "reason": occasion.text("reason"),
        "papers_held_by": occasion.dossier.custody_office.name if occasion.dossier.custody_office else "",
        "refunds": occasion.dossier.fee_lines.filter(state="refund_due").exists(),
    }
    return Content("Phiếu trả lại hồ sơ theo đề nghị rút hồ sơ", occasion.receiving, "documents/return_note.html", context)


def paper_rows(dossier: Dossier) -> list[dict[str, object]]:
    """The papers in the order they came in, one row a name, with how many of which sort."""
    rows: dict[str, dict[str, object]] = {}
    for paper in Paper.objects.filter(dossier=dossier).order_by("pk"):
        row = rows.setdefault(paper.name, {"name": paper.name, "originals": 0, "copies": 0, "files": 0})
        row["originals"] = int(str(row["originals"])) + paper.originals
        row["copies"] = int(str(row["copies"])) + paper.copies
        row["files"] = int(str(row["files"])) + bool(paper.storage_key)
    return list(rows.values())


def _secret(occasion: Occasion) -> str:
    """The tracking secret in two groups, as people read it out."""
    secret = occasion.text("secret") or secret_for(occasion.dossier.code, occasion.dossier.secret_issue)
    return f"{secret[:4]} {secret[4:]}"


def _return_place(dossier: Dossier) -> str:
    office = dossier.returning_office or dossier.receiving_office
    return office.name


def _answering(dossier: Dossier) -> str:
    """Who says whether the dossier is accepted: the competent agency's own counter, once it is known."""
    if dossier.agency is None:
        return ""
    own = dossier.agency.reception_office
    return own.name if own else dossier.agency.name


PASSAGES = {
    Verb.ACCEPT_AT_COUNTER: "Tiếp nhận hồ sơ",
    Verb.ACCEPT: "Tiếp nhận hồ sơ",
    Verb.HAND_OVER: "Chuyển hồ sơ đến cơ quan giải quyết",
    Verb.CLAIM: "Nhận thụ lý",
    Verb.RETURN_NOT_COMPETENT: "Trả lại vì không đúng thẩm quyền",
    Verb.REROUTE: "Chuyển đến cơ quan có thẩm quyền hiện nay",
    Verb.PROPOSE: "Trình ký kết quả",
    Verb.SIGN: "Ký kết quả",
    Verb.SEND_RESULT: "Chuyển kết quả đến nơi trả",
    Verb.ARRIVE: "Nhận kết quả để trả",
}


STAGES = {
    Stage.RECEIVE: ("Tiếp nhận, chuyển hồ sơ", "Công chức một cửa"),
    Stage.ASSIGN: ("Phân công, nhận thụ lý", "Cơ quan giải quyết"),
    Stage.EXAMINE: ("Thẩm định, trình kết quả", "Công chức thụ lý"),
    Stage.SIGN: ("Xem xét, ký", "Lãnh đạo cơ quan"),
    Stage.RETURN: ("Chuyển kết quả đến nơi trả", "Cơ quan giải quyết, một cửa"),
}


def sheet_stages(dossier: Dossier, went: Sequence[Passage]) -> list[dict[str, str]]:
    """The steps of the internal process with target, first entry and last exit, as form 06 lists them."""
    rows = []
    for stage, (name, role) in STAGES.items():
        own = [each for each in went if each.stage is stage]
        left = own[-1].left_at if own else None
        rows.append(
            {
                "name": name,
                "role": role,
                "target": stage_hours(dossier, stage),
                "entered": wording.moment(own[0].entered_at) if own else "",
                "left": wording.moment(left) if left else "",
            }
        )
    return rows


def stage_hours(dossier: Dossier, stage: Stage) -> str:
    """The target in hours, as Vietnamese papers write numbers."""
    rule = dossier.case.time_rule
    minutes = target_minutes(stage, parse_rule(rule) if rule else None, dossier.version.step_hours)
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _passages(dossier: Dossier) -> list[Event]:
    moves = dossier.events.filter(verb__in=[verb.value for verb in PASSAGES])
    return list(moves.select_related("actor", "office", "agency").order_by("seq"))


def _passage(event: Event) -> dict[str, str]:
    where = event.office or event.agency
    return passage(event.at, event.verb, event.actor.full_name if event.actor else "", where.name if where else "", event.note)


def passage(at: datetime, verb: str, by: str, body: str, note: str) -> dict[str, str]:
    """A line of the control sheet; nobody's name is the system's."""
    return {"at": wording.moment(at), "step": PASSAGES[Verb(verb)], "by": by or "Hệ thống", "body": body, "note": note}


_PUNCTUALITY = {Lateness.EARLY: "Trước hạn", Lateness.ON_TIME: "Đúng hạn", Lateness.LATE: "Quá hạn"}


def _punctuality(dossier: Dossier) -> str:
    """The box of the form, by the same rule as pages and registers; nothing where no date was promised or nothing is finished."""
    finished: datetime | None = dossier.finished_at
    if dossier.due_at is None or finished is None:
        return ""
    return _PUNCTUALITY[lateness(finished, dossier.due_at, finished, parse_rule(dossier.case.time_rule or "1 working_day"))]
