"""The people and places of the journey. Nobody here exists."""

from portal.devtools.journey.people import Citizen

HA_NOI, BA_DINH, CAU_GIAY = "H26", "H26.00.004", "H26.00.166"
HCMC, BEN_THANH = "H29", "H29.26.743"
QUANG_NINH, HA_LONG = "H49", "H49.06.688"
THU_DAU_MOT, DI_AN = "H29.25.747", "H29.25.942"
"""Counters of the former province of Bình Dương."""
DA_NANG, CAN_THO = "H17", "H13"

UOC = Citizen("001190002345", "Nguyễn Thị Ước", "12/03/1990", "Nữ", "12 phố Hàng Bồ, phường Hoàn Kiếm, Hà Nội", "0912345601")
PHUOC = Citizen("001085004417", "Đặng Hữu Phước", "02/11/1985", "Nam", "5 phố Đội Cấn, phường Ba Đình, Hà Nội", "0912345602")
THUONG = Citizen("001203010888", "Phạm Đức Thưởng", "28/07/2003", "Nam", "88 phố Trần Thái Tông, phường Cầu Giấy, Hà Nội", "0912345603")
NGHIA = Citizen("001158000931", "Lưu Thị Nghĩa", "05/01/1958", "Nữ", "Thôn Đoài, xã Sóc Sơn, Hà Nội")
AN = Citizen("079192007712", "Huỳnh Ngọc Ẩn", "19/09/1992", "Nữ", "23 đường Đồng Khởi, phường Sài Gòn, Thành phố Hồ Chí Minh", "0987654301")
KHANH = Citizen(
    "079088003356", "Trương Quốc Khánh", "02/09/1988", "Nam", "101 đường Lê Lợi, phường Bến Thành, Thành phố Hồ Chí Minh", "0987654302"
)
THINH = Citizen(
    "074095006124", "Võ Hoàng Thịnh", "30/04/1995", "Nam", "7 đường Bạch Đằng, phường Thủ Dầu Một, Thành phố Hồ Chí Minh", "0987654303"
)
DUYEN = Citizen(
    "074301012209", "Lê Thị Mỹ Duyên", "24/12/2001", "Nữ", "45 đường Nguyễn An Ninh, phường Dĩ An, tỉnh Bình Dương", "0987654304"
)
HUONG = Citizen("022084005508", "Vũ Đình Hưởng", "15/06/1984", "Nam", "9 đường Hạ Long, phường Bãi Cháy, Quảng Ninh", "0934567801")
TUYET = Citizen("022196009043", "Bùi Thị Tuyết", "11/02/1996", "Nữ", "Thôn Đông Thắng, đặc khu Vân Đồn, Quảng Ninh", "0934567802")
LE = Citizen("048079001265", "Hồ Viết Lễ", "08/08/1979", "Nam", "64 đường Bạch Đằng, phường Hải Châu, Đà Nẵng", "0905123401")

BEN_NGHE = ("Công ty TNHH Thương mại Bến Nghé Xanh", "0312345673")
VAN_DON = ("Hợp tác xã Thủy sản Vân Đồn", "5701234566")
