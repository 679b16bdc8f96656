"""Records in the national form, written here: each shows one sort of dirt. No text is taken from the real catalogue."""

METHODS = "Hình thức nộpThời gianPhí, lệ phíMô tả"
PAPERS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
LEGAL = "Tên văn bản pháp lýMã văn bản"
FURNITURE = "Từ khóaKhông có thông tinMô tảKhông có thông tinChọn cơ quan thực hiệnTỉnh/ Thành phốBộ ngành-- Chọn Bộ ngành --Nộp hồ sơ"


def record(code: str = "9.000001", **changed: str) -> dict[str, str]:
    """A clean record of the national database, with these parts changed."""
    return {
        "ma_thu_tuc": code,
        "ten_thu_tuc": "Cấp thẻ bạn đọc thư viện cộng đồng",
        "so_quyet_dinh": "12/QĐ-BVHTTDL",
        "cap_thuc_hien": "Cấp tỉnh, Cấp xã",
        "loai_thu_tuc": "Loại khác",
        "linh_vuc": "Thư viện",
        "doi_tuong_thuc_hien": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)",
        "co_quan_co_tham_quyen": "Sở Văn hóa, Thể thao và Du lịch",
        "dia_chi_tiep_nhan": "",
        "co_quan_duoc_uy_quyen": "",
        "co_quan_phoi_hop": "",
        "thu_tuc_lien_quan": "Không có thông tin",
        "trinh_tu_thuc_hien": "Bước 1: Nộp hồ sơ.\nBước 2: Nhận thẻ.",
        "cach_thuc_thuc_hien": f"{METHODS}Trực tiếp3 Ngày làm việcMiễn phíTại thư viện.",
        "thanh_phan_ho_so": f"--{PAPERS}Đơn đề nghị cấp thẻmẫu 01.docx1 bản chính",
        "can_cu_phap_ly": f"{LEGAL}Luật Thư viện46/2019/QH14",
        "co_quan_thuc_hien": "Sở Văn hóa, Thể thao và Du lịch",
        "yeu_cau_dieu_kien": "Không có thông tin",
        "ket_qua_xu_ly": f"Thẻ bạn đọcMã: KQ.G14.000001{FURNITURE}",
    } | changed
