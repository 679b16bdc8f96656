"""Filed from home: with and without a fee, for a child, answered, withdrawn, collected on paper or opened as a file."""

from portal.devtools.journey import agency, collect, desk, online
from portal.devtools.journey.cast import AN, DA_NANG, DUYEN, HA_NOI, HUONG, KHANH, LE, PHUOC, THINH, TUYET, UOC
from portal.devtools.journey.filling import place
from portal.devtools.journey.markup import Value
from portal.devtools.journey.people import Citizen
from portal.devtools.journey.plan import NextMorning, Plan, declared
from portal.devtools.journey.trip import Filing, Step

ACCEPTED = (desk.accept, agency.decide)
OPENED = (*ACCEPTED, online.open_result)
IN_HA_LONG, IN_BA_DINH = "Phường Hạ Long, Thành phố Quảng Ninh", "Phường Ba Đình, Thành phố Hà Nội"
IN_THU_DAU_MOT = "Phường Thủ Dầu Một, Thành phố Hồ Chí Minh"


def _mine(code: str, person: Citizen, *changes: dict[str, Value]) -> Filing:
    """The sample declaration, but about the person who is signed in."""
    known = declared(code, *changes)
    return Filing(code, person, known.answers, known.settles)


def from_home(story: str, filing: Filing, *steps: Step | NextMorning, agency: str = "", filed: Step | None = None) -> Plan:
    """Filed online."""
    return Plan(story, filing, (filed or online.file(), *steps), agency)


FROM_HOME: tuple[Plan, ...] = (
    from_home(
        "marital status from home, paid, opened as a file",
        _mine("1.004873", UOC, place("subject_residence", IN_BA_DINH)),
        online.pay,
        *OPENED,
        agency="H26.00.004",
    ),
    from_home("birth of a child, from home", _mine("1.001193", AN, place("father_residence", IN_HA_LONG)), *OPENED, agency="H49.06.688"),
    from_home("copies from the register, free with an e-identity", _mine("2.000635", PHUOC), *OPENED, agency="H29.25.747"),
    from_home(
        "criminal record, paid online, collected at a counter",
        _mine("3.000333", THINH),
        online.pay,
        *ACCEPTED,
        collect.hand_back(DA_NANG),
        agency="H13.125",
    ),
    from_home("household business from home", _mine("1.001612", KHANH, place("seat", IN_THU_DAU_MOT)), *OPENED, agency="H29.25.747.3"),
    from_home(
        "a paper asked before acceptance, answered from home",
        _mine("1.000656", TUYET),
        desk.ask_before_acceptance,
        online.answer,
        *OPENED,
        agency="H49.06.688",
    ),
    from_home("temporary residence, paid online", _mine("1.004194", DUYEN), online.pay, *OPENED, agency="H29.25.747.2"),
    from_home("withdrawn from home", _mine("1.004873", LE, place("subject_residence", IN_HA_LONG)), online.withdraw, agency="H49.06.688"),
    from_home(
        "birth of somebody else's child, for whom the person may act",
        _mine("1.001193", LE, place("father_residence", IN_HA_LONG)),
        online.acts_for(AN),
        *OPENED,
        agency="H49.06.688",
        filed=online.file(
            "other",
            "Giấy ủy quyền ngày 01/11/2026 của người yêu cầu",
            parties={"p-owner_name": AN.name, "p-owner_personal_id": AN.personal_id},
        ),
    ),
    Plan(
        "filed at the national portal, accepted and handed back here",
        Filing("1.004837", HUONG, {}),
        (online.at_national_portal("00004"), *ACCEPTED, collect.hand_back(HA_NOI)),
        agency="H26.00.004",
    ),
    from_home(
        "paid, then refused: the fee is given back at any counter",
        _mine("1.004873", HUONG, place("subject_residence", IN_BA_DINH)),
        online.pay,
        desk.refuse,
        collect.give_money_back(DA_NANG),
        agency="H26.00.004",
    ),
)
