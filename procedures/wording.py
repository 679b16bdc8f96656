"""What the catalogue says, in the reader's words: time, fee, level, channels."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from portal.core.money import format_vnd
from procedures.models import Channel, FeeRule, ProcedureCase, ProcedureVersion, ResultType, in_language

COUNCIL = "Nghị quyết"

POLICIES = {
    "pause_resume": gettext_lazy("The time for supplements is not counted"),
    "restart": gettext_lazy("The full time starts again"),
    "add_fixed:5": gettext_lazy("Five working days are added"),
}
"""What asking for papers does to the clock, by the stored policy."""


def time_text(case: ProcedureCase) -> str:
    """The statutory time of the case: "3 working days", "Same day", or that there is none."""
    return unit_text(case.time_value or 0, case.time_unit) or _("By the announced schedule")


def unit_text(number: int, unit: str) -> str:
    """So many of the unit, in words; empty without a unit."""
    texts = {
        "in_day": _("Same day (received after 15:00: next working day)"),
        "working_day": ngettext("%(n)s working day", "%(n)s working days", number) % {"n": number},
        "day": ngettext("%(n)s day", "%(n)s days", number) % {"n": number},
        "hour": ngettext("%(n)s hour", "%(n)s hours", number) % {"n": number},
        "month": ngettext("%(n)s month", "%(n)s months", number) % {"n": number},
        "year": ngettext("%(n)s year", "%(n)s years", number) % {"n": number},
    }
    return texts.get(unit, "")


def amount_text(rule: FeeRule) -> str:
    """The price of one rule. An unknown amount is never shown as free."""
    if rule.amount_vnd is None:
        if rule.legal_basis.startswith(COUNCIL) or "85/2019" in rule.legal_basis:
            return _("Amount set by the provincial People's Council")
        return _("By the tariff")
    amount = format_vnd(rule.amount_vnd)
    if rule.basis == FeeRule.Basis.PER_COPY:
        return _("%(amount)s per copy") % {"amount": amount}
    if rule.basis == FeeRule.Basis.PER_PAGE:
        return _per_page(rule, amount)
    return amount


def _per_page(rule: FeeRule, amount: str) -> str:
    text = _("%(amount)s per page") % {"amount": amount}
    first_end, done = (rule.tiers[0][0], False) if rule.tiers else (None, True)
    for up_to, price in rule.tiers[1:]:
        if not done and first_end is not None:
            text += "; " + _("from page %(page)s: %(amount)s per page") % {"page": first_end + 1, "amount": format_vnd(price)}
        done = up_to is None
    if rule.cap_vnd is not None:
        text += "; " + _("at most %(amount)s per copy") % {"amount": format_vnd(rule.cap_vnd)}
    return text


def fee_summary(version: ProcedureVersion, rules: Sequence[FeeRule]) -> str:
    """The fee in one short line for a list."""
    national = [rule for rule in rules if rule.province_id is None]
    if not national:
        return version.fee_note_vi if version.fee_note_vi not in ("", "Không thu") else _("No fee")
    if any(rule.amount_vnd is None for rule in national):
        return amount_text(next(rule for rule in national if rule.amount_vnd is None))
    amounts = sorted({rule.amount_vnd or 0 for rule in national})
    if len(amounts) == 1:
        return amount_text(national[0])
    return f"{format_vnd(amounts[0])} – {format_vnd(amounts[-1])}"


def level_text(levels: Sequence[str]) -> str:
    """Where it is decided: commune, province, ministry."""
    names = {
        "commune": pgettext("level", "Commune"),
        "province": pgettext("level", "Province"),
        "ministry": pgettext("level", "Ministry"),
        "other": pgettext("level", "Other bodies"),
    }
    return ", ".join(names[level] for level in levels if level in names)


def channels_text(channels: Sequence[str]) -> str:
    """The ways in which it can be filed."""
    return ", ".join(str(Channel(channel).label) for channel in channels if channel in Channel.values)


def visit_note(version: ProcedureVersion) -> str:
    """Which visit is needed, in the reader's language."""
    return in_language(version.visit_note_vi, version.visit_note_en)


def validity_text(result: ResultType) -> str:
    """For how long the result holds."""
    months = result.validity_months
    if not months:
        return _("valid without an end")
    return ngettext("valid for %(n)s month", "valid for %(n)s months", months) % {"n": months}
