"""The demo citizens. Nobody here exists; the numbers only have the right shape.

A personal number holds the code of the province of birth registration (63 provinces), one digit for sex and century and
the two-digit birth year. One address is still the one from before 1 July 2025, as real identity data may be.
"""

from datetime import date
from typing import NamedTuple


class DemoCitizen(NamedTuple):
    citizen_id: str
    full_name: str
    birth_on: date
    gender: str
    phone_number: str
    street: str
    commune_code: str
    commune: str
    province_code: str
    province: str
    organisation_tax_code: str = ""
    organisation_name: str = ""


HA_NOI, HCMC, QUANG_NINH, DA_NANG = "Thành phố Hà Nội", "Thành phố Hồ Chí Minh", "Thành phố Quảng Ninh", "Thành phố Đà Nẵng"

CITIZENS = (
    DemoCitizen(
        "001190002345",
        "Nguyễn Thị Ước",
        date(1990, 3, 12),
        "female",
        "0912345601",
        "12 phố Hàng Bồ",
        "00070",
        "Phường Hoàn Kiếm",
        "01",
        HA_NOI,
    ),
    DemoCitizen(
        "001085004417", "Đặng Hữu Phước", date(1985, 11, 2), "male", "0912345602", "5 phố Đội Cấn", "00004", "Phường Ba Đình", "01", HA_NOI
    ),
    DemoCitizen(
        "001203010888",
        "Phạm Đức Thưởng",
        date(2003, 7, 28),
        "male",
        "0912345603",
        "88 phố Trần Thái Tông",
        "00166",
        "Phường Cầu Giấy",
        "01",
        HA_NOI,
    ),
    DemoCitizen(
        "001158000931", "Lưu Thị Nghĩa", date(1958, 1, 5), "female", "0912345604", "Thôn Đoài", "00376", "Xã Sóc Sơn", "01", HA_NOI
    ),
    DemoCitizen(
        "079192007712",
        "Huỳnh Ngọc Ẩn",
        date(1992, 9, 19),
        "female",
        "0987654301",
        "23 đường Đồng Khởi",
        "26740",
        "Phường Sài Gòn",
        "79",
        HCMC,
    ),
    DemoCitizen(
        "079088003356",
        "Trương Quốc Khánh",
        date(1988, 9, 2),
        "male",
        "0987654302",
        "101 đường Lê Lợi",
        "26743",
        "Phường Bến Thành",
        "79",
        HCMC,
        "0312345673",
        "Công ty TNHH Thương mại Bến Nghé Xanh",
    ),
    DemoCitizen(
        "074095006124",
        "Võ Hoàng Thịnh",
        date(1995, 4, 30),
        "male",
        "0987654303",
        "7 đường Bạch Đằng",
        "25747",
        "Phường Thủ Dầu Một",
        "79",
        HCMC,
    ),
    DemoCitizen(
        "074301012209",
        "Lê Thị Mỹ Duyên",
        date(2001, 12, 24),
        "female",
        "0987654304",
        "45 đường Nguyễn An Ninh",
        "25942",
        "Phường Dĩ An",
        "74",
        "Tỉnh Bình Dương",
    ),
    DemoCitizen(
        "022084005508",
        "Vũ Đình Hưởng",
        date(1984, 6, 15),
        "male",
        "0934567801",
        "9 đường Hạ Long",
        "06673",
        "Phường Bãi Cháy",
        "22",
        QUANG_NINH,
        "5701234566",
        "Hợp tác xã Thủy sản Vân Đồn",
    ),
    DemoCitizen(
        "022196009043",
        "Bùi Thị Tuyết",
        date(1996, 2, 11),
        "female",
        "0934567802",
        "Thôn Đông Thắng",
        "06994",
        "Đặc khu Vân Đồn",
        "22",
        QUANG_NINH,
    ),
    DemoCitizen(
        "048079001265",
        "Hồ Viết Lễ",
        date(1979, 8, 8),
        "male",
        "0905123401",
        "64 đường Bạch Đằng",
        "20242",
        "Phường Hải Châu",
        "48",
        DA_NANG,
    ),
    DemoCitizen(
        "049187003390",
        "Ngô Thị Diễm Quỳnh",
        date(1987, 5, 21),
        "female",
        "0905123402",
        "18 đường Trần Phú",
        "20410",
        "Phường Hội An",
        "48",
        DA_NANG,
    ),
)
