"""From a draft to a published version by two people, in pages without JSON."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Holiday
from portal.core.clock import business_today
from procedures.models import ProcedureVersion
from procedures.queries import current_version

pytestmark = pytest.mark.django_db
CODE = "1.004873"
HOME = f"/quan-tri/thu-tuc/{CODE}/"


def keeper(name: str, *roles: str) -> tuple[Client, User]:
    user = User.objects.create_user(name, full_name=name, kind=User.Kind.STAFF)
    for role in roles:
        Membership.objects.create(user=user, role=role, valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


@pytest.fixture
def editor() -> Client:
    return keeper("editor", Role.CATALOGUE_EDITOR)[0]


@pytest.fixture
def approver() -> Client:
    return keeper("approver", Role.CATALOGUE_APPROVER)[0]


def rendered(client: Client, url: str) -> dict[str, str]:
    """The fields of the page's form as a browser would send them."""
    context = client.get(url).context
    data: dict[str, str] = {}
    papers = [formset for _case, formset in context["papers"]]
    for form in [
        context["form"],
        *context["cases"],
        *(form for formset in papers for form in formset),
        context["cases"].management_form,
        *(formset.management_form for formset in papers),
    ]:
        for field in form:
            value = field.value()
            if isinstance(value, bool):
                data |= {field.html_name: "on"} if value else {}
            else:
                data[field.html_name] = value if value is not None else ""
    return data


def drafted(editor: Client, **changed: str) -> None:
    editor.post(f"{HOME}soan/")
    response = editor.post(f"{HOME}ban-nhap/", rendered(editor, f"{HOME}ban-nhap/") | changed)
    assert response.status_code == 302, response.context["form"].errors


def test_a_second_person_publishes_and_the_next_filing_uses_it(editor: Client, approver: Client) -> None:
    drafted(editor, short_name_vi="Xác nhận độc thân", **{"cases-0-time_value": "2", "papers-4-name_vi": "Giấy mới"})
    assert editor.post(f"{HOME}trinh-duyet/").status_code == 302
    today = business_today().isoformat()

    page = approver.get(f"{HOME}cong-bo/").content.decode()
    answer = approver.post(f"{HOME}cong-bo/", {"decision_number": "12/QĐ-BTP", "decision_on": today, "effective_from": today})

    assert "Xác nhận độc thân" in page
    assert "“Giấy mới”" in page
    assert answer.status_code == 302
    found = current_version(CODE, business_today())
    assert found is not None
    assert (found.number, found.short_name_vi, found.decision_number) == (2, "Xác nhận độc thân", "12/QĐ-BTP")
    assert [case.time_value for case in found.cases.all()] == [2]
    assert ProcedureVersion.objects.get(procedure__code=CODE, number=1).short_name_vi != found.short_name_vi


def test_whoever_drafted_it_cannot_publish_it() -> None:
    client, _ = keeper("both", Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
    drafted(client, short_name_vi="Tên khác")
    client.post(f"{HOME}trinh-duyet/")
    today = business_today().isoformat()

    answer = client.post(f"{HOME}cong-bo/", {"decision_number": "1/QĐ", "decision_on": today, "effective_from": today})

    assert answer.status_code == 422
    assert not ProcedureVersion.objects.published().filter(procedure__code=CODE, number=2).exists()


def test_the_database_refuses_the_same_person_too(editor: Client) -> None:
    drafted(editor, short_name_vi="Tên khác")
    author = ProcedureVersion.objects.get(procedure__code=CODE, number=2).drafted_by_id

    with pytest.raises(IntegrityError, match="approver_is_second_person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE procedures_procedureversion SET approved_by_id = %s WHERE number = 2", [author])


def test_a_partial_procedure_without_a_visit_is_refused_and_nothing_typed_is_lost(editor: Client) -> None:
    editor.post(f"{HOME}soan/")
    typed = rendered(editor, f"{HOME}ban-nhap/") | {"online_level": "partial", "visit_note_vi": "", "name_vi": "Tên đang gõ dở"}

    answer = editor.post(f"{HOME}ban-nhap/", typed)

    assert answer.status_code == 422
    assert "Tên đang gõ dở" in answer.content.decode()


def test_a_draft_that_changes_nothing_is_not_submitted(editor: Client) -> None:
    editor.post(f"{HOME}soan/")

    assert editor.post(f"{HOME}trinh-duyet/").status_code == 422
    assert ProcedureVersion.objects.get(procedure__code=CODE, number=2).state == "draft"


def test_an_effective_date_in_the_past_is_refused(editor: Client, approver: Client) -> None:
    drafted(editor, short_name_vi="Tên khác")
    editor.post(f"{HOME}trinh-duyet/")

    answer = approver.post(f"{HOME}cong-bo/", {"decision_number": "1/QĐ", "decision_on": "2025-01-01", "effective_from": "2025-08-01"})

    assert answer.status_code == 422
    assert "1/QĐ" in answer.content.decode()


def test_a_second_draft_of_the_same_procedure_is_refused(editor: Client) -> None:
    editor.post(f"{HOME}soan/")

    assert editor.post(f"{HOME}soan/").status_code == 409


def test_an_approver_cannot_edit_and_an_editor_cannot_publish(editor: Client, approver: Client) -> None:
    editor.post(f"{HOME}soan/")

    assert approver.get(f"{HOME}ban-nhap/").status_code == 403
    assert editor.get(f"{HOME}cong-bo/").status_code == 403
    assert Client().get(HOME).status_code == 302


def test_the_list_costs_the_same_for_one_and_for_all_rows(editor: Client) -> None:
    counts = []
    for url in ("/quan-tri/thu-tuc/", "/quan-tri/thu-tuc/?q=ho+chieu+pho+thong"):
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(url).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12


def test_days_off_are_entered_corrected_and_removed(editor: Client) -> None:
    entry = {"on": "2027-06-07", "name_vi": "Nghỉ bù", "name_en": "Bridge", "source": "TB 1"}

    assert editor.post("/quan-tri/ngay-nghi/", entry).status_code == 302
    day = Holiday.objects.get(on="2027-06-07")
    assert editor.post(f"/quan-tri/ngay-nghi/{day.pk}/", entry | {"name_vi": "Nghỉ hoán đổi"}).status_code == 302
    assert "Nghỉ hoán đổi" in editor.get("/quan-tri/ngay-nghi/?nam=2027").content.decode()
    assert editor.post("/quan-tri/ngay-nghi/", entry | {"is_working": "on", "on": "2027-06-08"}).status_code == 422
    assert editor.post(f"/quan-tri/ngay-nghi/{day.pk}/xoa/").status_code == 302
    assert not Holiday.objects.filter(on="2027-06-07").exists()
