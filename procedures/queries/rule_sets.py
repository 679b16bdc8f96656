"""Draft sets as their pages show them: the list, one set with its changes in words, and whether a change meets another rule."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from portal.agencies.models import FAR_PAST
from procedures.models import CompetenceRule, RuleChange, RuleSet
from procedures.queries.registry_pages import RELATED, RuleRow, newest_name, row_of

PAGE_SIZE, MOST_NAMED = 50, 5
TARGET = tuple(f"target__{name}" for name in RELATED)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: what the rule says now and what it will say; the set keeps `before` as it was."""

    change: RuleChange
    subject: str
    before: RuleRow | None
    after: RuleRow | None


def rule_sets(before: int | None = None) -> "list[RuleSet]":
    """Sets with their number of changes, open ones first on the first page, then the newest; one more than a page holds."""
    sets: QuerySet[RuleSet] = RuleSet.objects.select_related("drafted_by", "approved_by").annotate(size=Count("changes"))
    if before is not None:
        sets = sets.filter(pk__lt=before)
    return list(sets.order_by("-pk")[: PAGE_SIZE + 1])


def rule_set_or_404(pk: int) -> RuleSet:
    """The set. Raises Http404."""
    found: RuleSet | None = RuleSet.objects.select_related("drafted_by", "approved_by").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such draft set."))
    return found


def change_or_404(rule_set: RuleSet, pk: int) -> RuleChange:
    """The change of this set. Raises Http404."""
    changes = rule_set.changes.select_related(*RELATED, *TARGET, "rule_set").annotate(name=newest_name())
    found: RuleChange | None = changes.filter(pk=pk).first()
    if found is None:
        raise Http404(_("The set has no such change."))
    return found


def changes_in(rule_set: RuleSet) -> list[ChangeRow]:
    """Every change in words, in the order in which it was entered. One query."""
    changes = rule_set.changes.select_related(*RELATED, *TARGET).annotate(name=newest_name()).order_by("pk")
    rows = []
    for change in changes:
        name = change.name or ""
        target = row_of(change.target, name=name) if change.target else None
        after = row_of(change, name=name) if change.action != RuleChange.Action.END else None
        rows.append(ChangeRow(change, (after or target or row_of(change, name=name)).subject, target, after))
    return rows


def in_the_way(
    rule_set: RuleSet, rule: Any, on: date, *, instead_of: CompetenceRule | None = None, change: RuleChange | None = None
) -> list[str]:
    """The rules, named in words, that cover the same ground, place and rank on some day on which `rule` would hold.

    What the set replaces or ends, `instead_of` and `change` itself are not in the way; the set's other changes may be.
    """
    same = Q(procedure=rule.procedure, field_vi=rule.field_vi, level=rule.level, rank=rule.rank, place=rule.place)
    since = rule_set.effective_from or on
    gone = [*rule_set.changes.exclude(target=None).values_list("target_id", flat=True), instead_of.pk if instead_of else None]
    rules = CompetenceRule.objects.filter(same, Q(valid_to=None) | Q(valid_to__gte=since)).exclude(pk__in=[each for each in gone if each])
    if rule.valid_to is not None:
        rules = rules.filter(valid_from__lte=rule.valid_to)
    planned = rule_set.changes.filter(same).exclude(action=RuleChange.Action.END).exclude(pk=change.pk if change else 0)
    return [_named(each) for each in _read(rules)] + [_("%(rule)s (in this set)") % {"rule": _named(each)} for each in _read(planned)]


def conflicts_of(rule_set: RuleSet, on: date) -> list[str]:
    """Every rule that stands in the way of a change of the set, in words."""
    changes = rule_set.changes.exclude(action=RuleChange.Action.END).select_related("target", *RELATED).order_by("pk")
    found = [text for change in changes for text in in_the_way(rule_set, change, on, change=change)]
    return list(dict.fromkeys(found))


def _read(rows: "QuerySet[Any]") -> list[Any]:
    return list(rows.select_related(*RELATED).annotate(name=newest_name()).order_by("pk")[:MOST_NAMED])


def _named(rule: Any) -> str:
    row = row_of(rule, name=rule.name or "")
    since = f" ({rule.valid_from:%d/%m/%Y})" if getattr(rule, "valid_from", FAR_PAST) > FAR_PAST else ""
    return f"“{row.subject}: {row.sentence}”{since}"
