"""The panel reads from the record alone: rules change, agencies and units are renamed, the sentences stay."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from django.utils.translation import override

from dossiers.models import Dossier, RouteDecision
from dossiers.reasons import why_this_agency
from dossiers.routerecord import rule_words
from portal.accounts.models import Role, User
from portal.agencies.models import AdministrativeUnit, Agency
from procedures.competence_rules import Ground, Rule, RuleKind
from tests.factories import MARITAL_STATUS, citizen, committee, filed, routed, staff, staffed
from tests.procedures.registry import procedure, published, rule_input, rule_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    staffed(committee())
    return routed(filed().dossier)


def test_rule_agency_and_unit_change_and_the_panel_does_not(dossier: Dossier) -> None:
    before = why_this_agency(dossier)
    assert before[0].headline.startswith(committee().name)
    assert before[0].legal_basis
    assert before[0].places[0].steps
    police = rule_input(procedure=procedure(MARITAL_STATUS), agency_kind="commune_police", legal_basis="9/2026/NĐ-CP")
    published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": police})
    assert dossier.agency is not None
    assert dossier.place is not None
    Agency.objects.filter(pk=dossier.agency.pk).update(name="Tên mới", identifier="X99")
    AdministrativeUnit.objects.filter(pk=dossier.place.pk).update(name="Phường Mới")

    with CaptureQueriesContext(connection) as asked:
        after = why_this_agency(Dossier(pk=dossier.pk))
    assert after == before
    assert [query["sql"] for query in asked if "dossiers_routedecision" not in query["sql"]] == []


def test_no_id_or_code_is_shown_and_the_record_is_kept(dossier: Dossier) -> None:
    told = str(why_this_agency(dossier)[0])
    for hidden in ("commune_authority", "'residence'", "commune_committee", str(dossier.agency.identifier if dossier.agency else "?")):
        assert hidden not in told
    with pytest.raises(DatabaseError), transaction.atomic():
        RouteDecision.objects.update(note="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        RouteDecision.objects.all()._raw_delete("default")


def test_citizen_clerk_and_officer_read_why_this_agency_before_and_after_the_rule_changed() -> None:
    """The same sentences in the HTML of all three, from the record, years later too."""
    officer, _leader = staffed(committee())
    person = citizen()
    dossier = routed(filed(applicant=person).dossier)
    clerk = staff(Role.CLERK, dossier.receiving_office)
    pages = (
        (person, f"/ho-so-cua-toi/{dossier.code}/"), (clerk, f"/quay/ho-so/{dossier.code}/"),
        (officer, f"/xu-ly/{dossier.code}/?muc=tham-quyen"),
    )  # fmt: skip
    agency = committee()
    told = why_this_agency(dossier)[0]

    def read(user: User, path: str) -> str:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(path)
        assert page.status_code == 200, path
        return " ".join(strip_tags(page.content.decode()).split())

    for moment in ("before", "after"):
        if moment == "after":
            police = rule_input(procedure=procedure(MARITAL_STATUS), agency_kind="commune_police", legal_basis="9/2026/NĐ-CP")
            published({"action": "replace", "target": rule_of(MARITAL_STATUS), "rule": police})
        for user, path in pages:
            page = read(user, path)
            assert "Vì sao" in page, path
            assert agency.name in page
            assert all(sentence in page for sentence in told.sentences), path
            assert told.legal_basis in page
            assert "9/2026/NĐ-CP" not in page


@pytest.mark.parametrize(
    ("kind", "within", "said"),
    [
        (RuleKind.FIXED_AGENCY, "", "Một cơ quan cho cả nước"),
        (RuleKind.FIXED_AGENCY, "Tỉnh Quảng Ninh", "Một cơ quan cho Tỉnh Quảng Ninh"),
        (RuleKind.FILING_PLACE, "Tỉnh Quảng Ninh", "Ủy ban nhân dân cấp xã nơi nộp hồ sơ, chỉ trong Tỉnh Quảng Ninh"),
    ],
)
def test_a_rule_says_where_it_holds(kind: RuleKind, within: str, said: str) -> None:
    rule = Rule(1, 1, 100, Ground.PROCEDURE, kind, agency_kind="commune_committee", within="22" if within else "", within_name=within)

    with override("vi"):
        assert rule_words(rule) == said
