"""A small world with a dossier in every state that a page can show, filed over the last days by people with names."""

import io
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import fontpkg_be_vietnam_pro
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont

from dossiers.actions.decide import Proposal, claim, propose, sign
from dossiers.actions.drafts import start_draft
from dossiers.actions.file import Filed, PaperInput, PartyInput
from dossiers.actions.hand_back import arrive, call_result_to
from dossiers.actions.supplement import Asked, ask_supplement
from dossiers.actions.transition import By
from dossiers.actions.watch import remind
from dossiers.documents.uploads import attach_to_draft, check_upload, store_upload
from dossiers.models import Absence, Dossier, IssuedDocument, Opinion, Paper, SavedView
from portal.accounts.models import CitizenProfile, Membership, Role, User
from portal.agencies.models import Agency, Office
from portal.core.clock import LOCAL, technical_now
from portal.core.db import acting_as
from portal.notifications.models import Notification
from procedures.actions.publishing import start_draft as start_draft_version
from procedures.formschema.library import sample_answers
from procedures.models import Channel, Procedure
from procedures.queries import current_version
from tests.e2e.completeness import build_completeness
from tests.e2e.oversight import build_oversight
from tests.e2e.registry import build_tried_registry
from tests.factories import address, centre, committee, fee, filed, marital_answers, routed, who
from tests.factories.matters import filed_matter
from tests.factories.reorganisations import draft as draft_of_units

MARITAL_STATUS, DRAFTED = "1.004873", "2.000815"
OTHERS = ("2.000815", "1.001193", "1.000894", "1.004222", "2.000635", "1.001612")
FIRST_DAY = (technical_now().astimezone(LOCAL) - timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
"""Yesterday morning: most of the world is filed then and not late yet."""
LONG_AGO = timedelta(days=12)
SINCE = date(2025, 7, 1)
FONT = next(Path(str(fontpkg_be_vietnam_pro.__file__)).parent.rglob("BeVietnamPro-Regular.ttf"))

NAMES = (
    *("Nguyễn Thị Hạnh", "Trần Quốc Bảo", "Lê Thu Hằng", "Phạm Đức Long", "Đặng Thị Ngọc Ánh", "Vũ Minh Khuê"),
    *("Hoàng Văn Thịnh", "Bùi Thị Lệ Quyên", "Đỗ Hữu Phước", "Ngô Thị Ước", "Lý Thanh Tùng", "Mai Thị Diễm"),
)


@dataclass
class World:
    """Who asks, by role, and every object by name."""

    people: dict[str, User]
    dossiers: dict[str, Filed] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
    names: "itertools.cycle[str]" = field(default_factory=lambda: itertools.cycle(NAMES))
    hours: "itertools.count[int]" = field(default_factory=itertools.count)

    def client(self, role: str) -> Client:
        """A signed-in client; `follower` has typed the code and the secret of the slip."""
        client = Client()
        if role == "follower":
            slip = self.dossiers["supplement"]
            answer = client.post(reverse("dossiers:follow"), {"ma": slip.dossier.code, "secret": slip.secret})
            assert answer.status_code == 302, answer.content.decode()
        elif role != "anonymous":
            client.force_login(self.people[role], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def dossier(self, name: str) -> Dossier:
        return self.dossiers[name].dossier


def build() -> World:
    """The world is in the open transaction."""
    office, agency = centre(), committee()
    reception = agency.reception_office
    assert reception is not None
    world = World(
        {
            "clerk": _staff("quay.h29", "Trần Thanh Hà", Role.CLERK, office),
            "agency_clerk": _staff("quay.badinh", "Nguyễn Thị Lan", Role.CLERK, reception),
            "officer": _staff("canbo.badinh", "Lê Minh Tuấn", Role.OFFICER, agency),
            "leader": _staff("lanhdao.badinh", "Phạm Thị Hồng Vân", Role.LEADER, agency),
            "supervisor": _staff("giamsat.h29", "Võ Quốc Khánh", Role.SUPERVISOR, office),
            "national": _staff("giamsat.quocgia", "Đinh Ngọc Mai", Role.SUPERVISOR),
            "editor": _staff("danhmuc.soan", "Bùi Thu Trang", Role.CATALOGUE_EDITOR),
            "approver": _staff("danhmuc.duyet", "Dương Hữu Nam", Role.CATALOGUE_APPROVER),
            "citizen": _citizen(),
        }
    )
    for name, reach in STATES.items():
        world.dossiers[name] = reach(world)
    for number, procedure in enumerate(OTHERS):
        world.dossiers[f"other-{number}"] = _filed(
            world, procedure=procedure, answers=sample_answers(procedure), at=_last(world) - LONG_AGO
        )
        routed(world.dossier(f"other-{number}"), at=_last(world) - LONG_AGO)
    _objects(world)
    return world


def _staff(username: str, name: str, role: str, place: Office | Agency | None = None) -> User:
    user = User.objects.create(username=username, full_name=name, kind=User.Kind.STAFF)
    Membership.objects.create(
        user=user,
        role=role,
        office=place if isinstance(place, Office) else None,
        agency=place if isinstance(place, Agency) else None,
        valid_from=SINCE,
    )
    return user


def _citizen() -> User:
    user = User.objects.create(username="citizen", full_name="Nguyễn Thị Ước", kind=User.Kind.CITIZEN)
    CitizenProfile.objects.create(
        user=user, subject="e2e-citizen", personal_id="001190000007", phone="0912345678", sex="female", birth_date="1990-04-03"
    )
    return user


def picture(text: str = "Tờ khai, ký ngày 20/11/2026") -> bytes:
    """A photo of a paper, as a telephone would send it."""
    out = io.BytesIO()
    image = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((30, 30, 590, 847), outline="black", width=2)
    for line in range(14):
        pen.line((80, 220 + line * 40, 540 - (line % 4) * 30, 220 + line * 40), fill="gray", width=2)
    pen.text((120, 90), text, fill="black", font=ImageFont.truetype(str(FONT), 28))
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _last(world: World) -> datetime:
    return FIRST_DAY + timedelta(minutes=next(world.hours) * 7)


def _filed(world: World, **changes: Any) -> Filed:
    at = _last(world)
    name, born = next(world.names), 1970 + at.minute
    personal_id = f"001{born % 100:02}0{at.hour:02}{at.minute:02}07"
    parties = [PartyInput(role=role, name=name, personal_id=personal_id, phone="0912345678") for role in ("owner", "submitter")]
    stored = check_upload(SimpleUploadedFile("to-khai.jpg", picture(), "image/jpeg"))
    paper = PaperInput("to-khai", "Tờ khai", 1, 0, store_upload(stored), stored.content_type, stored.size, stored.sha256)
    answers = marital_answers(address("00004")) | {"subject_full_name": name, "subject_personal_id": personal_id, "requester_name": name}
    values: dict[str, Any] = {"parties": parties, "papers": [paper], "at": at, "answers": answers, "phone": "0912345678"}
    return filed(world.people["clerk"], centre(), **(values | changes))


def _queued(world: World, **changes: Any) -> Filed:
    found = _filed(world, **changes)
    routed(found.dossier, at=_last(world))
    return found


def _by(world: World, role: str, **places: Any) -> By:
    return By(world.people[role], _last(world), **places)


def _assigned(world: World, **changes: Any) -> Filed:
    found = _queued(world, **changes)
    with acting_as(who(world.people["officer"]).scope):
        claim(found.dossier, by=_by(world, "officer", agency=committee()))
    found.dossier.refresh_from_db()
    return found


def _supplement(world: World) -> Filed:
    found = _assigned(world, applicant=world.people["citizen"])
    items = [Asked("Bản sao giấy tờ", "Ảnh chụp bị mờ, không đọc được"), Asked("Giấy xác nhận nơi cư trú", "Chưa có chữ ký")]
    items += [Asked("Tờ khai: Nơi cư trú hiện nay", "Thiếu số nhà", field_key="subject_residence")]
    until = FIRST_DAY.date() + timedelta(days=30)
    by = _by(world, "officer", agency=committee())
    ask_supplement(found.dossier, by=by, items=items, answer_by=until, expected_version=found.dossier.state_version)
    found.dossier.refresh_from_db()
    return found


def _signature(world: World, **changes: Any) -> Filed:
    found = _assigned(world, **changes)
    kind = found.dossier.version.results.filter(outcome="grant").order_by("pk")[:1].get()
    with acting_as(who(world.people["officer"]).scope):
        proposal = Proposal(type=kind, summary="Cấp Giấy xác nhận tình trạng hôn nhân: chưa đăng ký kết hôn với ai.", serial="")
        by = _by(world, "officer", agency=committee())
        propose(found.dossier, by=by, proposal=proposal, expected_version=found.dossier.state_version)
    found.dossier.refresh_from_db()
    return found


def _signed(world: World) -> Filed:
    found = _signature(world, applicant=world.people["citizen"])
    with acting_as(who(world.people["leader"]).scope):
        sign(found.dossier, by=_by(world, "leader", agency=committee()), expected_version=found.dossier.state_version)
    found.dossier.refresh_from_db()
    return found


def _ready(world: World) -> Filed:
    found = _signed(world)
    by = _by(world, "clerk", office=centre())
    call_result_to(found.dossier, by=by, office=centre())
    found.dossier.refresh_from_db()
    if found.dossier.state == "in_transfer_to_counter":
        arrive(found.dossier, by=_by(world, "clerk", office=centre()))
        found.dossier.refresh_from_db()
    return found


def _unrouted(world: World) -> Filed:
    found = _filed(world)
    Dossier.objects.filter(pk=found.dossier.pk).update(routing=Dossier.Routing.NONE, agency=None)
    found.dossier.refresh_from_db()
    return found


STATES: Mapping[str, Callable[[World], Filed]] = {
    "queued": _queued,
    "assigned": _assigned,
    "supplement": _supplement,
    "signature": _signature,
    "signed": _signed,
    "ready": _ready,
    "reception": lambda world: _queued(world, channel=Channel.ONLINE, applicant=world.people["citizen"]),
    "unrouted": _unrouted,
    "payment": lambda world: _filed(world, channel=Channel.ONLINE, fees=[fee()], applicant=world.people["citizen"]),
    "call": lambda world: _queued(world, phone=""),
    "online": lambda world: _filed(world, channel=Channel.ONLINE, applicant=world.people["citizen"]),
    "asked": _unrouted,
    "stopped": _assigned,
}


def _objects(world: World) -> None:
    assigned = world.dossier("assigned")
    by = _by(world, "clerk", office=centre())
    world.objects["reminder"] = remind(assigned, by=by, text="Người dân đã hỏi hai lần. Đề nghị giải quyết sớm.")
    world.objects["officer"] = officer = world.people["officer"]
    SavedView.objects.create(user=officer, name="Sắp đến hạn của tôi", query=f"muc=sap-den-han&nguoi={officer.pk}")
    later = (FIRST_DAY + timedelta(days=30)).date()
    Absence.objects.create(
        user=officer, agency=committee(), starts_on=later, ends_on=later, entered_by=world.people["leader"], entered_at=FIRST_DAY
    )
    with acting_as(who(officer).scope):
        world.objects["paper"] = Paper.objects.filter(dossier=assigned).exclude(storage_key="").order_by("pk")[:1].get()
    world.objects["opinion"] = _opinion(assigned)
    documents = IssuedDocument.objects
    world.objects["matter"] = filed_matter(world.people["clerk"], centre(), applicant=world.people["citizen"], at=_last(world)).matter
    world.objects["slip"] = documents.filter(dossier=assigned, kind="receipt_slip").get()
    world.objects["followed_slip"] = documents.filter(dossier=world.dossier("supplement"), kind="receipt_slip").get()
    world.objects["result"] = documents.filter(dossier=world.dossier("signed"), kind="result").get()
    start_draft_version(Procedure.objects.get(code=DRAFTED), actor=world.people["editor"])
    build_tried_registry(world.people["editor"], world.people["approver"], _last(world))
    wards = (("00004", "90001", "Phường Ba Đình Mới", "phường"), ("00008", "90001", "Phường Ba Đình Mới", "phường"))
    world.objects["reorganisation"] = draft_of_units("merger", *wards, by=world.people["editor"])
    call = Notification.objects.filter(dossier_code=world.dossier("call").code, channel="call")
    world.objects["call"] = call.order_by("pk")[:1].get()
    told = [world.dossier(name) for name in ("queued", "assigned", "supplement", "signature")]
    world.objects["inspection"] = build_completeness(told, world.people["national"], _last(world))
    build_oversight(world, _last(world))
    _draft(world, "citizen", None, Channel.ONLINE)
    _draft(world, "clerk", centre(), Channel.DIRECT)


def _opinion(dossier: Dossier) -> Opinion:
    """A neighbouring ward asks the agency."""
    asking = committee("00008")
    asker = _staff("canbo.phuongben", "Trịnh Thị Mỹ", Role.OFFICER, asking)
    with acting_as(who(asker).scope):
        return Opinion.objects.create(
            dossier=dossier,
            agency=asking,
            asked_by=asker,
            asked=committee(),
            question="Đề nghị xác nhận nơi cư trú trước năm 2020 của người có yêu cầu.",
            told=[["Họ, chữ đệm, tên", "Nguyễn Thị Hạnh"]],
            asked_at=FIRST_DAY,
            due_at=FIRST_DAY + timedelta(days=5),
        )


def _draft(world: World, role: str, office: Office | None, channel: str) -> None:
    version = current_version(MARITAL_STATUS, FIRST_DAY.date())
    assert version is not None
    owner, at = world.people[role], _last(world)
    case = version.cases.get(is_default=True)
    parties = {"acting_for": "self", "p-owner_name": "Nguyễn Thị Ước", "p-owner_personal_id": "001190000007", "p-phone": "0912345678"}
    answers = sample_answers(MARITAL_STATUS)
    draft = start_draft(version, case, owner=owner, office=office, channel=channel, at=at, answers=answers, parties=parties)
    world.objects[f"{role}_draft"] = draft
    with acting_as(who(owner).scope):
        file = SimpleUploadedFile("anh-chup-1.jpg", picture(), "image/jpeg")
        world.objects[f"{role}_file"] = attach_to_draft(draft, requirement_key="", file=file, at=at)
