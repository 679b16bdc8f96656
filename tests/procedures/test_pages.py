"""The public catalogue as a visitor sees it."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from procedures.catalogue_load.files import OURS, read_source
from procedures.catalogue_load.money import fee_rows
from procedures.catalogue_load.report import ImportReport
from procedures.fees import FeeReason, total_vnd
from procedures.formschema.library import form_for
from procedures.formschema.schema import parse_schema
from procedures.models import Channel, Procedure, ProcedureCase, Requirement, ResultType
from procedures.queries import FeeQuestion, fee_lines, fee_note, version_or_404
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


def test_the_list_costs_the_same_for_one_and_for_all_rows(client: Client) -> None:
    every = queries_of(client, "/thu-tuc/")
    one = queries_of(client, "/thu-tuc/?q=ho+chieu+pho+thong")

    assert one == every
    assert every <= 10


def test_a_search_without_diacritics_shows_the_procedure_and_its_time(client: Client) -> None:
    page = client.get("/thu-tuc/", {"q": "dang ky khai snih"}).content.decode()

    assert "/thu-tuc/1.001193/" in page
    assert "Đăng ký khai sinh" in page


def test_htmx_gets_the_results_only_and_they_equal_those_of_the_page(client: Client) -> None:
    whole = client.get("/thu-tuc/", {"q": "ho chieu"}).content.decode()
    part = client.get("/thu-tuc/", {"q": "ho chieu"}, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert part.strip() in whole


def test_a_facet_narrows_the_list(client: Client) -> None:
    page = client.get("/thu-tuc/", {"muc": "none"}).content.decode()

    assert "/thu-tuc/2.000815/" in page
    assert "/thu-tuc/1.001193/" not in page


def test_operators_in_the_text_are_only_text(client: Client) -> None:
    assert client.get("/thu-tuc/", {"q": "' :* & | ! <-> \0 (("}).status_code == 200


def test_a_full_procedure_offers_filing(client: Client) -> None:
    page = client.get("/thu-tuc/1.001193/").content.decode()

    assert 'href="/nop-ho-so/1.001193/"' in page
    assert "163/QĐ-BTP" in page


def test_a_partial_procedure_names_the_visit_before_the_button(client: Client) -> None:
    page = client.get("/thu-tuc/1.000894/").content.decode()

    assert page.index("Hai bên nam, nữ cùng có mặt") < page.index('href="/nop-ho-so/1.000894/"')


def test_an_information_only_procedure_leads_to_a_counter_and_offers_no_filing(client: Client) -> None:
    page = client.get("/thu-tuc/2.000815/").content.decode()

    assert "/quay-gan-ban/" in page
    assert "/nop-ho-so/2.000815/" not in page


def test_an_ended_procedure_says_since_when_and_what_replaces_it(client: Client) -> None:
    page = client.get("/thu-tuc/1.014061/").content.decode()

    assert "18/08/2026" in page
    assert "1.116410" in page
    assert "/nop-ho-so/1.014061/" not in page


def test_a_fee_that_the_council_sets_is_never_called_free(client: Client) -> None:
    page = client.get("/thu-tuc/1.004884/").content.decode()

    assert "Miễn phí" not in page
    assert "HĐND" in page


def test_an_unknown_code_is_a_404(client: Client) -> None:
    assert client.get("/thu-tuc/9.999999/").status_code == 404


# --- all procedures -----------------------------------------------------------------------------------------------

CODES = [row["code"] for row in read_source(OURS).rows]
UNKNOWN = sorted({row["procedure"] for row in fee_rows(read_source(OURS), ImportReport())[0] if row["amount_vnd"] is None})
NAMED = "Mức do HĐND tỉnh quy định"


@pytest.mark.parametrize("code", CODES)
def test_every_procedure_has_its_page(client: Client, code: str) -> None:
    page = client.get(f"/thu-tuc/{code}/")
    blank = client.get(f"/thu-tuc/{code}/to-khai/")

    assert (page.status_code, blank.status_code) == (200, 200)
    assert f"/thu-tuc/{code}/to-khai/" in page.content.decode()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in blank.content.decode()


@pytest.mark.parametrize("code", UNKNOWN)
def test_no_fee_that_a_council_or_a_tariff_sets_is_called_free_or_paid_online(client: Client, code: str) -> None:
    version = version_or_404(code, TODAY)
    page = client.get(f"/thu-tuc/{code}/").content.decode()

    lines = fee_lines(version.procedure, FeeQuestion(on=TODAY, channel=Channel.ONLINE, province_code="99"))

    assert "Miễn phí" not in page
    assert "HĐND tỉnh quy định" in page or "Theo biểu" in page
    unknown = [line for line in lines if line.amount_vnd is None]
    assert all(fee_note(line) == NAMED for line in unknown)
    assert unknown or all(line.reason is FeeReason.EXEMPT for line in lines)
    assert total_vnd(lines) is None or not unknown


def test_the_amounts_of_many_are_not_ours_to_know() -> None:
    assert len(UNKNOWN) >= 20


@pytest.mark.parametrize("code", ["1.014061", "1.014063", "1.014064"])
def test_each_merged_code_has_its_end_and_its_successor(client: Client, code: str) -> None:
    procedure = Procedure.objects.get(code=code)

    page = client.get(f"/thu-tuc/{code}/").content.decode()

    assert (procedure.ended_on, procedure.replaced_by_code) == (date(2026, 8, 18), "1.116410")
    assert "18/08/2026" in page
    assert "1.116410" in page
    assert f"/nop-ho-so/{code}/" not in page


def test_a_result_that_says_no_is_a_refusal_and_each_procedure_has_one_of_each() -> None:
    results = ResultType.objects.filter(version__state="published", version__number=1).select_related("version__procedure")
    by_code: dict[str, set[str]] = {}
    for result in results:
        by_code.setdefault(result.version.procedure.code, set()).add(result.outcome)
    says_no = [
        result for result in results if re.search(r"từ chối|không (chấp thuận|đồng ý|cấp|giải quyết|đủ điều kiện)", result.name_vi.lower())
    ]

    assert len(by_code) == 89
    assert {code for code, outcomes in by_code.items() if not {"grant", "refusal"} <= outcomes} == set()
    assert [str(result) for result in says_no if result.outcome == "grant"] == []
    assert says_no


def test_papers_of_each_case_with_certified_copies_notes_and_names_of_forms(client: Client) -> None:
    version = version_or_404("1.012753", TODAY)
    form = version.cases.get(is_default=True).form
    version.pk, version.number, version.state, version.note_vi = None, 2, "draft", "Ghi chú riêng của thủ tục."
    version.effective_from = TODAY
    version.save(force_insert=True)
    usual = ProcedureCase.objects.create(version=version, key="mot", name_vi="Trường hợp thường", form=form)
    other = ProcedureCase.objects.create(version=version, key="hai", name_vi="Trường hợp khác hẳn", form=form, is_default=False)
    Requirement.objects.create(case=usual, seq=1, key="thuong", name_vi="Giấy tờ thường", kind="required", originals=1)
    Requirement.objects.create(
        case=other, seq=1, key="rieng", name_vi="Giấy tờ riêng", kind="required", copies=2, certified=1, form_files=["Mau-09.docx"]
    )
    version.state = "published"
    version.save(update_fields=["state"])

    page = " ".join(client.get("/thu-tuc/1.012753/").content.decode().split())

    assert page.index("<h3>Trường hợp thường</h3>") < page.index("Giấy tờ thường") < page.index("<h3>Trường hợp khác hẳn</h3>")
    assert "Giấy tờ riêng" in page
    assert "(1 bản chứng thực)" in page
    assert "Mẫu kèm theo: Mau-09.docx" in page
    assert "Ghi chú riêng của thủ tục." in page


def test_the_blank_form_has_every_question_and_room_to_write(client: Client) -> None:
    page = strip_tags(client.get("/thu-tuc/1.004884/to-khai/").content.decode())

    asked = [item for _section, item in parse_schema(form_for("1.004884", "residence")).fields() if item.type not in ("note", "computed")]
    assert [item.key for item in asked if item.paper and item.paper not in page] == []
    assert "☐ Cá nhân" in page
    assert "None" not in page
