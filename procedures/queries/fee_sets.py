"""Sets of fees as their pages show them: the list, one set, and what each line changes, in a plain sentence."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.http import Http404
from django.utils.translation import gettext as _

from portal.agencies.models import valid_on
from procedures.models import Channel, FeeChange, FeeRule, FeeSet, Procedure
from procedures.queries.registry_pages import newest_name
from procedures.wording import amount_text

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One line of a set: of which procedure, and what it changes."""

    change: FeeChange
    procedure: str
    sentence: str


def fee_sets(before: int | None = None) -> list[FeeSet]:
    """Sets with their number of lines, the newest first; one more than a page holds."""
    sets = FeeSet.objects.select_related("drafted_by", "approved_by", "province").annotate(size=Count("changes"))
    if before is not None:
        sets = sets.filter(pk__lt=before)
    return list(sets.order_by("-pk")[: PAGE_SIZE + 1])


def fee_set_or_404(pk: int) -> FeeSet:
    """The set. Raises Http404."""
    found = FeeSet.objects.select_related("drafted_by", "approved_by", "province").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such set of fees."))
    return found


def fee_change_or_404(fee_set: FeeSet, pk: int) -> FeeChange:
    """The line of this set. Raises Http404."""
    found = fee_set.changes.select_related("procedure", "fee_set").filter(pk=pk).first()
    if found is None:
        raise Http404(_("The set has no such line."))
    return found


def rule_before(change: FeeChange, on: date | None, *, for_update: bool = False) -> FeeRule | None:
    """The rule that the line would replace or end: same procedure, fee, place and way to file, in force on the day."""
    rules = FeeRule.objects.filter(
        procedure=change.procedure, code=change.code, channel=change.channel, province=change.fee_set.province_id
    )
    if for_update:
        rules = rules.select_for_update(of=("self",))
    return (rules.filter(valid_on(on)) if on else rules.filter(valid_to=None)).order_by("-valid_from").first()


def fee_rows(fee_set: FeeSet) -> list[FeeRow]:
    """Every line in words. Three queries, whatever the set holds."""
    changes = list(fee_set.changes.select_related("procedure").annotate(name=newest_name()).order_by("pk"))
    held: dict[tuple[object, ...], list[FeeRule]] = {}
    rules = FeeRule.objects.filter(
        Q(province=fee_set.province_id) | Q(province=None), procedure__in=[each.procedure_id for each in changes]
    )
    rules = rules.exclude(fee_set=fee_set) if fee_set.state == FeeSet.State.PUBLISHED else rules
    for rule in rules.order_by("valid_from"):
        held.setdefault((rule.procedure_id, rule.code, rule.channel, rule.province_id), []).append(rule)
    return [_row(fee_set, change, held) for change in changes]


def _row(fee_set: FeeSet, change: FeeChange, held: dict[tuple[object, ...], list[FeeRule]]) -> FeeRow:
    key = (change.procedure_id, change.code, change.channel)
    before = _in_force(held.get((*key, fee_set.province_id), []), fee_set)
    general = _in_force(held.get((*key, None), []), fee_set) if fee_set.province_id and before is None else None
    name = getattr(change, "name", None) or ""
    return FeeRow(change, f"{change.procedure.code} {name}".strip(), _sentence(change, before, general))


def _in_force(rules: list[FeeRule], fee_set: FeeSet) -> FeeRule | None:
    """The rule on the day before the set takes effect: what the set itself ended still counts."""
    on = fee_set.effective_from
    fits = [rule for rule in rules if rule.ended_by_id in (None, fee_set.pk) and (on is None or rule.valid_from < on)]
    open_ones = [
        rule for rule in fits if rule.ended_by_id == fee_set.pk or rule.valid_to is None or (on is not None and rule.valid_to >= on)
    ]
    return open_ones[-1] if open_ones else None


def _sentence(change: FeeChange, before: FeeRule | None, general: FeeRule | None) -> str:
    channel = str(Channel(change.channel).label) if change.channel else ""
    words = {"fee": f"{change.name_vi} ({channel})" if channel else change.name_vi, "after": _price(change)}
    if change.action == FeeChange.Action.END:
        return _("%(fee)s is no longer taken; it was %(before)s.") % {**words, "before": amount_text(before) if before else "–"}
    if before is not None:
        return _("%(fee)s changes from %(before)s to %(after)s.") % {**words, "before": amount_text(before)}
    if general is not None:
        return _("%(fee)s is set: %(after)s. For the rest of the country: %(before)s.") % {**words, "before": amount_text(general)}
    return _("%(fee)s is new: %(after)s.") % words


def _price(change: FeeChange) -> str:
    return amount_text(FeeRule(amount_vnd=change.amount_vnd, basis=change.basis, tiers=change.tiers, cap_vnd=change.cap_vnd))


def fees_of(procedure: Procedure, on: date) -> list[FeeRule]:
    """The fees that the procedure has or will have: one rule for each fee and way to file, the country's first."""
    rules = FeeRule.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), procedure=procedure).select_related("province")
    return list({(rule.code, rule.channel): rule for rule in rules.order_by("-province_id", "-valid_from", "-pk")}.values())
