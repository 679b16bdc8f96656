"""The first ten dossiers: filed at counters of four places, decided in other provinces, handed back where the person wants."""

from portal.devtools.journey import agency, collect, desk, matters, online
from portal.devtools.journey.cast import BA_DINH, BEN_THANH, DA_NANG, DI_AN, HA_LONG, HA_NOI, HCMC, KHANH, QUANG_NINH, THU_DAU_MOT
from portal.devtools.journey.filling import place
from portal.devtools.journey.plan import Plan, declared, walk_in

HIEP_AN = "Phường Hiệp An, Thành phố Thủ Dầu Một, Tỉnh Bình Dương"
"""Divided on 1 July 2025: part of it is phường Phú An now, part phường Chánh Hiệp."""
WARD_14 = "Phường 14, Quận Bình Thạnh, Thành phố Hồ Chí Minh"
"""No successor is on record."""
CHANH_HIEP = "25771"

FIRST_TEN: tuple[Plan, ...] = (
    walk_in(
        "birth, residence and health card as one matter, decided in another city",
        HA_NOI,
        declared("3.000722"),
        agency.decide,
        matters.see_followers,
        collect.hand_back(),
        agency="H29.26.743",
        scan=True,
    ),
    walk_in(
        "marital status, collected in a third province",
        HCMC,
        declared("1.004873"),
        agency.decide,
        collect.hand_back(HA_LONG),
        agency="H17.20.242",
    ),
    walk_in(
        "certified copy, filed at a centre",
        QUANG_NINH,
        declared("2.000815"),
        collect.pay_cash,
        agency.decide,
        collect.hand_back(),
        agency="H26.00.283",
    ),
    walk_in(
        "land from the former Bình Dương to Quảng Ninh",
        THU_DAU_MOT,
        declared("1.013978"),
        online.follow,
        agency.decide,
        collect.hand_back(),
        agency="H49.06.688",
    ),
    walk_in(
        "criminal record, paid in cash",
        BA_DINH,
        declared("3.000333"),
        collect.pay_cash,
        agency.decide,
        collect.hand_back(),
        agency="H13.125",
    ),
    walk_in(
        "birth at the mother's residence",
        DI_AN,
        declared(
            "1.001193",
            place("mother_residence", "Xã Cư Jút, Tỉnh Lâm Đồng", "Thôn 3"),
            settles={"chosen_agency": "residence_mother"},
        ),
        agency.decide,
        collect.hand_back(),
        agency="H36.24.640",
    ),
    walk_in(
        "old address that was divided: the person is asked",
        HA_NOI,
        declared("1.004873", place("subject_residence", HIEP_AN, "Khu phố 3"), settles={"subject_residence_successor": CHANH_HIEP}),
        agency.decide,
        collect.hand_back(),
        agency="H29.25.771",
    ),
    walk_in(
        "old address without successor: a person decides",
        QUANG_NINH,
        declared("1.013978", place("parcel_address", WARD_14, "Hẻm 80"), settles={"parcel_address_undecided": True}),
        agency.decide_agency("giamsat.h49", "H29.26.929"),
        agency.decide,
        collect.hand_back(),
    ),
    walk_in(
        "supplement asked, answered at another counter",
        BEN_THANH,
        declared("1.004873", place("subject_residence", "Phường Ba Đình, Thành phố Hà Nội", "3 phố Đội Cấn")),
        agency.claim,
        agency.ask,
        desk.answer_at(DA_NANG),
        agency.propose,
        agency.sign,
        collect.hand_back(),
        agency=BA_DINH,
    ),
    walk_in(
        "a stranger is turned away",
        HA_LONG,
        declared("3.000333"),
        collect.pay_cash,
        agency.decide,
        collect.turn_away(KHANH),
        collect.hand_back(),
        agency="H13.125",
    ),
)
