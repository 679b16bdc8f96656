"""The registry of competence as its pages show it: rules of a day, page by page, each as one sentence."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast as AsType
from django.db.models.functions import Coalesce, Concat, LPad
from django.http import Http404
from django.utils.translation import gettext as _

from portal.agencies.models import AdministrativeUnit, Agency, valid_on
from portal.agencies.queries import place_label
from portal.core.text import search_key
from procedures.models import CompetenceRule, Procedure, ProcedureVersion, RuleContent
from procedures.rule_wording import decides_text, rank_text
from procedures.wording import level_text

PAGE_SIZE = 50
MOST_WORDS = 8
MOST_VERSIONS = 50
_MARK = re.compile(r"[<>].{1,250}\|\d{10}\|\d{10}")
RELATED = ("procedure", "agency", "place__province", "place__parent")


@dataclass(frozen=True, slots=True)
class RuleFilters:
    """What the reader chose; empty means all."""

    text: str = ""
    field: str = ""
    level: str = ""
    kind: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, ready to be shown. `limit` names the place outside which it does not hold."""

    rule: Any
    subject: str
    sentence: str
    limit: str
    rank: str = ""


@dataclass(frozen=True, slots=True)
class RulePage:
    """One page of rules and the marks of its neighbours; an empty mark means that there is none."""

    rows: list[RuleRow]
    previous: str = ""
    next: str = ""


def rules_in_force(on: date, filters: RuleFilters) -> "QuerySet[CompetenceRule]":
    """The rules of the day that fit, with the name of their procedure and their place in the order (`position`)."""
    rules = CompetenceRule.objects.filter(valid_on(on)).filter(_about(filters.text))
    if filters.field:
        rules = rules.filter(Q(procedure__field_vi=filters.field) | Q(field_vi=filters.field))
    if filters.level:
        kinds = Agency.objects.filter(level=filters.level).order_by().values("kind").distinct()
        rules = rules.filter(Q(agency__level=filters.level) | Q(agency_kind__in=kinds))
    if filters.kind:
        rules = rules.filter(kind=filters.kind)
    if filters.province:
        rules = rules.filter(Q(place=None) | Q(place__code=filters.province) | Q(place__province__code=filters.province))
    return _ordered(rules, on)


def page_of_rules(on: date, filters: RuleFilters, mark: str = "") -> RulePage:
    """One page by procedure and rank. A mark that nobody gave out shows the first page. One query."""
    rules = rules_in_force(on, filters)
    backwards, after = mark.startswith("<"), mark[1:] if _MARK.fullmatch(mark) else ""
    if after:
        rules = rules.filter(**{f"sort_key__{'lt' if backwards else 'gt'}": after})
    found: list[Any] = list(rules.order_by("-sort_key" if backwards else "sort_key")[: PAGE_SIZE + 1])
    has_more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    if not found:
        return RulePage([])
    has_previous, has_next = (has_more, True) if backwards else (bool(after), has_more)
    previous = f"<{found[0].sort_key}" if has_previous else ""
    following = f">{found[-1].sort_key}" if has_next else ""
    return RulePage([row_of(rule, name=rule.name, position=rule.position) for rule in found], previous, following)


def row_of(rule: RuleContent, *, name: str = "", position: int = 0) -> RuleRow:
    """The rule, or the rule that a draft proposes, in words."""
    agency = rule.agency.name if rule.agency else ""
    limit = _("Only in %(place)s") % {"place": place_label(rule.place)} if rule.place else ""
    return RuleRow(rule, subject_of(rule, name), decides_text(rule, agency=agency), limit, rank_text(position) if position else "")


def subject_of(rule: RuleContent, name: str = "") -> str:
    """What the rule is about: a procedure, a field, or a level."""
    if rule.procedure is not None:
        return name or rule.procedure.code
    if rule.field_vi:
        return _("Every procedure of the field %(field)s") % {"field": rule.field_vi}
    return _("Every procedure of the level %(level)s") % {"level": level_text([rule.level]).lower()}


def rule_or_404(pk: int, on: date) -> CompetenceRule:
    """The rule with its name and its position on the day. Raises Http404."""
    rule: CompetenceRule | None = _ordered(CompetenceRule.objects.filter(pk=pk), on).select_related("rule_set", "ended_by").first()
    if rule is None:
        raise Http404(_("This rule is not in the registry."))
    return rule


def history_of(rule: CompetenceRule) -> list[CompetenceRule]:
    """Every rule of the same ground and rank, the newest first: what it replaced and what replaced it stand among them."""
    same = Q(procedure=rule.procedure_id, field_vi=rule.field_vi, level=rule.level, rank=rule.rank, place=rule.place_id)
    linked = Q(replaces=rule.pk) | Q(pk=rule.replaces_id)
    rules = CompetenceRule.objects.filter(same | linked).select_related(*RELATED, "rule_set__approved_by", "ended_by")
    return list(rules.order_by("-valid_from", "-version", "-pk")[:MOST_VERSIONS])


def newest_name(procedure: str = "procedure") -> Subquery:
    """The short name of the newest version of the procedure that `procedure` leads to."""
    versions = ProcedureVersion.objects.filter(procedure=OuterRef(procedure)).exclude(state=ProcedureVersion.State.DISCARDED)
    return Subquery(versions.order_by("-number").values("short_name_vi")[:1])


def fields() -> list[str]:
    """The fields of the catalogue, by name."""
    return list(Procedure.objects.order_by("field_vi").values_list("field_vi", flat=True).distinct())


def provinces_on(day: date) -> "list[AdministrativeUnit]":
    """The provinces of the day, by name."""
    return list(AdministrativeUnit.objects.provinces().on(day).defer("search_path", "search_vector").order_by("search_key", "pk"))


def agency_kinds(on: date) -> list[str]:
    """The kinds of agency that exist on the day."""
    return list(Agency.objects.on(on).order_by("kind").values_list("kind", flat=True).distinct())


def _about(text: str) -> Q:
    """Rules of procedures and fields whose names hold every word, with or without diacritics."""
    words = search_key(text).split()[:MOST_WORDS]
    if not words:
        return Q()
    wanted = Q()
    for word in words:
        wanted &= Q(procedure__search_key__contains=word)
    named = [field for field in fields() if all(word in search_key(field) for word in words)]
    return wanted | Q(procedure=None, field_vi__in=named)


def _ordered(rules: "QuerySet[CompetenceRule]", on: date) -> "QuerySet[CompetenceRule]":
    ground = Coalesce(F("procedure__code"), Concat(Value("~"), "field_vi", "level"), output_field=CharField())
    same = CompetenceRule.objects.filter(
        valid_on(on), Q(procedure=OuterRef("procedure")) | Q(procedure=None), field_vi=OuterRef("field_vi"), level=OuterRef("level")
    )
    before = same.filter(rank__lt=OuterRef("rank")).order_by().values("field_vi").annotate(ranks=Count("rank", distinct=True))
    return rules.select_related(*RELATED).annotate(
        name=Coalesce(newest_name(), Value("")),
        position=Coalesce(Subquery(before.values("ranks")), Value(0)) + 1,
        sort_key=Concat(ground, Value("|"), _padded("rank"), Value("|"), _padded("pk"), output_field=CharField()),
    )


def _padded(name: str) -> LPad:
    return LPad(AsType(name, CharField()), 10, Value("0"))
