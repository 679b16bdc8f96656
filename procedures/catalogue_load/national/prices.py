"""Fees: the cell of the table and its note. An amount nobody states is never taken for nothing."""

import re

from procedures.catalogue_load.national.values import Findings, Price
from procedures.catalogue_load.national.wording import one_line

DONG = ("VNĐ", "Việt Nam Đồng")
LEAST_VND = 1000
_COUNCIL = re.compile(r"hội đồng nhân dân|hđnd", re.IGNORECASE)
_MONEY = re.compile(r"(?<![\d./,])(\d{1,3}(?:[.,]\d{3})+)(?= ?(?:đồng|đ\b|vnđ|vnd|/))", re.IGNORECASE)
_MONEY_WORDS = re.compile(r"(\d+(?:[.,]\d+)?) (triệu|nghìn|ngàn|tỷ) ?đồng|\d+ ?USD|đô la", re.IGNORECASE)
_NONE_SAID = re.compile(
    r"[\s(\-+*.]*(?:không|không có|không thu|không quy định|chưa quy định|miễn phí|không có quy định|không phí)[\s).]*", re.IGNORECASE
)
_UNSET = re.compile(r"không (?:có )?quy định|chưa (?:có )?quy định", re.IGNORECASE)
_TABLE = re.compile(
    r"(?:theo |tại |quy định).{0,80}(?:thông tư|nghị định|luật|biểu phí|biểu mức|biểu khung|quyết định|pháp luật)|mức (?:thu|phí|"
    r"lệ phí)|thông tư (?:số )?\d|"
    r"\b(?:phí|lệ phí|giá)[^:.]{0,120}:",
    re.IGNORECASE,
)
_EXEMPT = re.compile(r"^[\s(\-+*]*(?:được )?miễn (?:phí|lệ phí|thu)", re.IGNORECASE)
_SAYS_NONE = re.compile(r"\bkhông (?:thu|mất|phải nộp|phải trả|có)\b|\bmiễn\b", re.IGNORECASE)
_NOT_COLLECTED = re.compile(
    r"[\s(\-+*]*không thu (?:phí|lệ phí)(?! (?:đối với|của|cho|khi|trong trường hợp))(?!.*[;.]\s*(?:lệ )?phí\b)", re.IGNORECASE
)
_ONLY_SOME = re.compile(r"miễn (?:thu )?(?:phí|lệ phí)[^.;:]{0,60}\b(?:đối với|cho|khi|trong trường hợp)\b", re.IGNORECASE)
"""Freed are only these: the others pay, and nobody says how much."""

_CHARGE_STATED = re.compile(r"(?<!lệ )\bphí[^:;]{0,20}: ?\d{1,3}[.,]\d{3}", re.IGNORECASE)
_LEVY_STATED = re.compile(r"lệ phí[^:;]{0,20}: ?\d{1,3}[.,]\d{3}", re.IGNORECASE)
_LEVY = re.compile(r"lệ phí", re.IGNORECASE)
_CHARGE = re.compile(r"(?<!lệ )\bphí\b(?!,? lệ phí)", re.IGNORECASE)


def price(cell: str, currency: str, note: str, foreign_siblings: bool, found: Findings) -> Price:  # noqa: FBT001 -- a fact about the table
    """The price that the cell and its note state. `foreign_siblings`: other rows of the table are in another currency."""
    note = one_line(note)
    kind = fee_kind(note)
    if currency:
        return _amount(cell, currency, note, kind, foreign_siblings, found)
    if cell != "Miễn phí":
        state = "council" if _COUNCIL.search(note) else "tariff" if _TABLE.search(note) else "unstated"
        return Price(state, kind, note=note)
    return _so_called_free(note, kind, found)


def fee_kind(note: str) -> str:
    """Charge (phí) and levy (lệ phí) are different things in law; empty when the note names neither."""
    levy, charge = bool(_LEVY.search(note)), bool(_CHARGE.search(note))
    return "both" if levy and charge else "levy" if levy else "charge" if charge else ""


def _so_called_free(note: str, kind: str, found: Findings) -> Price:
    """The portal writes "free" whenever the amount field is empty; the note tells whether it is."""
    if not note or (_NONE_SAID.fullmatch(note) and not _UNSET.search(note)):
        return Price("free", kind, 0, note=note)
    if _NOT_COLLECTED.match(note):
        return Price("free", kind, 0, note=note)
    if _COUNCIL.search(note):
        found.repaired("fee", "council_fee", f"Miễn phí ({note})", "mức do HĐND cấp tỉnh quy định")
        return Price("council", kind, note=note)
    amounts = {int(re.sub(r"\D", "", text)) for text in _MONEY.findall(note)}
    if len(amounts) == 1 and not _MONEY_WORDS.search(note) and not _EXEMPT.search(note):
        amount = amounts.pop()
        found.repaired("fee", "free_but_priced", f"Miễn phí ({note})", f"{amount} đ")
        return Price("amount", kind, amount, note=note)
    if amounts or _MONEY_WORDS.search(note) or (_TABLE.search(note) and not _EXEMPT.search(note)):
        found.repaired("fee", "free_but_tariff", f"Miễn phí ({note})", "theo biểu mức ghi ở phần ghi chú")
        return Price("tariff", kind, note=note)
    if _UNSET.search(note):
        found.repaired("fee", "free_but_unset", f"Miễn phí ({note})", "chưa quy định mức")
        return Price("unstated", kind, note=note)
    if not _ONLY_SOME.search(note) and (_EXEMPT.search(note) or _SAYS_NONE.search(note)):
        return Price("free", kind, 0, note=note)
    found.missing("fee", "free_unconfirmed", note)
    return Price("unstated", kind, note=note)


def _amount(cell: str, currency: str, note: str, kind: str, foreign_siblings: bool, found: Findings) -> Price:  # noqa: FBT001 -- as above
    number = int(cell.replace(",", ""))
    if currency not in DONG:
        found.missing("fee", "foreign_fee", f"{cell} {currency}")
        return Price("amount", kind, None, f"{cell} {currency}", note)
    state = "amount" if number else "free"
    if _CHARGE_STATED.search(note) and _LEVY_STATED.search(note):
        found.missing("fee", "several_fees", note)
        return Price("tariff", "both", note=note)
    if number == 0 or number >= LEAST_VND:
        return Price(state, kind, number, note=note)
    if foreign_siblings and not _MONEY.search(note):
        found.repaired("fee", "currency", f"{cell} {currency}", f"{cell} USD")
        found.missing("fee", "foreign_fee", f"{cell} USD")
        return Price("amount", kind, None, f"{cell} USD", note)
    stated = {int(re.sub(r"\D", "", text)) for text in _MONEY.findall(note)}
    halved = number * 500  # half of the fee is often charged for a while, and the note states the half
    if stated and not stated & {number * 1000, halved}:
        found.missing("fee", "contradictory_fee", f"{cell} {currency} ({note})")
        return Price("tariff", kind, None, note=note)
    found.repaired("fee", "thousands", f"{cell} {currency}", f"{number * 1000} đ")
    return Price("amount", kind, number * 1000, note=note)


def split_glued(digits: str, bare_times: set[str], note: str) -> tuple[str, str]:
    """A time without unit glued to an amount ("1100" is 1 and 100): the two, or an empty time when it is no such thing.

    Amounts have commas between thousands, so the first comma tells how many digits the amount begins with at most.
    """
    options = [(digits[:at], digits[at:]) for at in range(1, min(4, len(digits)))]
    fitting = [
        (time, amount) for time, amount in options if time.isdigit() and time[0] != "0" and re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})*", amount)
    ]
    if not fitting:
        return "", digits
    noted = {int(re.sub(r"\D", "", text)) for text in _MONEY.findall(note)}

    def rank(option: tuple[str, str]) -> tuple[bool, bool, int]:
        amount = int(option[1].replace(",", ""))
        return (amount not in noted and amount * 1000 not in noted, option[0] not in bare_times, len(option[0]))

    return min(fitting, key=rank)
