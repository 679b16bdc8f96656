"""What the import of the national catalogue found, for the people who keep the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.text import search_key
from procedures.models import NationalRecord

PAGE = 50
FILTERS = ("new", "changed", "repaired", "refused", "waiting", "repealed", "open")

PARTS = {
    "address": _("Address"),
    "cases": _("Cases"),
    "competent": _("Competent agency"),
    "executing": _("Executing agency"),
    "fee": pgettext_lazy("part of a record", "Fee"),
    "legal_basis": _("Legal basis"),
    "levels": _("Levels"),
    "methods": _("Ways to file"),
    "name": pgettext_lazy("part of a record", "Name"),
    "papers": _("Papers"),
    "preconditions": _("Conditions"),
    "results": _("Results"),
    "steps": _("Steps"),
    "time": pgettext_lazy("part of a record", "Time"),
    "version": _("Local choices"),
}
KINDS = {
    "case_name_shortened": _("name of the case shortened"),
    "contradictory_fee": _("amount and note contradict each other"),
    "council_fee": _("“free” stands for: the provincial council sets it"),
    "currency": _("currency corrected"),
    "district": _("district of the past replaced"),
    "district_competence": _("confirm who took over from the district"),
    "district_in_steps": _("the steps still speak of districts"),
    "foreign_fee": _("amount in a foreign currency"),
    "free_but_priced": _("“free”, but the note states an amount"),
    "free_but_tariff": _("“free”, but the note names a tariff"),
    "free_but_unset": _("“free”, but no amount was ever set"),
    "free_unconfirmed": _("“free” beside a note that does not say so"),
    "furniture": _("page elements removed"),
    "glued_digits": _("time and amount were one number"),
    "legal_number": _("number of the act completed"),
    "local_choices": _("acceptance, online level and supplement policy are assumed"),
    "name_linebreaks": _("line breaks removed from the name"),
    "name_shortened": _("short name made from a long one"),
    "no_code": _("result without a code"),
    "no_methods": _("no way to file could be read"),
    "no_name": _("code without a name"),
    "no_number": _("act without a number"),
    "no_papers": _("no paper is named"),
    "no_table": _("no table of papers"),
    "no_time": _("no time is set"),
    "no_unit": _("time without a unit"),
    "none_given": _("nothing is given"),
    "note_not_paper": _("note told apart from the papers"),
    "quantity_from_text": _("number of copies taken from the text"),
    "row_split": _("one row held several papers"),
    "several_fees": _("a charge and a levy in one row"),
    "several_times": _("several times; the longest is used"),
    "shifted_text": _("text put back where it was cut off"),
    "thousands": _("thousands restored"),
    "time_unit": _("unit of time taken from the text"),
    "zero_time": _("time of zero"),
}


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One page of records, where the next one begins (empty: nowhere), and how many records each filter holds."""

    records: Sequence[NationalRecord]
    next_after: str
    counts: Mapping[str, int]
    total: int


def import_page(*, chosen: str, text: str, after: str) -> ImportPage:
    """Fifty records by code, after the given one, in two queries."""
    rows = _matching(text)
    counts = rows.aggregate(total=Count("pk"), **{name: Count("pk", filter=_condition(name)) for name in FILTERS})
    total = counts.pop("total")
    if chosen in FILTERS:
        rows = rows.filter(_condition(chosen))
    found = list(rows.filter(reference__gt=after).order_by("reference").defer("raw", "content")[: PAGE + 1])
    more = found[PAGE - 1].reference if len(found) > PAGE else ""
    return ImportPage(found[:PAGE], more, counts, total)


def _matching(text: str) -> QuerySet[NationalRecord]:
    rows = NationalRecord.objects.all()
    for word in search_key(text).split()[:8]:
        rows = rows.filter(search_key__contains=word)
    return rows


def _condition(name: str) -> Q:
    if name in {"repaired", "refused"}:
        return Q(outcome=name)
    return ~Q(gaps=[]) if name == "open" else Q(standing=name)


def said(entries: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Repairs or gaps in words."""
    return [
        {**entry, "part_name": PARTS.get(entry["part"], entry["part"]), "kind_name": KINDS.get(entry["kind"], entry["kind"])}
        for entry in entries
    ]


def record_of(code: str) -> NationalRecord | None:
    """The national record of the procedure with this code."""
    return NationalRecord.objects.filter(reference=code).select_related("procedure").first()
