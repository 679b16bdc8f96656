"""Reading records of the national catalogue with every sort of their dirt."""

import gzip
import json
import time
from pathlib import Path

import pytest

from procedures.catalogue_load.files import UnknownFormat
from procedures.catalogue_load.national.attachments import split_attachments
from procedures.catalogue_load.national.fees import fee_rows
from procedures.catalogue_load.national.prices import split_glued
from procedures.catalogue_load.national.reading import arrivals, is_national, value_of
from procedures.catalogue_load.national.record import checked, fingerprint, read_record
from procedures.catalogue_load.national.times import unit_in_text
from procedures.catalogue_load.national.values import Findings, NationalProcedure, Refused
from procedures.catalogue_load.national.wording import is_syllable, shortened
from tests.procedures.national_records import LEGAL, METHODS, PAPERS, record


def read(**changed: str) -> tuple[NationalProcedure, Findings]:
    return read_record(checked(record(**changed)))


def kinds(found: Findings) -> set[str]:
    return {repair.kind for repair in found.repairs} | {gap.kind for gap in found.gaps}


def table(*rows: str) -> str:
    return METHODS + "".join(rows)


def papers(*rows: str) -> str:
    return f"--{PAPERS}" + "".join(rows)


def test_a_clean_record_needs_no_repair() -> None:
    sheet, found = read()
    assert (sheet.code, sheet.levels, sheet.decision) == ("9.000001", ("province", "commune"), "12/QĐ-BVHTTDL")
    assert sheet.subjects == ("Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)")
    assert [(act.number, act.title) for act in sheet.legal_basis] == [("46/2019/QH14", "Luật Thư viện")]
    assert [(result.code, result.name) for result in sheet.results] == [("KQ.G14.000001", "Thẻ bạn đọc")]
    assert sheet.steps == ("Bước 1: Nộp hồ sơ.", "Bước 2: Nhận thẻ.")
    assert not found.repairs
    assert not found.gaps


def test_the_table_of_channels_comes_apart() -> None:
    sheet, _found = read(
        cach_thuc_thuc_hien=table(
            "Trực tuyến5 Ngày làm việc70,000 VNĐ(Lệ phí: 70.000 đồng/lần (một lần).)Qua Cổng dịch vụ công. Trực tuyến toàn trình.",
            "Dịch vụ bưu chính7 NgàyMiễn phí",
            "Trực tiếpKhông có thông tinKhông có thông tin",
        )
    )
    online, postal, direct = sheet.methods
    assert (online.channel, online.time.rule, online.price.amount_vnd, online.price.kind) == ("online", "5 working_day", 70000, "levy")
    assert online.price.note == "Lệ phí: 70.000 đồng/lần (một lần)."
    assert online.description.endswith("Trực tuyến toàn trình.")
    assert (postal.channel, postal.time.rule, postal.price.state) == ("postal", "7 day", "free")
    assert (direct.channel, direct.time.rule, direct.price.state, direct.price.amount_vnd) == ("direct", "", "unstated", None)


def test_one_channel_may_have_several_times_and_fees() -> None:
    sheet, _found = read(
        cach_thuc_thuc_hien=table("Trực tiếp10 Ngày100,000 VNĐ(cấp mới)", "Trực tiếp5 Ngày50,000 VNĐ(cấp lại)", "Trực tiếp2 TuầnMiễn phí")
    )
    assert [(method.time.rule, method.price.amount_vnd) for method in sheet.methods] == [
        ("10 day", 100000),
        ("5 day", 50000),
        ("14 day", 0),
    ]


@pytest.mark.parametrize(
    ("cell", "note", "state", "amount", "kind"),
    [
        ("Miễn phí", "", "free", 0, None),
        ("Miễn phí", "(Không có)", "free", 0, None),
        ("Miễn phí", "(Mức lệ phí do Hội đồng nhân dân cấp tỉnh quyết định)", "council", None, "council_fee"),
        ("Miễn phí", "(20.000 đồng/lần)", "amount", 20000, "free_but_priced"),
        ("Miễn phí", "(Lệ phí cấp mới 40.000 đồng; cấp lại 20.000 đồng)", "tariff", None, "free_but_tariff"),
        ("Miễn phí", "(Theo Thông tư số 99/2020/TT-BTC)", "tariff", None, "free_but_tariff"),
        ("Miễn phí", "(Không quy định)", "unstated", None, "free_but_unset"),
        ("Miễn phí", "(Đối với thư viện huyện đảo)", "unstated", None, "free_unconfirmed"),
        ("Miễn phí", "(Miễn lệ phí)", "free", 0, None),
        ("Miễn phí", "(Miễn lệ phí đối với người thuộc hộ nghèo)", "unstated", None, "free_unconfirmed"),
        ("Miễn phí", "(Không thu lệ phí đăng ký theo quy định tại Điều 9 Luật Tổ hợp tác)", "free", 0, None),
        ("Miễn phí", "(Không thu phí cấp thẻ; phí in thẻ theo quy định tại Thông tư số 99/2020/TT-BTC)", "tariff", None, "free_but_tariff"),
        ("700 VNĐ", "", "amount", 700000, "thousands"),
        ("40 Việt Nam Đồng", "(40.000đ/thẻ)", "amount", 40000, "thousands"),
        ("50 VNĐ", "(mức phí 25.000 đồng đến hết 31/12/2026)", "amount", 50000, "thousands"),
        ("40 VNĐ", "(4.000 đồng/thẻ)", "tariff", None, "contradictory_fee"),
        ("25 USD", "", "amount", None, "foreign_fee"),
        ("1,200,000 VNĐ", "", "amount", 1200000, None),
    ],
)
def test_a_fee_is_never_free_because_nobody_stated_it(cell: str, note: str, state: str, amount: int | None, kind: str | None) -> None:
    sheet, found = read(cach_thuc_thuc_hien=table(f"Trực tiếp3 Ngày{cell}{note}"))
    price = sheet.methods[0].price
    assert (price.state, price.amount_vnd) == (state, amount)
    assert kind is None or kind in kinds(found)


def test_a_currency_is_corrected_by_its_neighbours() -> None:
    sheet, found = read(cach_thuc_thuc_hien=table("Trực tiếp5 Ngày145 USD(đến 2 năm)", "Trực tiếp5 Ngày155 VNĐ(đến 5 năm)"))
    assert [method.price.foreign for method in sheet.methods] == ["145 USD", "155 USD"]
    assert "currency" in kinds(found)


@pytest.mark.parametrize(
    ("row", "rule", "amount"),
    [("Trực tiếp1100 VNĐ", "", 100000), ("Trực tiếp120 VNĐ(20.000 đồng/tờ)", "", 20000), ("Trực tiếp140,000 Việt Nam Đồng", "", 40000)],
)
def test_a_time_glued_to_an_amount_comes_apart(row: str, rule: str, amount: int) -> None:
    sheet, found = read(cach_thuc_thuc_hien=table(row))
    assert (sheet.methods[0].time.said, sheet.methods[0].time.rule, sheet.methods[0].price.amount_vnd) == ("1", rule, amount)
    assert "glued_digits" in kinds(found)


def test_other_rows_tell_where_the_time_ends() -> None:
    assert split_glued("1575,000", {"15"}, "") == ("15", "75,000")
    assert split_glued("1575,000", set(), "thu 575.000 đồng") == ("1", "575,000")
    assert split_glued("75,000", set(), "") == ("7", "5,000")
    assert split_glued("1,000,000", set(), "") == ("", "1,000,000")


@pytest.mark.parametrize(
    ("number", "steps", "rule"),
    [
        ("5", "Trong thời hạn 05 ngày làm việc kể từ ngày nhận đủ hồ sơ.", "5 working_day"),
        ("15", "Thời hạn giải quyết: 15 ngày.", "15 day"),
        ("1", "Trả kết quả ngay trong ngày tiếp nhận.", "in_day"),
        ("1", "Thông báo chậm nhất 01 ngày làm việc kể từ ngày ghi trên thông báo tiếp nhận.", ""),
        ("5", "Trong thời hạn 05 ngày làm việc thì trả lời; không quá 5 ngày thì bổ sung.", ""),
        ("3", "Không nói gì về thời gian.", ""),
    ],
)
def test_a_time_without_a_unit_gets_it_only_from_the_text(number: str, steps: str, rule: str) -> None:
    sheet, found = read(cach_thuc_thuc_hien=table(f"Trực tiếp{number}Miễn phí"), trinh_tu_thuc_hien=steps)
    assert sheet.methods[0].time.rule == rule
    assert ("time_unit" if rule else "no_unit") in kinds(found)
    assert unit_in_text(5, "") == ""


def test_words_in_the_time_cell_are_kept() -> None:
    sheet, found = read(cach_thuc_thuc_hien=table("Trực tuyếnKhông phải trả kết quảMiễn phíQua cổng."))
    assert sheet.methods[0].time.said == "Không phải trả kết quả"
    assert "no_time" in kinds(found)


def test_components_with_forms_and_counts() -> None:
    sheet, _found = read(
        thanh_phan_ho_so=papers(
            "Đơn đề nghị theo quy địnhMẫu số 05.QLT.docx1 bản chính,2 bản sao",
            "Bản sao có chứng thực giấy khai sinh0 bản chính,1 bản sao",
            "Nghị quyết số 12 ngày 10/7/20261 bản chính",
            "Báo cáo kinh nghiệm theo quy địnhbản khai kinh nghiệm.docx1 bản chính",
        )
    )
    first, second, third, fourth = sheet.papers
    assert (first.name, first.attachments) == ("Đơn đề nghị theo quy định", ("Mẫu số 05.QLT.docx",))
    assert (first.originals, first.copies) == (1, 2)
    assert (second.originals, second.copies, second.certified) == (0, 1, 1)
    assert (third.name, third.originals) == ("Nghị quyết số 12 ngày 10/7/2026", 1)
    assert (fourth.name, fourth.attachments) == ("Báo cáo kinh nghiệm theo quy định", ("bản khai kinh nghiệm.docx",))


def test_counts_inside_a_sentence_do_not_end_a_row() -> None:
    sheet, found = read(thanh_phan_ho_so=papers("Tờ khai hải quan: nộp 02 bản chính. Tờ thứ hai để lưu0 bản chính", "Hợp đồng1 bản chính"))
    assert [(paper.name, paper.originals) for paper in sheet.papers] == [
        ("Tờ khai hải quan: nộp 02 bản chính. Tờ thứ hai để lưu", 2),
        ("Hợp đồng", 1),
    ]
    assert "quantity_from_text" in kinds(found)


@pytest.mark.parametrize(
    ("row", "name", "condition"),
    [
        (
            "Giấy ủy quyền trong trường hợp nhờ người khác nộp. Giấy này phải có chữ ký của hai bên1 bản chính",
            "Giấy ủy quyền. Giấy này phải có chữ ký của hai bên",
            "Trong trường hợp nhờ người khác nộp",
        ),
        (
            "Nếu là cán bộ, giáo viên, học sinh của trường, phải có giấy giới thiệu1 bản chính",
            "Giấy giới thiệu",
            "Nếu là cán bộ, giáo viên, học sinh của trường",
        ),
        (
            "Trường hợp cấp thẻ đọc, mượn và các thẻ khác, người đọc có Đơn cấp thẻ1 bản chính",
            "Trường hợp cấp thẻ đọc, mượn và các thẻ khác, người đọc có Đơn cấp thẻ",
            "Trường hợp cấp thẻ đọc, mượn và các thẻ khác",
        ),
        ("Tờ khai (dùng cho trẻ em), mẫu số 31 bản chính", "Tờ khai, mẫu số 3", "Dùng cho trẻ em"),
        ("Giấy ủy quyền (nếu có)1 bản chính", "Giấy ủy quyền", "Nếu có"),
        ("Giấy ủy quyền trong trường hợp nộp thay1 bản chính", "Giấy ủy quyền", "Trong trường hợp nộp thay"),
        ("Đối với tổ chức nước ngoài: Giấy phép hoạt động1 bản chính", "Giấy phép hoạt động", "Đối với tổ chức nước ngoài"),
        ("Ảnh thẻ, trừ trường hợp đã có dữ liệu1 bản chính", "Ảnh thẻ", "Trừ trường hợp đã có dữ liệu"),
        (
            "Trường hợp thẻ bị hỏng thì chủ cơ sở phải gửi lại thẻ cũ1 bản chính",
            "Trường hợp thẻ bị hỏng thì chủ cơ sở phải gửi lại thẻ cũ",
            "Trường hợp thẻ bị hỏng",
        ),
    ],
)
def test_the_if_of_a_component_is_told_apart(row: str, name: str, condition: str) -> None:
    sheet, _found = read(thanh_phan_ho_so=papers(row))
    assert [(paper.name, paper.role, paper.condition) for paper in sheet.papers] == [(name, "conditional", condition)]


def test_a_rule_inside_a_component_is_no_condition() -> None:
    rows = (
        "Giấy chứng nhận đăng ký. Trường hợp bị mất thì chủ tàu phải khai báo1 bản chính",
        "Thẻ học sinh (nếu bản sao phải có chứng thực)1 bản chính",
        "Hợp đồng thuê nhà được thay thế trong trường hợp đã có trong cơ sở dữ liệu. Cơ quan tự tra cứu1 bản chính",
    )
    sheet, _found = read(thanh_phan_ho_so=papers(*rows))
    assert [paper.role for paper in sheet.papers] == ["required"] * 3


def test_notes_are_no_papers() -> None:
    sheet, found = read(
        thanh_phan_ho_so=papers(
            "Đơn đề nghị1 bản chính", "Lưu ý: giấy tờ nước ngoài phải dịch0 bản chính", "Số lượng hồ sơ: 01 bộ.1 bản chính"
        )
    )
    assert [paper.name for paper in sheet.papers] == ["Đơn đề nghị"]
    assert [paper.name for group in sheet.groups for paper in group.papers if paper.role == "note"] == [
        "Lưu ý: giấy tờ nước ngoài phải dịch",
        "Số lượng hồ sơ: 01 bộ.",
    ]
    assert "note_not_paper" in kinds(found)


def test_headings_group_the_papers() -> None:
    text = (
        f"a) Trường hợp cấp mới:{PAPERS}Đơn cấp mới1 bản chínhb) Trường hợp cấp lại:{PAPERS}Đơn cấp lại1 bản chính"
        f"* Giấy tờ phải xuất trình:{PAPERS}Thẻ căn cước1 bản chính* Lưu ý:{PAPERS}Bản chụp phải rõ nét0 bản chính"
    )
    sheet, _found = read(thanh_phan_ho_so=text)
    assert [(group.kind, group.title) for group in sheet.groups] == [
        ("case", "a) Trường hợp cấp mới"),
        ("case", "b) Trường hợp cấp lại"),
        ("present", "Giấy tờ phải xuất trình"),
        ("note", "Lưu ý"),
    ]
    assert [paper.role for paper in sheet.papers] == ["required", "required", "present_only"]


@pytest.mark.parametrize(
    "row",
    [
        "- Đơn đề nghị cấp thẻ; - Bản sao giấy khai sinh; - Ảnh chân dung cỡ 3x41 bản chính",
        "a) Đơn đề nghị cấp thẻ; b) Bản sao giấy khai sinh; c) Ảnh chân dung cỡ 3x4.1 bản chính",
    ],
)
def test_a_row_that_is_a_list_becomes_several_papers(row: str) -> None:
    sheet, found = read(thanh_phan_ho_so=papers(row))
    assert [paper.name for paper in sheet.papers] == ["Đơn đề nghị cấp thẻ", "Bản sao giấy khai sinh", "Ảnh chân dung cỡ 3x4"]
    assert "row_split" in kinds(found)


@pytest.mark.parametrize(
    ("text", "name", "files"),
    [
        ("Văn bản đề nghị (NA20).Mau NA20-XYZ.docx", "Văn bản đề nghị (NA20).", ("Mau NA20-XYZ.docx",)),
        ("Đơn theo Nghị định số 32/2026/NĐ-CPMẫu số 01.docx", "Đơn theo Nghị định số 32/2026/NĐ-CP", ("Mẫu số 01.docx",)),
        (
            "Văn bản cấp phépMau 07-Phu luc_39.2025.TT-ABC_02.7.2025.doc",
            "Văn bản cấp phép",
            ("Mau 07-Phu luc_39.2025.TT-ABC_02.7.2025.doc",),
        ),
        ("Tờ khai đề nghịMẫu A.docxMẫu B.docx", "Tờ khai đề nghị", ("Mẫu A.docx", "Mẫu B.docx")),
        ("Tờ khai (Mẫu NC9).NC9.pdf", "Tờ khai (Mẫu NC9).", ("NC9.pdf",)),
        ("Báo cáo theo Thông tư số 99/2020/TT-BXY.22b sửa.docx", "Báo cáo theo Thông tư số 99/2020/TT-BXY.", ("22b sửa.docx",)),
        ("Giấy theo Quyết định số 9/2021/QĐ-TTgGiấy đề nghị.pdf", "Giấy theo Quyết định số 9/2021/QĐ-TTg", ("Giấy đề nghị.pdf",)),
        ("Giấy tờ không có biểu mẫu", "Giấy tờ không có biểu mẫu", ()),
    ],
)
def test_the_attached_form_is_cut_from_the_name(text: str, name: str, files: tuple[str, ...]) -> None:
    assert split_attachments(text) == (name, files)


def test_legal_acts_come_apart() -> None:
    sheet, found = read(
        can_cu_phap_ly=(
            f"{LEGAL}Luật A số 12/2020/QH14 ngày 18/6/202012/2020/QH14Nghị định quy định chi tiết33/2021/NĐ-CThông tư số 05/2022/TT-BTC"
            "05/2022/TT-BTCQuy định mức thu phíThông tư số 47/2019/TT-BTCSửa đổi Luật A năm 202076/2025/QH15"
        )
    )
    assert [(act.number, act.issued_on) for act in sheet.legal_basis] == [
        ("12/2020/QH14", "2020-06-18"),
        ("33/2021/NĐ-CP", ""),
        ("05/2022/TT-BTC", ""),
        ("47/2019/TT-BTC", ""),
        ("76/2025/QH15", ""),
    ]
    assert sheet.legal_basis[4].title == "Sửa đổi Luật A năm 2020"
    assert "legal_number" in kinds(found)


def test_the_date_of_an_amended_act_is_not_the_acts_own() -> None:
    sheet, _found = read(can_cu_phap_ly=f"{LEGAL}Sửa đổi Nghị định số 35/2016/NĐ-CP ngày 15 tháng 5 năm 201680/2022/NĐ-CP")
    assert [(act.number, act.issued_on) for act in sheet.legal_basis] == [("80/2022/NĐ-CP", "")]


def test_the_day_an_act_takes_effect_is_not_its_date_and_a_line_may_end_a_row() -> None:
    rows = "Quy định phí (có hiệu lực từ ngày 01/01/2017)20/2016/NĐ-CPThông tư về tàu cá\n15/2026/TT-BXD Luật Thủy sản18/2017/QH14"
    sheet, _found = read(can_cu_phap_ly=f"{LEGAL}{rows}")
    assert [(act.number, act.issued_on) for act in sheet.legal_basis][:2] == [("20/2016/NĐ-CP", ""), ("15/2026/TT-BXD", "")]


def test_districts_of_the_past_are_replaced_and_shown() -> None:
    sheet, found = read(co_quan_co_tham_quyen="Ủy ban nhân dân cấp huyện", trinh_tu_thuc_hien="Nộp tại Công an huyện.")
    assert sheet.competent == "Ủy ban nhân dân cấp xã"
    assert {"district", "district_competence", "district_in_steps"} <= kinds(found)
    assert sheet.steps == ("Nộp tại Công an huyện.",)


def test_long_names_get_a_short_one() -> None:
    long = "Thủ tục cấp thẻ " + "cho người đọc, người nghiên cứu và người làm việc " * 22
    sheet, found = read(ten_thu_tuc=f"{long}\nlần đầu")
    assert len(sheet.name) > 1000
    assert len(sheet.short_name) <= 250
    assert sheet.short_name.startswith("Cấp thẻ")
    assert {"name_linebreaks", "name_shortened"} <= kinds(found)
    assert shortened("a b", 250) == "a b"


def test_texts_that_were_cut_at_a_heading_go_back() -> None:
    sheet, found = read(
        trinh_tu_thuc_hien="Lập hồ sơ theo mục 9.3 (",
        thanh_phan_ho_so=") và nộp cho cơ quan bảo hiểm.\nBước 2. Cơ quan bảo hiểm giải quyết.",
        cach_thuc_thuc_hien=f"{METHODS}Trực tuyến7 NgàyMiễn phí(",
        can_cu_phap_ly=": Thông tư 9/2016/TT-BTC)Trực tiếp7 NgàyMiễn phí",
    )
    assert sheet.steps[0].startswith("Lập hồ sơ theo mục 9.3 ( Thành phần hồ sơ ) và nộp")
    assert [(method.channel, method.price.note) for method in sheet.methods] == [
        ("online", "Căn cứ pháp lý: Thông tư 9/2016/TT-BTC"),
        ("direct", ""),
    ]
    assert {"shifted_text", "no_papers"} <= kinds(found)


def test_page_furniture_is_no_condition() -> None:
    sheet, found = read(yeu_cau_dieu_kien="Không có thông tinTừ khóaKhông có thông tinMô tảKhông có thông tin")
    assert sheet.preconditions == ""
    assert "furniture" in kinds(found)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ([1], "đối tượng"),
        ({"ma_thu_tuc": "abc"}, "mã thủ tục"),
        ({"ma_thu_tuc": 1}, "mã thủ tục"),
        (record() | {"linh_vuc": 5}, "linh_vuc"),
        (record(ten_thu_tuc="  "), "tên"),
        (record(ten_thu_tuc="a\ud800"), "ký tự"),
        (record(trinh_tu_thuc_hien="a" * 500_000), "dài"),
    ],
)
def test_what_cannot_be_a_record_is_refused_with_its_reason(raw: object, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        checked(raw)


def test_hostile_texts_are_read_quickly() -> None:
    for text in ("Trực tiếp" * 20_000, "(" * 50_000, "1 bản chính" * 20_000, "12/2020/QH14" * 10_000, "Đối với " * 20_000, "a" * 200_000):
        began = time.process_time()
        read(cach_thuc_thuc_hien=text, thanh_phan_ho_so=f"--{PAPERS}{text}", can_cu_phap_ly=LEGAL + text, trinh_tu_thuc_hien=text)
        assert time.process_time() - began < 5, text[:20]


def test_the_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    texts = checked(record())
    assert fingerprint(texts) == fingerprint(dict(reversed(texts.items())))
    assert fingerprint(texts) != fingerprint(texts | {"linh_vuc": "Khác"})


def test_fee_rules_leave_open_what_nobody_states() -> None:
    sheet, _found = read(cach_thuc_thuc_hien=table("Trực tuyến5 Ngày50,000 VNĐ(Lệ phí)", "Trực tiếp5 NgàyMiễn phí(HĐND cấp tỉnh quy định)"))
    rows = fee_rows(sheet.as_json()["methods"])
    assert [(row["channel"], row["kind"], row["amount_vnd"]) for row in rows] == [("online", "levy", 50000), ("direct", "charge", None)]
    assert fee_rows(read()[0].as_json()["methods"]) == []


def test_syllables() -> None:
    assert all(is_syllable(word) for word in ("nghiêng", "quốc", "giấy", "định", "Đơn"))
    assert not any(is_syllable(word) for word in ("địnhbản", "docx", "PLC"))


def test_lines_of_a_file_arrive_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write(json.dumps(record()) + "\n\nkhông phải json\n[" * 3 + "[" * 100_000 + "\n")
    found = list(arrivals(path))
    assert is_national(path)
    assert value_of(found[0]) == record()
    assert sum(bool(arrival.fault) for arrival in found) >= 2
    with pytest.raises(Refused):
        value_of(found[1])


def test_a_broken_archive_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(record()).encode() * 500)[:-40])
    with pytest.raises(UnknownFormat, match="hỏng"):
        list(arrivals(path))
    with pytest.raises(UnknownFormat, match="Không có tệp"):
        list(arrivals(tmp_path / "none.jsonl"))
