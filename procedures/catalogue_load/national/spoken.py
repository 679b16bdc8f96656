"""Times and fees of a national record in Vietnamese words, for the notes of a draft."""

from collections.abc import Sequence

from portal.core.money import format_vnd
from procedures.catalogue_load.national.values import Duration, Method

CHANNEL_NAMES = {"direct": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính"}
UNIT_NAMES = {"working_day": "ngày làm việc", "day": "ngày", "hour": "giờ", "month": "tháng", "year": "năm"}


def spoken(time: Duration) -> str:
    """The time in words; a number without a unit says so."""
    if time.unit == "in_day":
        return "trong ngày"
    if time.unit:
        return f"{time.value} {UNIT_NAMES[time.unit]}"
    if time.said.isdigit():
        return f"“{time.said}” (nguồn không ghi đơn vị)"
    return time.said or "nguồn không nêu"


def fee_note(methods: Sequence[Method]) -> str:
    """The fees in words, channel by channel where they differ."""
    said = [(CHANNEL_NAMES[method.channel], priced(method)) for method in methods]
    texts = list(dict.fromkeys(text for _channel, text in said))
    if len(texts) <= 1:
        return texts[0] if texts else ""
    return "\n".join(dict.fromkeys(f"{channel}: {text}" for channel, text in said))


def priced(method: Method) -> str:
    """One fee in words; what nobody states is never called free."""
    price = method.price
    words = {
        "free": "Không thu",
        "council": "Mức do HĐND cấp tỉnh quy định",
        "tariff": "Theo biểu mức",
        "unstated": "Nguồn không nêu mức thu",
        "amount": price.foreign or format_vnd(price.amount_vnd or 0),
    }
    name = {"charge": "Phí: ", "levy": "Lệ phí: ", "both": "Phí, lệ phí: "}.get(price.kind, "") if price.state != "free" else ""
    return f"{name}{words[price.state]}" + (f" ({price.note})" if price.note else "")
