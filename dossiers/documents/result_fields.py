"""The values that each result template prints, so that the officer's page can ask for them with labels. Plain data."""

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["text", "long", "date"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One value of a result. `initial_from` names the answers that it starts from, the first given one counting."""

    key: str
    label_vi: str
    label_en: str
    required: bool = True
    initial_from: tuple[str, ...] = ()
    kind: FieldKind = "text"


def _f(key: str, vi: str, en: str, *initial: str, required: bool = True, kind: FieldKind = "text") -> FieldSpec:
    return FieldSpec(key, vi, en, required, initial or (key,), kind)


def _optional(key: str, vi: str, en: str, *initial: str, kind: FieldKind = "text") -> FieldSpec:
    return _f(key, vi, en, *initial, required=False, kind=kind)


def _parent(side: str, vi: str, en: str) -> tuple[FieldSpec, ...]:
    return (
        _optional(f"{side}_name", f"Họ, chữ đệm, tên {vi}", f"Full name of the {en}", f"{side}_full_name", f"{side}_name"),
        _optional(f"{side}_birth_date", f"Năm sinh của {vi}", f"Year of birth of the {en}"),
        _optional(f"{side}_ethnic_group", f"Dân tộc của {vi}", f"Ethnic group of the {en}"),
        _optional(f"{side}_nationality", f"Quốc tịch của {vi}", f"Nationality of the {en}"),
        _optional(f"{side}_residence", f"Nơi cư trú của {vi}", f"Residence of the {en}"),
    )


def _spouse(side: str, vi: str, en: str) -> tuple[FieldSpec, ...]:
    return (
        _f(f"{side}_name", f"Họ, chữ đệm, tên {vi}", f"Full name of the {en}", f"{side}_full_name", f"{side}_name"),
        _f(f"{side}_birth_date", f"Ngày, tháng, năm sinh của {vi}", f"Date of birth of the {en}"),
        _f(f"{side}_ethnic_group", f"Dân tộc của {vi}", f"Ethnic group of the {en}"),
        _f(f"{side}_nationality", f"Quốc tịch của {vi}", f"Nationality of the {en}"),
        _f(f"{side}_residence", f"Nơi cư trú của {vi}", f"Residence of the {en}"),
        _f(f"{side}_identity", f"Giấy tờ tùy thân của {vi}", f"Identity paper of the {en}"),
    )


RESULT_FIELDS: dict[str, tuple[FieldSpec, ...]] = {
    "birth_certificate": (
        _f("child_name", "Họ, chữ đệm, tên", "Full name"),
        _f("child_birth_date", "Ngày, tháng, năm sinh", "Date of birth"),
        _f("child_birth_date_words", "Ngày sinh ghi bằng chữ", "Date of birth in words"),
        _f("child_sex", "Giới tính", "Sex"),
        _f("child_ethnic_group", "Dân tộc", "Ethnic group"),
        _f("child_nationality", "Quốc tịch", "Nationality"),
        _f("birth_place", "Nơi sinh", "Place of birth", "birth_place"),
        _f("child_home_town", "Quê quán", "Home town"),
        _optional("personal_id", "Số định danh cá nhân", "Personal identification number", "child_personal_id"),
        *_parent("mother", "người mẹ", "mother"),
        *_parent("father", "người cha", "father"),
        _f("requester_name", "Họ, chữ đệm, tên người đi khai sinh", "Full name of the declarant", "requester_full_name", "requester_name"),
        _optional("requester_identity", "Giấy tờ tùy thân của người đi khai sinh", "Identity paper of the declarant"),
    ),
    "marital_status": (
        _f("subject_name", "Họ, chữ đệm, tên", "Full name", "subject_full_name", "subject_name"),
        _f("subject_birth_date", "Ngày, tháng, năm sinh", "Date of birth"),
        _f("subject_sex", "Giới tính", "Sex"),
        _f("subject_ethnic_group", "Dân tộc", "Ethnic group"),
        _f("subject_nationality", "Quốc tịch", "Nationality"),
        _f("subject_identity", "Giấy tờ tùy thân", "Identity paper"),
        _f("subject_residence", "Nơi cư trú", "Residence"),
        _f("status", "Tình trạng hôn nhân", "Marital status", "status_text", "marital_status", kind="long"),
        _f("purpose", "Giấy này được cấp để", "Issued for", "purpose_text", "purpose", kind="long"),
        _optional("valid_until", "Có giá trị đến ngày", "Valid until", "valid_until", kind="date"),
    ),
    "death_extract": (
        _f("deceased_name", "Họ, chữ đệm, tên", "Full name", "deceased_full_name", "deceased_name"),
        _f("deceased_birth_date", "Ngày, tháng, năm sinh", "Date of birth"),
        _f("deceased_sex", "Giới tính", "Sex"),
        _f("deceased_ethnic_group", "Dân tộc", "Ethnic group"),
        _f("deceased_nationality", "Quốc tịch", "Nationality"),
        _optional("deceased_identity", "Giấy tờ tùy thân", "Identity paper"),
        _f("death_time", "Đã chết vào lúc", "Died at", "death_time", "death_date", "died_at"),
        _f("death_place", "Nơi chết", "Place of death"),
        _f("death_cause", "Nguyên nhân chết", "Cause of death"),
        _optional("register_entry", "Đăng ký khai tử tại (số, ngày)", "Entry in the register (number, date)"),
    ),
    "marriage_certificate": (*_spouse("wife", "vợ", "wife"), *_spouse("husband", "chồng", "husband")),
    "civil_status_extract": (
        _f("event", "Sự kiện hộ tịch", "Civil status event", "event", "extract_kind"),
        _f("subject_name", "Họ, chữ đệm, tên", "Full name", "subject_full_name", "subject_name"),
        _f("subject_birth_date", "Ngày, tháng, năm sinh", "Date of birth"),
        _f("content", "Nội dung đã đăng ký", "What was registered", kind="long"),
        _f("register_entry", "Số đăng ký, ngày đăng ký", "Entry number and date"),
        _f("registered_at", "Nơi đăng ký", "Where it was registered", "registered_at", "registration_place"),
    ),
    "certified_copy": (
        _f("paper_name", "Tên giấy tờ được chứng thực", "Certified paper", "document_name", "paper_name", "documents"),
        _f("paper_issuer", "Cơ quan cấp bản chính", "Issuer of the original", "document_issuer", required=False),
        _f("pages", "Số trang", "Pages", "pages"),
        _f("copies", "Số bản sao", "Copies", "copies"),
        _f("book_number", "Số chứng thực, quyển số", "Certification number and book"),
    ),
    "residence_confirmation": (
        _f("subject_name", "Họ, chữ đệm và tên", "Full name", "subject_full_name", "full_name"),
        _f("subject_birth_date", "Ngày, tháng, năm sinh", "Date of birth", "subject_birth_date", "birth_date"),
        _f("personal_id", "Số định danh cá nhân", "Personal identification number"),
        _f("content", "Nội dung xác nhận thông tin cư trú", "Residence information confirmed", kind="long"),
        _optional("valid_until", "Có giá trị đến ngày", "Valid until", kind="date"),
    ),
    "household_business": (
        _f("business_name", "Tên hộ kinh doanh", "Name of the household business", "business_name", "household_name"),
        _f("business_code", "Mã số hộ kinh doanh", "Business code"),
        _f("address", "Địa chỉ trụ sở", "Address", "business_address", "head_office"),
        _optional("phone", "Điện thoại", "Telephone", "business_phone", "phone"),
        _f("activities", "Ngành, nghề kinh doanh", "Lines of business", "activities", "business_lines", kind="long"),
        _f("capital", "Vốn kinh doanh (đồng)", "Capital (đồng)", "capital", "capital_vnd"),
        _f("owner_name", "Chủ hộ kinh doanh", "Owner", "owner_full_name", "full_name"),
        _f("owner_birth_date", "Ngày sinh của chủ hộ", "Owner's date of birth", "owner_birth_date", "birth_date"),
        _f(
            "owner_identity",
            "Số định danh cá nhân của chủ hộ",
            "Owner's personal identification number",
            "owner_personal_id",
            "personal_id",
        ),
        _f("owner_residence", "Nơi cư trú của chủ hộ", "Owner's residence", "owner_residence", "residence"),
    ),
    "construction_permit": (
        _f("investor", "Cấp cho (chủ đầu tư)", "Granted to", "investor_name", "owner_full_name", "full_name"),
        _f("investor_address", "Địa chỉ của chủ đầu tư", "Address of the owner", "investor_address", "residence"),
        _f("work_name", "Được phép xây dựng công trình", "Permitted works", "work_name", "work_type"),
        _f("designer", "Đơn vị lập thiết kế", "Designer", "designer_name", "designer"),
        _f("parcel", "Thửa đất, tờ bản đồ, diện tích", "Parcel, map sheet, area", "parcel", "parcel_number"),
        _f("site", "Địa điểm xây dựng", "Site", "site", "construction_place", "land_place"),
        _f("ground_level", "Cốt nền xây dựng công trình", "Ground level", "ground_level", required=False),
        _f("density", "Mật độ xây dựng, hệ số sử dụng đất", "Density and floor area ratio", "density", required=False),
        _f("setback", "Chỉ giới đường đỏ, chỉ giới xây dựng", "Building lines", "setback", required=False),
        _f("floor_area", "Diện tích xây dựng, tổng diện tích sàn (m²)", "Built area and floor area (m²)", "floor_area", "total_floor_area"),
        _f("storeys", "Số tầng, chiều cao công trình", "Storeys and height", "storeys", "floors"),
    ),
    "criminal_record": (
        _f("full_name", "Họ và tên", "Full name"),
        _f("sex", "Giới tính", "Sex"),
        _f("birth_date", "Ngày, tháng, năm sinh", "Date of birth"),
        _f("birth_place", "Nơi sinh", "Place of birth"),
        _f("nationality", "Quốc tịch", "Nationality"),
        _f("permanent_residence", "Nơi thường trú", "Permanent residence", "permanent_residence", required=False),
        _f("temporary_residence", "Nơi tạm trú", "Temporary residence", "temporary_residence_only", "temporary_residence", required=False),
        _f("identity", "Giấy tờ tùy thân", "Identity paper", "identity", "personal_id"),
        _f("convictions", "Tình trạng án tích", "Convictions", kind="long"),
        _optional("bans", "Cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã", "Bans from office", kind="long"),
    ),
    "refusal": (
        _f("reasons", "Lý do từ chối", "Reasons", kind="long"),
        _f("legal_ground", "Căn cứ pháp luật", "Legal ground", kind="long"),
        _optional("guidance", "Hướng dẫn", "What to do next", kind="long"),
    ),
    "notice": (
        _optional("content", "Nội dung kết quả", "Content", kind="long"),
        _optional("conditions", "Điều kiện, lưu ý", "Conditions", kind="long"),
    ),
}


def result_fields(template: str) -> tuple[FieldSpec, ...]:
    """The values of this template; those of the general notice for one that has no template of its own."""
    return RESULT_FIELDS.get(template, RESULT_FIELDS["notice"])
