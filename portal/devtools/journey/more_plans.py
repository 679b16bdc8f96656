"""More walk-ins: every level of agency, companies, what only the competent agency may accept, and what goes wrong."""

from portal.devtools.journey import agency, collect, desk
from portal.devtools.journey.cast import (
    AN,
    BA_DINH,
    BEN_NGHE,
    BEN_THANH,
    CAN_THO,
    CAU_GIAY,
    DA_NANG,
    DI_AN,
    DUYEN,
    HA_LONG,
    HA_NOI,
    HCMC,
    HUONG,
    KHANH,
    LE,
    NGHIA,
    PHUOC,
    QUANG_NINH,
    THINH,
    THU_DAU_MOT,
    THUONG,
    TUYET,
    VAN_DON,
)
from portal.devtools.journey.counter_plans import CHANH_HIEP, HIEP_AN
from portal.devtools.journey.filling import place
from portal.devtools.journey.plan import NEXT_MORNING, Plan, asked, declared, walk_in

DONE = (agency.decide, collect.hand_back())
PAID = (collect.pay_cash, *DONE)
IN_HA_LONG, IN_BA_DINH = "Phường Hạ Long, Thành phố Quảng Ninh", "Phường Ba Đình, Thành phố Hà Nội"
IN_HAI_CHAU, IN_NINH_KIEU = "Phường Hải Châu, Thành phố Đà Nẵng", "Phường Ninh Kiều, Thành phố Cần Thơ"
IN_CU_JUT, IN_BEN_THANH = "Xã Cư Jút, Tỉnh Lâm Đồng", "Phường Bến Thành, Thành phố Hồ Chí Minh"
IN_DI_AN = "Phường Dĩ An, Thành phố Hồ Chí Minh"
LAND_BRANCH = "Đề nghị cấp đổi Giấy chứng nhận quyền sử dụng đất do bị ố, nhòe."

AT_COMMUNES: tuple[Plan, ...] = (
    walk_in("death, three provinces away", THU_DAU_MOT, declared("1.000656"), *DONE, agency=HA_LONG),
    walk_in(
        "marriage, at the bride's residence",
        QUANG_NINH,
        declared("1.000894"),
        agency.decide,
        collect.hand_back(HA_NOI),
        agency="H36.24.640",
    ),
    walk_in("household business", HCMC, declared("1.001612"), *DONE, agency="H26.00.283.3", scan=True),
    walk_in("construction permit", HA_NOI, declared("1.013225"), *DONE, agency="H13.31.135"),
    walk_in("permanent residence, paid in cash", HA_LONG, declared("1.004222"), *PAID, agency="H26.00.097.2"),
    walk_in("temporary residence, paid in cash", CAU_GIAY, declared("1.004194"), *PAID, agency="H29.25.747.2"),
    walk_in("permanent residence, paid by QR", DA_NANG, declared("1.004222"), collect.pay_by_qr, *DONE, agency="H26.00.097.2"),
    walk_in("copies from the register, paid in cash", QUANG_NINH, declared("2.000635"), *PAID, agency=THU_DAU_MOT),
    walk_in(
        "confirmation of residence, filed without a phone",
        DI_AN,
        asked("1.010041", NGHIA, "Xác nhận thông tin cư trú của bản thân để làm thủ tục thừa kế.", IN_HAI_CHAU),
        *DONE,
        agency="H17.20.242.2",
    ),
    walk_in(
        "pension for the elderly",
        BEN_THANH,
        asked("1.014027", NGHIA, "Đề nghị hưởng trợ cấp hưu trí xã hội.", IN_NINH_KIEU),
        *DONE,
        agency="H13.31.135",
    ),
)

AT_PROVINCES: tuple[Plan, ...] = (
    walk_in(
        "passport, paid in cash",
        CAU_GIAY,
        asked("1.001456", THUONG, "Cấp hộ chiếu phổ thông lần đầu.", IN_HA_LONG),
        *PAID,
        agency="H49.122",
    ),
    walk_in(
        "vehicle registration, the plate sent on to another counter",
        BEN_THANH,
        asked("1.012575", AN, "Đăng ký xe mô tô lần đầu.", IN_BA_DINH),
        agency.decide,
        collect.hand_back(HA_NOI),
        agency="H26.123",
    ),
    walk_in(
        "driving licence again, paid",
        HA_NOI,
        asked("3.000348", PHUOC, "Cấp lại giấy phép lái xe bị mất.", IN_CU_JUT),
        *PAID,
        agency="H36.123",
    ),
    walk_in(
        "company founded in another province",
        HA_NOI,
        asked("2.001583", KHANH, "Đăng ký thành lập công ty con.", IN_BEN_THANH, organisation=BEN_NGHE),
        *PAID,
        agency="H29.103",
    ),
    walk_in(
        "work permit for a foreign expert",
        QUANG_NINH,
        asked("1.014199", HUONG, "Cấp giấy phép lao động cho chuyên gia nuôi biển.", IN_DI_AN, organisation=VAN_DON),
        *DONE,
        agency="H29.109",
    ),
    walk_in(
        "environmental permit",
        HCMC,
        asked("1.010727", KHANH, "Cấp giấy phép môi trường cho kho hàng.", IN_HAI_CHAU, organisation=BEN_NGHE),
        *DONE,
        agency="H17.106",
    ),
    walk_in("land certificate exchanged at a branch", HCMC, asked("1.012783", HUONG, LAND_BRANCH, IN_HA_LONG), *DONE),
    walk_in("maternity benefit at a branch", HA_NOI, asked("2.000693", DUYEN, "Hưởng chế độ thai sản.", IN_HAI_CHAU), *DONE),
)

AT_MINISTRIES: tuple[Plan, ...] = (
    walk_in(
        "driving licence exchanged by the ministry, paid",
        HCMC,
        asked("3.000347", THINH, "Đổi giấy phép lái xe hết hạn.", IN_DI_AN),
        *PAID,
        agency="G01.08",
    ),
    walk_in(
        "the same from the north",
        HA_LONG,
        asked("3.000347", TUYET, "Đổi giấy phép lái xe sang thẻ PET.", IN_HA_LONG),
        *PAID,
        agency="G01.08",
    ),
)

ONLY_REGISTERED: tuple[Plan, ...] = (
    walk_in(
        "land dispute: registered, accepted by the commune where the land lies",
        THU_DAU_MOT,
        asked("1.012812", THINH, "Hòa giải tranh chấp ranh giới thửa đất số 12.", IN_BA_DINH),
        desk.accept,
        *DONE,
        agency="H26.00.004",
    ),
    walk_in(
        "school admission: a paper is asked before acceptance",
        QUANG_NINH,
        asked("3.000182", TUYET, "Xin cho con vào lớp 6.", IN_BEN_THANH),
        desk.ask_before_acceptance,
        desk.answer_at(HA_LONG),
        desk.accept,
        *DONE,
        agency=BEN_THANH,
    ),
    walk_in(
        "adoption: refused in writing by the competent commune",
        HA_NOI,
        asked("2.001263", PHUOC, "Nhận nuôi con nuôi là con đẻ của người quen.", IN_NINH_KIEU),
        desk.refuse,
        agency="H13.31.135",
    ),
)

OFF_THE_PATH: tuple[Plan, ...] = (
    Plan(
        "nobody works at the agency today: an alarm, and back by itself",
        declared("1.004873", place("subject_residence", "Phường Cầu Giấy, Thành phố Hà Nội", "7 phố Duy Tân")),
        (
            agency.go_away(CAU_GIAY),
            desk.take(HCMC),
            desk.open_slip,
            agency.wait_unstaffed("giamsat.h26"),
            NEXT_MORNING,
            agency.back_by_itself,
            *DONE,
        ),
        agency=CAU_GIAY,
    ),
    walk_in(
        "withdrawn while the agency works on it",
        HCMC,
        declared("1.004873", place("subject_residence", IN_CU_JUT, "Thôn 7")),
        agency.claim,
        desk.withdraw,
        agency="H36.24.640",
    ),
    walk_in(
        "returned as not competent, decided by a person",
        HA_NOI,
        declared("1.013978"),
        agency.claim,
        agency.return_to_person,
        agency.decide_agency("giamsat.h26", "H49.06.673"),
        *DONE,
    ),
    walk_in(
        "divided, and the person does not know: the centre is asked",
        HA_NOI,
        declared("1.004873", place("subject_residence", HIEP_AN, "Khu phố 5"), settles={"subject_residence_successor": "unknown"}),
        agency.answer_place("quay.h29", CHANH_HIEP),
        agency.decide,
        collect.hand_back(),
        agency="H29.25.771",
    ),
    walk_in(
        "returned with the right place, at the next agency at once",
        HCMC,
        declared("1.004873", place("subject_residence", IN_CU_JUT, "Thôn 9")),
        agency.claim,
        agency.return_to(IN_BA_DINH, BA_DINH),
        *DONE,
    ),
    walk_in(
        "extended once by an apology letter",
        CAN_THO,
        asked("1.013076", LE, "Đăng ký sang tên xe ô tô mua lại.", IN_HA_LONG),
        agency.claim,
        NEXT_MORNING,
        agency.extend,
        agency.propose,
        agency.sign,
        collect.hand_back(),
        agency="H49.123",
    ),
    walk_in(
        "really late: urged, answered, decided",
        DA_NANG,
        declared("1.001193", place("father_residence", IN_BA_DINH, "9 phố Đội Cấn")),
        agency.claim,
        NEXT_MORNING,
        agency.require_late,
        desk.urge,
        agency.answer_reminder,
        desk.read_answer,
        agency.propose,
        agency.sign,
        collect.hand_back(),
        agency="H26.00.004",
    ),
)
