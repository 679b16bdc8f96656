"""A fee exemption is asked once: the ground chosen beside the fee decides the price, online and at the counter, and is printed."""

import pytest
from django.test import Client
from django.utils.html import strip_tags

from dossiers.actions.drafts import start_draft
from dossiers.filing_inputs import fees
from dossiers.models import Dossier, Draft
from dossiers.views.applicant.outlook import outlook_of
from portal.accounts.models import User
from portal.agencies.models import Office
from procedures.fees import FeeReason
from procedures.formschema.library import form_for
from procedures.formschema.schema import parse_schema
from procedures.models import Channel
from procedures.queries import FeeQuestion, current_version, fee_lines, grounds_of
from tests.counters.conftest import Seat, hanoi, seat_at  # noqa: F401 -- fixtures
from tests.dossiers.test_lawful_choice import citizens_client, draft_of, sent
from tests.factories import MONDAY, TODAY, address, citizen, filed

pytestmark = pytest.mark.django_db
CONFIRMATION = "2.002516"
ANSWERS = {"full_name": "Lý A Sềnh", "request_text": "Xác nhận", "copies": 2, "place": address()}
POOR = "Hộ nghèo"


def draft_with(ground: str, office: Office | None = None, clerk: User | None = None) -> Draft:
    version = current_version(CONFIRMATION, TODAY)
    assert version is not None
    return start_draft(
        version,
        version.cases.get(is_default=True),
        owner=clerk or citizen(),
        office=office,
        channel=Channel.DIRECT if office else Channel.ONLINE,
        at=MONDAY,
        answers=ANSWERS,
        parties={"exemption": ground} if ground else {},
    )


@pytest.mark.parametrize(("ground", "reason"), [("", FeeReason.SET_BY_LAW), ("poor", FeeReason.EXEMPT), ("no such", FeeReason.SET_BY_LAW)])
def test_the_ground_decides_the_fee_online(ground: str, reason: FeeReason) -> None:
    draft = draft_with(ground)

    outlook = outlook_of(draft, draft.answers, at=MONDAY)

    assert [line.reason for line in outlook.fees] == [reason]
    assert [line.full_amount_vnd for line in outlook.fees] == [16_000]
    assert outlook.total == ("" if reason is FeeReason.EXEMPT else "16.000 đ")


@pytest.mark.parametrize(("ground", "is_asked"), [("", True), ("poor", False)])
def test_the_ground_decides_the_fee_at_the_counter(hanoi: Seat, ground: str, *, is_asked: bool) -> None:  # noqa: F811
    draft = draft_with(ground, hanoi.office, hanoi.user)

    page = hanoi.client.get(f"/quay/tiep-nhan/{draft.pk}/").content.decode()

    assert page.count('name="exemption"') == 1
    assert ("16.000 đ" in page) is is_asked


def test_the_form_does_not_ask_a_second_time() -> None:
    keys = [item.key for _section, item in parse_schema(form_for(CONFIRMATION)).fields()]

    assert [key for key in keys if "exempt" in key] == []


def test_the_check_page_asks_it_once_and_shows_the_price() -> None:
    draft = draft_with("")
    client = Client()
    client.force_login(draft.owner, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/nop-ho-so/nhap/{draft.pk}/kiem-tra/"

    before = client.get(url).content.decode()
    client.post(url, {"rev": str(draft.revision), "exemption": "poor", "recalculate": "1"})
    after = client.get(url).content.decode()

    assert before.count('name="exemption"') == 1
    assert "16.000 đ" in before
    assert "16.000 đ" not in after
    assert '<option value="poor" selected>Hộ nghèo</option>' in after


def test_an_exemption_chosen_while_submitting_shows_the_new_price_before_anything_is_filed() -> None:
    client, user = citizens_client()
    person = {"applicant_kind": "person", "id_kind": "personal_id", "personal_id": "001190002345"}
    draft, url = draft_of(user, CONFIRMATION, ANSWERS | person | {"by_proxy": False, "has_related_papers": False})

    shown = sent(client, draft, url, exemption="poor")

    page = shown.content.decode()
    assert (shown.status_code, "16.000 đ" in page, Dossier.objects.exists()) == (422, False, False)
    assert "Lựa chọn vừa rồi làm thay đổi" in page, (shown.context["problem"], shown.context["form"].errors)
    assert sent(client, draft, url, exemption="poor").status_code == 302
    assert [line.exemption for line in Dossier.objects.get().fee_lines.all()] == [POOR]


@pytest.mark.parametrize(("ground", "printed"), [("poor", POOR), ("", "Không đề nghị")])
def test_the_ground_is_printed_on_the_common_declaration(ground: str, printed: str) -> None:
    version = current_version(CONFIRMATION, TODAY)
    assert version is not None
    question = FeeQuestion(on=TODAY, channel=Channel.DIRECT, answers=ANSWERS, grounds=frozenset({ground} - {""}))
    owed = fees(fee_lines(version.procedure, question), dict(grounds_of(version.procedure, TODAY)).get(ground, ""))

    dossier = filed(procedure=CONFIRMATION, answers=ANSWERS, fees=owed).dossier

    text = " ".join(strip_tags(dossier.documents.get(kind="declaration").html).split())
    assert f"Diện miễn, giảm phí, lệ phí: {printed}" in text or f"Diện miễn, giảm phí, lệ phí:{printed}" in text
    assert [line.exemption for line in dossier.fee_lines.all()] == ([POOR] if ground else [""])
