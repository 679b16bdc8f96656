"""A document is printed once as the original; every later copy is numbered, logged and says so on the paper."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from dossiers.actions.print_again import print_again
from dossiers.actions.transition import By
from dossiers.documents.copies import LOOK
from dossiers.models import DocumentPrint, Dossier, IssuedDocument
from portal.accounts.models import Role, User
from tests.factories import MONDAY, centre, staff
from tests.support.legal_time import SetTime

pytestmark = pytest.mark.django_db


@pytest.fixture
def slip(case: Dossier, set_legal_time: SetTime) -> IssuedDocument:
    set_legal_time(MONDAY + timedelta(minutes=5))
    return IssuedDocument.objects.get(dossier=case, kind="receipt_slip")


def page_of(user: User, document: IssuedDocument, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/tai-lieu/{document.verification_code}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def printed(user: User, document: IssuedDocument) -> str:
    client = Client()
    client.force_login(user)
    answer = client.post(f"/tai-lieu/{document.verification_code}/in-lai/")
    assert answer.status_code == 302
    return client.get(answer.headers["Location"]).content.decode()


def test_the_original_is_printed_once_by_whoever_issued_it(slip: IssuedDocument, clerk: User) -> None:
    original = page_of(clerk, slip, "?in=1")

    assert 'data-print="now"' in original
    assert "copy-mark" not in original
    colleague = page_of(staff(Role.CLERK, centre()), slip, "?in=1")
    assert LOOK in colleague
    assert "data-print" not in colleague


def test_a_reprint_is_numbered_logged_and_marked(slip: IssuedDocument, clerk: User) -> None:
    first, second = printed(clerk, slip), printed(clerk, slip)

    assert "In lại lần 1: " in first
    assert "In lại lần 2: " in second
    assert f"người in: {clerk.full_name}, {centre().name}." in second
    assert 'data-print="now"' in second
    logged = DocumentPrint.objects.order_by("copy_no").values_list("copy_no", "by", "office")
    assert list(logged) == [(1, clerk.pk, centre().pk), (2, clerk.pk, centre().pk)]
    assert LOOK in page_of(clerk, slip, "?in=1"), "once printed again, the original is not printed a second time"
    assert "In lại 2 lần" in page_of(clerk, slip)


def test_the_paper_itself_stays_as_it_was(slip: IssuedDocument, clerk: User) -> None:
    before = (slip.sha256, slip.html)
    printed(clerk, slip)
    slip.refresh_from_db()

    assert (slip.sha256, slip.html) == before


def test_a_copy_is_marked_only_for_who_had_it_logged_and_only_for_a_while(
    slip: IssuedDocument, clerk: User, set_legal_time: SetTime
) -> None:
    printed(clerk, slip)

    assert LOOK in page_of(staff(Role.CLERK, centre()), slip, "?in=1&ban=1")
    set_legal_time(MONDAY + timedelta(hours=2))
    assert LOOK in page_of(clerk, slip, "?in=1&ban=1")
    assert LOOK in page_of(clerk, slip, "?in=1&ban=99")


def test_a_stranger_prints_nothing(slip: IssuedDocument) -> None:
    client = Client()
    client.force_login(staff(Role.CLERK, centre("48")))

    assert client.post(f"/tai-lieu/{slip.verification_code}/in-lai/").status_code == 404
    assert not DocumentPrint.objects.exists()


def test_the_log_cannot_be_changed(slip: IssuedDocument, clerk: User) -> None:
    print_again(slip, by=By(clerk, MONDAY, office=centre()), reason="Dân làm mất")

    for statement in ("UPDATE dossiers_documentprint SET copy_no = 7", "DELETE FROM dossiers_documentprint"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
