"""What a step inside the house is called at the national portal, in the Vietnamese that is read there. Pure."""

from collections.abc import Mapping

from dossiers.states import Verb

ACT: Mapping[str, str] = {
    Verb.ROUTE_TO_RECEPTION: "Chuyển hồ sơ đến bộ phận tiếp nhận của cơ quan có thẩm quyền",
    Verb.HAND_OVER: "Chuyển hồ sơ đến cơ quan có thẩm quyền giải quyết",
    Verb.CLAIM: "Nhận xử lý hồ sơ",
    Verb.RELEASE: "Trả hồ sơ về hàng chờ của cơ quan",
    Verb.RETURN_NOT_COMPETENT: "Trả lại hồ sơ vì không thuộc thẩm quyền",
    Verb.REROUTE: "Chuyển hồ sơ sang cơ quan có thẩm quyền hiện nay",
    Verb.RECHECK: "Xác định lại thẩm quyền tại ngày tiếp nhận",
    Verb.INHERIT: "Chuyển hồ sơ sang cơ quan kế thừa",
    Verb.PROPOSE: "Trình ký kết quả giải quyết",
    Verb.SEND_BACK: "Trả lại dự thảo kết quả để hoàn thiện",
    Verb.SIGN: "Ký kết quả giải quyết",
    Verb.SEND_RESULT: "Chuyển kết quả đến quầy trả kết quả",
    Verb.ARRIVE: "Kết quả đã đến quầy trả kết quả",
    Verb.PRINT_AT_COUNTER: "In kết quả điện tử tại quầy",
}
"""Total over `dossiers.snapshot.INSIDE`."""

TITLE: Mapping[str, str] = {
    "clerk": "Cán bộ tiếp nhận và trả kết quả",
    "officer": "Chuyên viên",
    "leader": "Lãnh đạo cơ quan",
    "supervisor": "Cán bộ giám sát",
    "applicant": "Người nộp hồ sơ",
    "system": "Hệ thống",
}
"""Total over `dossiers.states.Actor`."""
