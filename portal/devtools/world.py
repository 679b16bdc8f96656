"""The demo world: somebody works in every agency and at every counter, so that any dossier can be followed by hand.

One password for all, made for the demo only. The accounts that the welcome names are ordinary ones of this world.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency, Office
from portal.core.clock import business_today

PASSWORD = "MotCua-demo-2026"  # noqa: S105 -- the demo's, printed on its welcome
SINCE = date(2025, 7, 1)
SEED = 20250701
BATCH = 5000
FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
    "Mai",
    "Trịnh",
    "Phan",
    "Võ",
)
MIDDLE = ("Thị", "Văn", "Minh", "Thanh", "Hữu", "Ngọc", "Quốc", "Thu", "Đức", "Khánh", "Xuân", "Bảo")
GIVEN = [
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Giang",
    "Hà",
    "Hạnh",
    "Hiếu",
    "Hương",
    "Khoa",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Nga",
    "Ngân",
    "Nhung",
    "Oanh",
    "Phúc",
    "Phương",
    "Quân",
    "Quỳnh",
    "Sơn",
    "Tâm",
    "Thảo",
    "Trang",
    "Tuấn",
    "Tú",
    "Uyên",
    "Vân",
    "Việt",
    "Yến",
    "Ước",
    "Ẩn",
]


@dataclass(frozen=True, slots=True)
class Seat:
    """One person to employ."""

    username: str
    role: str
    title: str
    office_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A row of the welcome table."""

    role: str
    username: str
    password: str
    try_this: str


def seats() -> Iterator[Seat]:
    """Everybody: a clerk and, at centres, a supervisor per office; an officer and an approver per agency; the national few."""
    for pk, code, kind in Office.objects.order_by("pk").values_list("pk", "code", "kind"):
        yield Seat(f"quay.{code.lower()}", Role.CLERK, "Công chức tiếp nhận", office_id=pk)
        if kind == Office.Kind.PROVINCIAL_CENTRE:
            yield Seat(f"quay2.{code.lower()}", Role.CLERK, "Công chức tiếp nhận", office_id=pk)
            yield Seat(f"giamsat.{code.lower()}", Role.SUPERVISOR, "Giám đốc Trung tâm", office_id=pk)
    for pk, identifier in Agency.objects.order_by("pk").values_list("pk", "identifier"):
        yield Seat(f"canbo.{identifier.lower()}", Role.OFFICER, "Chuyên viên thụ lý", agency_id=pk)
        yield Seat(f"lanhdao.{identifier.lower()}", Role.LEADER, "Lãnh đạo ký duyệt", agency_id=pk)
    yield Seat("giamsat.quocgia", Role.SUPERVISOR, "Cục Kiểm soát thủ tục hành chính")
    yield Seat("danhmuc.soan", Role.CATALOGUE_EDITOR, "Chuyên viên danh mục")
    yield Seat("danhmuc.duyet", Role.CATALOGUE_APPROVER, "Lãnh đạo phòng danh mục")


@transaction.atomic
def load_world() -> dict[str, int]:
    """Every seat has its person. Repeating it adds only who is missing. Returns how many were added."""
    wanted = list(seats())
    chance = random.Random(SEED)
    names = [f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}" for _ in wanted]
    known = set(User.objects.values_list("username", flat=True))
    secret = make_password(PASSWORD)
    people = [
        User(username=seat.username, full_name=name, kind=User.Kind.STAFF, password=secret, email=_address(seat))
        for seat, name in zip(wanted, names, strict=True)
        if seat.username not in known
    ]
    User.objects.bulk_create(people, batch_size=BATCH)
    new = {user.username: user for user in people}
    posts = [
        Membership(
            user=new[seat.username],
            role=seat.role,
            office_id=seat.office_id,
            agency_id=seat.agency_id,
            title=seat.title,
            valid_from=min(SINCE, business_today()),
        )
        for seat in wanted
        if seat.username in new
    ]
    Membership.objects.bulk_create(posts, batch_size=BATCH)
    return {"people": len(people), "posts": len(posts), "known": len(known)}


def _address(seat: Seat) -> str:
    """Supervisors are told by e-mail what waits for them; the demo's inbox page shows it."""
    return f"{seat.username}@motcua.example" if seat.role == Role.SUPERVISOR else ""


def accounts() -> list[Account]:
    """Who to be, and what to try. The citizens sign in through the simulated VNeID without a password."""
    return [
        Account("Citizen", "(VNeID)", "-", "Sign in with VNeID, choose a person, file online"),
        Account("Counter clerk, Hà Nội", "quay.h26", PASSWORD, "/quay/ take a walk-in for any procedure of any province"),
        Account("Counter clerk, Hồ Chí Minh City", "quay.h29", PASSWORD, "/quay/ hand back what another province decided"),
        Account("Case officer, phường Ba Đình", "canbo.h26.00.004", PASSWORD, "/xu-ly/ claim, ask, propose"),
        Account("Approver, phường Ba Đình", "lanhdao.h26.00.004", PASSWORD, "/xu-ly/ sign"),
        Account("Supervisor, Hà Nội centre", "giamsat.h26", PASSWORD, "/giam-sat/ late dossiers, undecided competence"),
        Account("Supervisor, national", "giamsat.quocgia", PASSWORD, "/giam-sat/"),
        Account("Catalogue editor", "danhmuc.soan", PASSWORD, "/quan-tri/thu-tuc/ draft a version"),
        Account("Catalogue approver", "danhmuc.duyet", PASSWORD, "/quan-tri/thu-tuc/ approve it"),
    ]
