"""Three procedures in the form of the national database, for a database that has none yet. `load_catalogue` brings the rest.

The texts are flattened tables, as that database exports them: headings and cells run together without separators.
"""

from typing import Any

FIELDS = (
    *("ma_thu_tuc", "ten_thu_tuc", "so_quyet_dinh", "cap_thuc_hien", "loai_thu_tuc", "linh_vuc", "doi_tuong_thuc_hien"),
    *("co_quan_co_tham_quyen", "dia_chi_tiep_nhan", "co_quan_duoc_uy_quyen", "co_quan_phoi_hop", "thu_tuc_lien_quan"),
    *("trinh_tu_thuc_hien", "cach_thuc_thuc_hien", "thanh_phan_ho_so", "can_cu_phap_ly", "co_quan_thuc_hien", "yeu_cau_dieu_kien"),
    "ket_qua_xu_ly",
)
METHODS = "Hình thức nộpThời gianPhí, lệ phíMô tả"
PAPERS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"


def _record(**values: str) -> dict[str, Any]:
    return {name: values.get(name, "") for name in FIELDS}


SAMPLES = [
    _record(
        ma_thu_tuc="1.001193",
        ten_thu_tuc="Thủ tục đăng ký khai sinh",
        so_quyet_dinh="163/QĐ-BTP",
        cap_thuc_hien="Cấp xã",
        linh_vuc="Hộ tịch",
        doi_tuong_thuc_hien="Công dân Việt Nam",
        cach_thuc_thuc_hien=METHODS + "Trực tiếp1 Ngày làm việcMiễn phíTrực tuyến1 Ngày làm việcMiễn phí",
        thanh_phan_ho_so=PAPERS + "Giấy chứng sinhBản chính: 1Bản sao: 0",
        co_quan_thuc_hien="Ủy ban nhân dân cấp xã",
        ket_qua_xu_ly="Giấy khai sinh",
    ),
    _record(
        ma_thu_tuc="1.004873",
        ten_thu_tuc="Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
        so_quyet_dinh="163/QĐ-BTP",
        cap_thuc_hien="Cấp xã",
        linh_vuc="Hộ tịch",
        doi_tuong_thuc_hien="Công dân Việt Nam, Người Việt Nam định cư ở nước ngoài",
        cach_thuc_thuc_hien=METHODS + "Trực tuyến3Miễn phíTrực tiếp3Miễn phí",
        thanh_phan_ho_so=PAPERS + "Tờ khai cấp Giấy xác nhận tình trạng hôn nhânToKhai.docxBản chính: 1Bản sao: 0",
        co_quan_thuc_hien="Ủy ban nhân dân cấp xã",
        ket_qua_xu_ly="Giấy xác nhận tình trạng hôn nhân",
    ),
    _record(
        ma_thu_tuc="1.001612",
        ten_thu_tuc="Đăng ký thành lập hộ kinh doanh",
        so_quyet_dinh="2153/QĐ-BTC",
        cap_thuc_hien="Cấp xã",
        linh_vuc="Thành lập và hoạt động của hộ kinh doanh",
        doi_tuong_thuc_hien="Công dân Việt Nam",
        cach_thuc_thuc_hien=METHODS + "Trực tiếp3 Ngày làm việcLệ phí: 100000 ĐồngTrực tuyến3 Ngày làm việcLệ phí: 50000 Đồng",
        thanh_phan_ho_so=PAPERS + "Giấy đề nghị đăng ký hộ kinh doanhPhuLuc.docxBản chính: 1Bản sao: 0",
        co_quan_thuc_hien="Phòng chuyên môn cấp xã",
        ket_qua_xu_ly="Giấy chứng nhận đăng ký hộ kinh doanh",
    ),
]
