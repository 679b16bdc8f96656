"""The words of a dossier's life: states, verbs, roles, effects, papers. Pure; the table is in lifecycle."""

from enum import StrEnum


class State(StrEnum):
    """The stage of a dossier."""

    SUBMITTED = "submitted"
    AWAITING_RECEPTION = "awaiting_reception"
    ACCEPTED = "accepted"
    IN_TRANSFER_TO_AGENCY = "in_transfer_to_agency"
    ASSIGNED = "assigned"
    AWAITING_SIGNATURE = "awaiting_signature"
    ISSUED = "issued"
    IN_TRANSFER_TO_COUNTER = "in_transfer_to_counter"
    READY_FOR_COLLECTION = "ready_for_collection"
    CLOSED = "closed"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    PAYMENT_REQUIRED = "payment_required"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


NATIONAL_STATUS = {
    State.SUBMITTED: 1,
    State.AWAITING_RECEPTION: 1,
    State.ACCEPTED: 2,
    State.IN_TRANSFER_TO_AGENCY: 2,
    State.REFUSED: 3,
    State.ASSIGNED: 4,
    State.AWAITING_SIGNATURE: 4,
    State.SUPPLEMENT_REQUESTED: 5,
    State.PAYMENT_REQUIRED: 6,
    State.WITHDRAWN: 7,
    State.STOPPED: 8,
    State.ISSUED: 9,
    State.IN_TRANSFER_TO_COUNTER: 9,
    State.READY_FOR_COLLECTION: 9,
    State.CLOSED: 10,
}

INITIAL = frozenset({State.SUBMITTED, State.ACCEPTED, State.PAYMENT_REQUIRED})
TERMINAL = frozenset({State.REFUSED, State.WITHDRAWN})
WAITING_FOR_APPLICANT = frozenset({State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUIRED})


class Verb(StrEnum):
    """What can be done to a dossier."""

    FILE_ONLINE = "file_online"
    FILE_ONLINE_UNPAID = "file_online_unpaid"
    REGISTER_AT_COUNTER = "register_at_counter"
    ACCEPT_AT_COUNTER = "accept_at_counter"
    REQUIRE_PAYMENT = "require_payment"
    SETTLE_PAYMENT = "settle_payment"
    PAYMENT_EXPIRED = "payment_expired"
    SET_FEE = "set_fee"
    ROUTE_TO_RECEPTION = "route_to_reception"
    ACCEPT = "accept"
    ASK_SUPPLEMENT_BEFORE_ACCEPTANCE = "ask_supplement_before_acceptance"
    ASK_SUPPLEMENT = "ask_supplement"
    ANSWER_SUPPLEMENT = "answer_supplement"
    SUPPLEMENT_EXPIRED = "supplement_expired"
    REFUSE = "refuse"
    HAND_OVER = "hand_over"
    CLAIM = "claim"
    RELEASE = "release"
    REASSIGN = "reassign"
    RETURN_NOT_COMPETENT = "return_not_competent"
    REROUTE = "reroute"
    RECHECK = "recheck"
    INHERIT = "inherit"
    PROPOSE = "propose"
    SEND_BACK = "send_back"
    SIGN = "sign"
    EXTEND = "extend"
    STOP = "stop"
    RESUME_STOPPED = "resume_stopped"
    RECOUNT = "recount"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    SEND_RESULT = "send_result"
    ARRIVE = "arrive"
    PRINT_AT_COUNTER = "print_at_counter"
    HAND_BACK = "hand_back"


class Actor(StrEnum):
    """In which role somebody acts on the dossier."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    OFFICER = "officer"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"


class ClockEffect(StrEnum):
    """What a step writes to the ledger of the clock. RECEIVE is the start where the way to the agency does not count, else nothing."""

    NONE = "none"
    START = "start"
    RECEIVE = "receive"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"
    RECOUNT = "recount"


class DocumentKind(StrEnum):
    """What a step issues. Forms 01 to 06 are those of Thông tư 03/2025/TT-VPCP, Appendix I."""

    ACKNOWLEDGEMENT = "acknowledgement"
    RECEIPT_SLIP = "receipt_slip"
    SUPPLEMENT_REQUEST = "supplement_request"
    REFUSAL_SLIP = "refusal_slip"
    APOLOGY_LETTER = "apology_letter"
    STOP_NOTICE = "stop_notice"
    CONTROL_SHEET = "control_sheet"
    PAYMENT_NOTICE = "payment_notice"
    RESULT = "result"
    RETURN_NOTE = "return_note"
    HANDOVER_RECEIPT = "handover_receipt"
