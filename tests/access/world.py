"""Two sets of dossiers in the same states: `own` belongs to the people of the matrix, `foreign` to nobody among them."""

import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from dossiers.actions.decide import claim, sign
from dossiers.actions.drafts import start_draft
from dossiers.actions.file import PaperInput, PartyInput
from dossiers.actions.hand_back import arrive, call_result_to
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By
from dossiers.actions.watch import remind
from dossiers.documents.issue import issue
from dossiers.documents.uploads import attach_to_draft, check_upload, store_upload
from dossiers.models import (
    Absence,
    BulkBatch,
    BulkItem,
    CalendarChange,
    Dossier,
    Draft,
    DraftFile,
    InboundCall,
    IssuedDocument,
    Matter,
    Opinion,
    Paper,
    PlaceQuestion,
    RegisterBook,
    Reminder,
    ReroutingRun,
    SavedView,
)
from portal.accounts.models import Role, User
from portal.agencies.models import Agency, Holiday, Office, Reorganisation
from portal.core.clock import business_now
from portal.core.db import acting_as
from portal.notifications.models import Notification
from procedures.models import Channel
from tests.access import comparison, registry
from tests.factories import (
    MARITAL_STATUS,
    MONDAY,
    address,
    centre,
    citizen,
    fee,
    filed,
    marital_answers,
    routed,
    staff,
    staffed,
    who,
)
from tests.factories.matters import filed_matter, linked_answers
from tests.factories.reorganisations import draft as draft_of_units

HANOI, HO_CHI_MINH_CITY, DA_NANG, CAN_THO, HUE = "01", "79", "48", "92", "46"
SIDES = ("own", "foreign")


@dataclass
class Side:
    """One set: where it was filed, who decides, whose it is, and every object by its kind."""

    office: Office
    agency: Agency
    commune: str
    clerk: User
    officer: User
    leader: User
    owner: User
    canaries: list[str]
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Everybody who asks, and the two sides."""

    clients: dict[str, Client]
    own: Side
    foreign: Side

    def side(self, name: str) -> Side:
        return self.own if name == "own" else self.foreign


def build() -> World:
    """The world is in the open transaction."""
    own = _side(centre(HO_CHI_MINH_CITY), _some_committee(HANOI), number=1)
    foreign = _side(centre(DA_NANG), _some_committee(DA_NANG), number=2)
    third, third_agency = centre(CAN_THO), _some_committee(CAN_THO)
    third_officer, third_leader = staffed(third_agency)
    for side, asked in ((own, third_agency), (foreign, _some_committee(HUE))):
        side.objects["opinion"] = _opinion(side, asked)
    reception, editor = own.agency.reception_office, staff(Role.CATALOGUE_EDITOR)
    assert reception is not None
    people: dict[str, User | None] = {
        "anonymous": None,
        "owner": own.owner,
        "other_citizen": citizen(personal_id="092190000003"),
        "clerk": own.clerk,
        "agency_clerk": staff(Role.CLERK, reception),
        "other_clerk": staff(Role.CLERK, third),
        "officer": own.officer,
        "leader": own.leader,
        "other_officer": third_officer,
        "other_leader": third_leader,
        "supervisor": staff(Role.SUPERVISOR, own.office),
        "agency_supervisor": staff(Role.SUPERVISOR, centre(HANOI)),
        "other_supervisor": staff(Role.SUPERVISOR, third),
        "national": staff(Role.SUPERVISOR),
        "editor": editor,
        "approver": staff(Role.CATALOGUE_APPROVER),
    }
    late = {"on": date(2026, 12, 24), "kind": "day_off", "name_vi": "Nghỉ bù", "source": "Công văn thử"}
    CalendarChange.objects.create(proposed_by=editor, proposed_at=business_now(), **late)
    registry.build_registry(editor, editor)
    draft_of_units("rename", ("00004", "90001", "Phường Ba Đình Mới", "phường"))
    return World({name: _client(user) for name, user in people.items()}, own, foreign)


def _client(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _some_committee(province: str) -> Agency:
    found = Agency.objects.select_related("reception_office", "unit").filter(kind="commune_committee", province__code=province)
    return found.order_by("identifier")[:1].get()


def _side(office: Office, agency: Agency, *, number: int) -> Side:
    officer, leader = staffed(agency)
    owner = citizen(personal_id=f"00119099000{number}")
    canaries = [f"Canarỵ Ẩn Danh {number}", f"098700000{number}", f"00119099000{number}"]
    assert agency.unit is not None
    side = Side(office, agency, agency.unit.code, staff(Role.CLERK, office), officer, leader, owner, canaries)
    for state, reach in STATES.items():
        side.dossiers[state] = reach(side)
        side.canaries.append(side.dossiers[state].code)
    _objects(side)
    return side


def _filed(side: Side, **changes: Any) -> Dossier:
    name, phone, personal_id = side.canaries[:3]
    parties = [PartyInput(role=role, name=name, personal_id=personal_id, phone=phone) for role in ("owner", "submitter")]
    stored = check_upload(SimpleUploadedFile("giay.png", _picture(), "image/png"))
    paper = PaperInput("to-khai", "Tờ khai", 1, 0, store_upload(stored), stored.content_type, stored.size, stored.sha256)
    values: dict[str, Any] = {"applicant": side.owner, "phone": phone, "parties": parties, "papers": [paper]}
    answers = marital_answers(address(side.commune))
    return filed(side.clerk, side.office, answers=answers, **(values | changes)).dossier


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    return out.getvalue()


def _by(side: Side, user: User, **more: Any) -> By:
    return By(user, MONDAY, **more)


def _queued(side: Side, **changes: Any) -> Dossier:
    return routed(_filed(side, **changes))


def _assigned(side: Side) -> Dossier:
    dossier = _queued(side)
    with acting_as(who(side.officer).scope):
        claim(dossier, by=_by(side, side.officer, agency=side.agency))
    dossier.refresh_from_db()
    return dossier


def _supplement(side: Side) -> Dossier:
    dossier = _assigned(side)
    items = [Asked("Bản sao giấy tờ", "Ảnh chụp bị mờ, không đọc được")]
    ask_supplement(
        dossier,
        by=_by(side, side.officer, agency=side.agency),
        items=items,
        answer_by=MONDAY.date() + timedelta(days=30),
        expected_version=dossier.state_version,
    )
    dossier.refresh_from_db()
    return dossier


def _signature(side: Side) -> Dossier:
    from dossiers.actions.decide import Proposal, propose

    dossier = _assigned(side)
    kind = dossier.version.results.filter(outcome="grant").order_by("pk")[:1].get()
    with acting_as(who(side.officer).scope):
        proposal = Proposal(type=kind, summary="Cấp giấy xác nhận tình trạng hôn nhân.", serial="BA 1")
        propose(dossier, by=_by(side, side.officer, agency=side.agency), proposal=proposal, expected_version=dossier.state_version)
    dossier.refresh_from_db()
    return dossier


def _ready(side: Side) -> Dossier:
    dossier = _signature(side)
    with acting_as(who(side.leader).scope):
        sign(dossier, by=_by(side, side.leader, agency=side.agency), expected_version=dossier.state_version)
    by = _by(side, side.clerk, office=side.office)
    call_result_to(dossier, by=by, office=side.office)
    dossier.refresh_from_db()
    if dossier.state == "in_transfer_to_counter":
        arrive(dossier, by=by)
        dossier.refresh_from_db()
    return dossier


def _online(side: Side) -> Dossier:
    return _queued(side, channel=Channel.ONLINE)


def _unrouted(side: Side) -> Dossier:
    dossier = _filed(side)
    Dossier.objects.filter(pk=dossier.pk).update(routing=Dossier.Routing.NONE, agency=None)
    dossier.refresh_from_db()
    return dossier


def _payment(side: Side) -> Dossier:
    return _filed(side, channel=Channel.ONLINE, fees=[fee()])


def _call(side: Side) -> Dossier:
    return _queued(side, phone="")


STATES = {
    "queued": _queued,
    "assigned": _assigned,
    "supplement": _supplement,
    "signature": _signature,
    "ready": _ready,
    "reception": _online,
    "unrouted": _unrouted,
    "payment": _payment,
    "call": _call,
}


def _objects(side: Side) -> None:
    assigned = side.dossiers["assigned"]
    remind(assigned, by=_by(side, side.clerk, office=side.office), text="Đề nghị giải quyết sớm.")
    side.objects["reminder"] = Reminder.objects.get(dossier=assigned)
    side.objects["urging"] = remind(side.dossiers["reception"], by=_by(side, side.clerk, office=side.office), text="Đề nghị tiếp nhận sớm.")
    side.objects["officer"] = side.officer
    side.objects["saved_view"] = SavedView.objects.create(user=side.officer, name="Sắp đến hạn", query="muc=sap-den-han")
    next_year = MONDAY.date() + timedelta(days=400)
    side.objects["absence"] = Absence.objects.create(
        user=side.officer, agency=side.agency, starts_on=next_year, ends_on=next_year, entered_by=side.officer, entered_at=MONDAY
    )
    side.objects["bulk_batch"] = _batch(side)
    side.objects["paper"] = _paper(side)
    side.objects["printed_slip"] = issue(
        side.dossiers["queued"], kind="payment_notice", at=MONDAY, actor=side.clerk, office=side.office, counter=centre(CAN_THO)
    )
    side.objects["register_book"] = RegisterBook.objects.create(
        office=side.office,
        first=MONDAY.date(),
        last=MONDAY.date(),
        lines=0,
        html="",
        bound_by=side.clerk,
        bound_at=MONDAY,
        storage_key=default_storage.save("registers/so.pdf", ContentFile(b"%PDF-1.7")),
    )
    side.objects["slip"] = IssuedDocument.objects.filter(dossier=assigned, kind="receipt_slip").get()
    side.objects["result"] = IssuedDocument.objects.filter(dossier=side.dossiers["ready"], kind="result").get()
    name, phone, personal_id = side.canaries[:3]
    parties = [PartyInput(role=role, name=name, personal_id=personal_id, phone=phone) for role in ("owner", "submitter")]
    places: dict[str, Any] = dict.fromkeys(
        ("requester_residence", "mother_residence", "father_residence", "applied_address"), address(side.commune)
    )
    answers = linked_answers(**places)
    matter = filed_matter(side.clerk, side.office, applicant=side.owner, phone=phone, parties=parties, answers=answers)
    side.objects["matter"] = matter.matter
    side.canaries.append(matter.lead.code)
    side.objects["call"] = Notification.objects.filter(dossier_code=side.dossiers["call"].code, channel="call").order_by("pk")[:1].get()
    side.objects["question"] = _question(side)
    side.objects["portal_question"] = InboundCall.objects.create(
        remote_id=uuid.uuid4(),
        kind=InboundCall.Kind.QUESTION,
        dossier=assigned,
        body={"NoiDung": "Bao giờ có kết quả?", "NguoiHoi": side.canaries[0]},
        received_at=MONDAY,
        handled_at=MONDAY,
        waits_for_person=True,
    )
    side.objects["rerouting"] = ReroutingRun.objects.create(
        reason="Quy tắc đã thay đổi.",
        office=side.office,
        started_by=side.clerk,
        started_at=MONDAY,
        on=MONDAY.date(),
        state=ReroutingRun.State.DONE,
        finished_at=MONDAY,
    )
    version, case = assigned.version, assigned.case
    for name, owner, office, channel in (
        ("citizen_draft", side.owner, None, Channel.ONLINE),
        ("desk_draft", side.clerk, side.office, Channel.DIRECT),
    ):
        draft = start_draft(version, case, owner=owner, office=office, channel=channel, at=business_now())
        side.objects[name] = draft
        with acting_as(who(owner).scope):
            file = SimpleUploadedFile("giay.png", _picture(), "image/png")
            side.objects[f"{name}_file"] = attach_to_draft(draft, requirement_key="", file=file, at=business_now())


def _batch(side: Side) -> BulkBatch:
    batch = BulkBatch.objects.create(token=uuid.uuid4(), user=side.leader, action=BulkBatch.Action.SIGN, started_at=MONDAY)
    dossier = side.dossiers["signature"]
    BulkItem.objects.create(batch=batch, seq=1, code=dossier.code, dossier=dossier)
    return batch


def _question(side: Side) -> PlaceQuestion:
    dossier = _unrouted(side)
    side.canaries.append(dossier.code)
    Dossier.objects.filter(pk=dossier.pk).update(routing=Dossier.Routing.ASKED)
    assert side.agency.unit is not None
    return PlaceQuestion.objects.create(
        dossier=dossier,
        fact="residence",
        written="thôn Canarỵ",
        unit=side.agency.unit,
        options=[side.agency.unit.pk],
        office=side.office,
        asked_at=MONDAY,
        due_at=MONDAY + timedelta(hours=4),
    )


def _opinion(side: Side, asked: Agency) -> Opinion:
    with acting_as(who(side.officer).scope):
        return Opinion.objects.create(
            dossier=side.dossiers["assigned"],
            agency=side.agency,
            asked_by=side.officer,
            asked=asked,
            question="Đề nghị cho ý kiến.",
            asked_at=MONDAY,
            due_at=MONDAY + timedelta(days=3),
        )


def _paper(side: Side) -> Paper:
    with acting_as(who(side.officer).scope):
        return Paper.objects.filter(dossier=side.dossiers["assigned"]).exclude(storage_key="").order_by("pk")[:1].get()


BY_NUMBER: dict[type, str] = {
    Reminder: "reminder_id",
    User: "user_id",
    SavedView: "view_id",
    Absence: "absence_id",
    Notification: "call_id",
    InboundCall: "call_id",
    PlaceQuestion: "question_id",
    ReroutingRun: "run_id",
    Opinion: "opinion_id",
    RegisterBook: "book_id",
}
"""Objects that the path names by their number alone."""


def arguments(kind: str, side: Side) -> Mapping[str, Any]:
    """The path arguments that name the side's object of this kind."""
    name, _slash, what = kind.partition("/")
    if name == "dossier":
        return {"code": side.dossiers[what].code}
    found = side.objects.get(name)
    if isinstance(found, Matter):
        return {"code": found.code}
    if isinstance(found, Draft):
        return {"draft_id": found.pk, **_within(what, side, found)}
    if isinstance(found, DraftFile):
        return {"file_id": found.pk} | ({"number": 1} if what else {})
    if isinstance(found, BulkBatch):
        return {"token": found.token} | ({"seq": 1} if what else {})
    if isinstance(found, Paper):
        return {"paper_id": found.pk} | ({"number": 1} if what else {})
    if isinstance(found, IssuedDocument) and what == "followed":
        return {"code": found.dossier.code, "verification_code": found.verification_code}
    if isinstance(found, IssuedDocument):
        return {"code": found.verification_code}
    argument = BY_NUMBER.get(type(found))
    return {argument: found.pk} if found is not None and argument else SHARED[name]()


def _within(what: str, side: Side, draft: Draft) -> Mapping[str, Any]:
    """The part of a draft that the path names too."""
    if what == "file":
        return {"file_id": side.objects["citizen_draft_file"].pk}
    if what == "paper":
        return {"key": draft.case.requirements.order_by("seq")[:1].get().key}
    return {"key": draft.case.form["sections"][0]["key"]} if what == "section" else {}


SHARED: dict[str, Callable[[], dict[str, Any]]] = {
    "-": dict,
    "procedure": lambda: {"code": MARITAL_STATUS},
    "holiday": lambda: {"pk": Holiday.objects.filter(on__gt=date(2026, 12, 1)).order_by("on")[:1].get().pk},
    "calendar_change": lambda: {"pk": CalendarChange.objects.get().pk},
    "rule": registry.rule,
    "rule_set": registry.rule_set,
    "rule_in_set": registry.rule_in_set,
    "rule_change": registry.rule_change,
    "fee_set": registry.fee_set,
    "fee_set_in_review": registry.fee_set_in_review,
    "fee_change": registry.fee_change,
    "new_draft": registry.new_draft,
    "question_of_draft": registry.question,
    "delegation": registry.delegation,
    "completeness_report": registry.completeness_report,
    "delegation_request": registry.delegation_request,
    "reorganisation": lambda: {"pk": Reorganisation.objects.order_by("-pk")[0].pk},
    "difference": lambda: {"difference_id": comparison.difference().pk},
    "inspection": lambda: {"draw_id": comparison.inspection().pk},
    "inspected": lambda: {"draw_id": comparison.inspection().pk, "position": 1},
    "channel": lambda: {"name": "national.messages"},
    "nothing": lambda: {"code": "H00-000101-0000"},
}
"""Kinds that are nobody's: both sides name the same object."""
