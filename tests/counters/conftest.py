"""People at two counters in two provinces, and an agency with staff."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency, Office

SINCE = date(2025, 7, 1)


@dataclass(frozen=True)
class Seat:
    """A signed-in clerk and the office."""

    client: Client
    user: User
    office: Office


def member(username: str, role: str, *, office: Office | None = None, agency: Agency | None = None) -> User:
    user = User.objects.create_user(username, full_name=f"Nguyễn Thị {username.title()}", kind=User.Kind.STAFF)
    Membership.objects.create(user=user, role=role, office=office, agency=agency, valid_from=SINCE)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def seat_at(db: None) -> Callable[[str], Seat]:
    """A clerk of the office with this code."""

    def seated(code: str) -> Seat:
        office = Office.objects.select_related("province").get(code=code)
        user = member(f"clerk.{code.lower()}", Role.CLERK, office=office)
        return Seat(signed_in(user), user, office)

    return seated


@pytest.fixture
def hanoi(seat_at: Callable[[str], Seat]) -> Seat:
    return seat_at("H26")


@pytest.fixture
def saigon(seat_at: Callable[[str], Seat]) -> Seat:
    return seat_at("H29")
