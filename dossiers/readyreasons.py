"""Reasons that officers write every day, to start from. They go into official papers, so they are Vietnamese and stay so."""

SUPPLEMENT = (
    "Giấy tờ chưa được chứng thực từ bản chính.",
    "Bản chụp mờ, không đọc được nội dung; đề nghị nộp lại bản rõ nét.",
    "Giấy tờ đã hết thời hạn sử dụng.",
    "Thông tin trên giấy tờ không khớp với tờ khai.",
    "Thiếu chữ ký của người yêu cầu.",
    "Chưa nộp giấy tờ này theo thành phần hồ sơ quy định.",
    "Giấy tờ do cơ quan nước ngoài cấp chưa được hợp pháp hóa lãnh sự và dịch ra tiếng Việt.",
    "Thiếu văn bản ủy quyền hợp lệ.",
)
EXTENSION = (
    "Cần thêm thời gian xác minh thông tin tại cơ quan có liên quan; chưa nhận được văn bản trả lời.",
    "Hồ sơ có nội dung phức tạp, cần kiểm tra thực địa.",
    "Hệ thống cơ sở dữ liệu dùng chung gián đoạn, chưa tra cứu được thông tin cần thiết.",
)
STOP = (
    "Quá thời hạn bổ sung mà người nộp không hoàn thiện hồ sơ.",
    "Có quyết định của cơ quan có thẩm quyền yêu cầu dừng giải quyết thủ tục.",
    "Nội dung đề nghị đang có tranh chấp, chờ kết quả giải quyết của cơ quan có thẩm quyền.",
)
RESUME = (
    "Nguyên nhân dừng giải quyết không còn; hồ sơ đủ điều kiện tiếp tục giải quyết.",
    "Đã có quyết định giải quyết tranh chấp, khiếu nại của cơ quan có thẩm quyền.",
)
REOPEN = (
    "Kết quả đã cấp có sai sót về thông tin nhân thân, cần đính chính.",
    "Kết quả đã cấp ghi sai căn cứ pháp lý, cần cấp lại.",
    "Kết quả đã cấp không đúng nội dung hồ sơ, cần thu hồi và cấp lại.",
)
SEND_BACK = (
    "Nội dung dự thảo chưa khớp với hồ sơ; đề nghị kiểm tra lại.",
    "Chưa nêu đủ căn cứ pháp lý.",
    "Sai lỗi chính tả, thể thức văn bản.",
)
NOT_COMPETENT = {
    "place": "Địa bàn của hồ sơ nằm ngoài địa bàn do cơ quan phụ trách.",
    "level": "Thủ tục thuộc thẩm quyền giải quyết của cấp khác.",
    "field": "Thủ tục thuộc lĩnh vực do cơ quan khác quản lý.",
    "register": "Sổ gốc hoặc dữ liệu gốc do cơ quan khác lưu giữ.",
    "duplicate": "Việc này đã được một cơ quan khác có thẩm quyền thụ lý.",
    "delegated": "Thẩm quyền giải quyết đã được giao cho cơ quan khác.",
    "other": "",
}
"""By the codes of `Detour.Reason`."""
