"""The result documents that exist, by the key of their template and the title that they print. Plain data."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "birth_certificate": "Giấy khai sinh",
    "marital_status": "Giấy xác nhận tình trạng hôn nhân",
    "death_extract": "Trích lục khai tử",
    "marriage_certificate": "Giấy chứng nhận kết hôn",
    "civil_status_extract": "Trích lục hộ tịch",
    "certified_copy": "Lời chứng chứng thực bản sao từ bản chính",
    "residence_confirmation": "Xác nhận thông tin về cư trú",
    "household_business": "Giấy chứng nhận đăng ký hộ kinh doanh",
    "construction_permit": "Giấy phép xây dựng",
    "criminal_record": "Phiếu lý lịch tư pháp số 1",
    "refusal": "Văn bản từ chối giải quyết thủ tục hành chính",
}
GENERAL_TITLE = "Thông báo kết quả giải quyết thủ tục hành chính"
"""What a result without a template of its own prints."""
