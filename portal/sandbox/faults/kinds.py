"""The faults that can be asked for. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One fault: `point` says where it is drawn, `params` which parameters it reads (with their defaults)."""

    code: str
    point: str
    label: str
    params: str = ""


TRANSPORT, BATCH, CALLBACK, STATE = "transport", "batch", "callback", "state"

KINDS = (
    Kind("refuse", TRANSPORT, "Đóng kết nối, không trả lời"),
    Kind("timeout_before", TRANSPORT, "Treo rồi đóng, chưa ghi nhận gì", "seconds=20"),
    Kind("timeout_after", TRANSPORT, "Ghi nhận xong rồi mới treo", "seconds=20"),
    Kind("error_500", TRANSPORT, "Lỗi 500"),
    Kind("error_502", TRANSPORT, "Lỗi 502 (trang HTML)"),
    Kind("error_503", TRANSPORT, "Lỗi 503", "retry_after"),
    Kind("error_504", TRANSPORT, "Lỗi 504, đã ghi nhận"),
    Kind("rate_limited", TRANSPORT, "429 kèm Retry-After", "retry_after=5 (số giây; null: không có tiêu đề), http_date=false"),
    Kind("maintenance", TRANSPORT, "Bảo trì: 503 kèm Retry-After", "retry_after=900"),
    Kind("redirect", TRANSPORT, "Chuyển hướng 302 (không được đi theo)", "location"),
    Kind("reset_mid_body", TRANSPORT, "Ngắt giữa chừng khi đang trả lời, đã ghi nhận"),
    Kind("truncated_json", TRANSPORT, "JSON bị cắt cụt, đã ghi nhận"),
    Kind("html_garbage", TRANSPORT, "200 nhưng là trang HTML, chưa ghi nhận"),
    Kind("json_garbage", TRANSPORT, "200 và JSON hợp lệ nhưng sai kiểu, chưa ghi nhận", 'json=[1, "hai", null]'),
    Kind("binary_garbage", TRANSPORT, "200 nhưng là dữ liệu nhị phân vô nghĩa, chưa ghi nhận"),
    Kind("slow_headers", TRANSPORT, "Phần đầu thư trả lời nhỏ giọt từng byte, đã ghi nhận", "bytes_per_second=1, seconds=15 (sau đó đóng)"),
    Kind("slow_body", TRANSPORT, "Nội dung trả lời nhỏ giọt, đã ghi nhận", "seconds=5 chia mười phần, hoặc bytes_per_second"),
    Kind("latency", TRANSPORT, "Trả lời đúng nhưng chậm", "seconds=1"),
    Kind("dns_failure", TRANSPORT, "Mọi địa chỉ trong câu trả lời trỏ đến tên miền không phân giải được", "host=khong-phan-giai.invalid"),
    Kind("ipv6_failure", TRANSPORT, "Mọi địa chỉ trong câu trả lời trỏ đến IPv6 không ai nghe", "host=[::1]:9"),
    Kind("certificate_error", TRANSPORT, "Chuyển sang HTTPS có chứng thư tự ký, sai tên, đã hết hạn"),
    Kind("token_expired", TRANSPORT, "Mã truy cập hết hạn giữa chừng (401)"),
    Kind("duplicate_ack", BATCH, "Trả lời hai lần cho cùng một mục"),
    Kind("wrong_item", BATCH, "Trả lời cho nhầm mục"),
    Kind("reordered", BATCH, "Xử lý và trả lời các mục theo thứ tự ngược"),
    Kind("token_lost_mid_batch", BATCH, "Ghi nhận nửa đầu của lô rồi trả 401"),
    Kind("partial_batch", BATCH, "Chỉ xử lý nửa đầu của lô, phần sau báo lỗi tạm thời"),
    Kind("lost_write", BATCH, "Báo đã ghi nhận nhưng làm mất"),
    Kind("restored_backup", BATCH, "Khôi phục bản sao lưu cũ: quên mọi bước của những giây vừa qua", "seconds=30"),
    Kind("schema_reject", BATCH, "Từ chối cấu trúc của một hồ sơ hoặc thủ tục", "code (mã hồ sơ hoặc mã thủ tục)"),
    Kind("clock_skew", STATE, "Đồng hồ lệch", "seconds=600"),
    Kind("naive_receiver", STATE, "Bên nhận cẩu thả: nhận gì ghi nấy, không xét thứ tự hay trùng lặp (để đối chứng)"),
    Kind("duplicate_callback", CALLBACK, "Gửi thông báo ba lần (dịch vụ Thanh toán hoặc Cổng Dịch vụ công quốc gia)"),
    Kind("lost_callback", CALLBACK, "Không gửi thông báo (như trên)"),
    Kind("late_callback", CALLBACK, "Gửi thông báo muộn (như trên)", "seconds=20"),
    Kind("forged_signature", CALLBACK, "Gửi thêm một thông báo ký giả trước thông báo thật (như trên)"),
    Kind("wrong_amount", CALLBACK, "Thông báo sai số tiền", "difference=1000"),
)
BY_CODE = {kind.code: kind for kind in KINDS}
SERVICES = {"national": "Cổng Dịch vụ công quốc gia", "identity": "Định danh", "payment": "Thanh toán", "messages": "Tin nhắn",
            "population": "Cơ sở dữ liệu dân cư"}  # fmt: skip
# What a fault does to work already done: these answer badly after the change was committed.
AFTER_COMMIT = {"timeout_after", "error_504", "reset_mid_body", "truncated_json", "slow_headers", "slow_body"}
# These answer well, only late or with addresses that lead nowhere.
ALTERED = {"latency", "dns_failure", "ipv6_failure"}

CUTTING = {"refuse", "timeout_before", "timeout_after", "reset_mid_body", "slow_headers"}


def codes_of(point: str) -> list[str]:
    """The codes drawn at this point."""
    return [kind.code for kind in KINDS if kind.point == point]
