"""The form and the lines of moving many dossiers after a rule change."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from counters.labels import moment
from dossiers.models import Dossier, ReroutingRun
from dossiers.rerouting import MOVED, REFUSALS, REFUSED, UNCHANGED, Outlook, Selection, outlooks, selected, too_many
from dossiers.reroutingdesk import ReroutingDesk
from portal.accounts.identity import Identity
from portal.accounts.models import Role
from portal.agencies.models import AdministrativeUnit, Agency, Office
from procedures.models import Procedure, RuleSet
from procedures.queries.held import held
from procedures.reasons import reason_text

PART = 500
"""Dossiers that are in memory at once while a selection is looked at."""

SHOWN = 50
STATE_CHOICES = (
    ("", _("All that are not yet decided")),
    ("waiting", _("Waiting for acceptance or for an agency")),
    ("queue", _("In the agency's queue")),
    ("work", _("Being processed")),
)


class SelectionForm(forms.Form):
    """Which dossiers are decided again."""

    rule_set = forms.ModelChoiceField(
        RuleSet.objects.none(),
        label=_("Rule change"),
        required=False,
        empty_label=_("Any"),
        help_text=_("Every procedure that it touches."),
    )
    procedure = forms.CharField(label=_("Procedure"), required=False, max_length=40, help_text=_("Its code, for example 1.004873."))
    agency = forms.CharField(
        label=_("Agency that has them now"), required=False, max_length=200, help_text=_("Its whole name or its identifier.")
    )
    province = forms.ModelChoiceField(AdministrativeUnit.objects.none(), label=_("Province"), required=False, empty_label=_("Any"))
    state = forms.ChoiceField(label=_("State"), choices=STATE_CHOICES, required=False)

    def __init__(self, *args: Any, on: date, provinces: tuple[int, ...] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.provinces = on, provinces
        self.found_agency: Agency | None = None
        self.found_procedure: Procedure | None = None
        units = AdministrativeUnit.objects.on(on).provinces().order_by("name")
        self.fields["province"].queryset = units if provinces is None else units.filter(pk__in=provinces)  # type: ignore[attr-defined]
        self.fields["province"].label_from_instance = lambda unit: unit.name  # type: ignore[attr-defined]
        sets = RuleSet.objects.filter(state=RuleSet.State.PUBLISHED).order_by("-published_at", "-pk")
        self.fields["rule_set"].queryset = sets  # type: ignore[attr-defined]
        self.fields["rule_set"].label_from_instance = lambda each: each.title  # type: ignore[attr-defined]

    def clean_procedure(self) -> str:
        """The code of a procedure."""
        code = str(self.cleaned_data["procedure"]).strip()
        if code:
            self.found_procedure = Procedure.objects.filter(code=code).first()
            if self.found_procedure is None:
                raise forms.ValidationError(_("No procedure has this code."))
        return code

    def clean_agency(self) -> str:
        """The name or identifier of one agency."""
        text = str(self.cleaned_data["agency"]).strip()
        if text:
            agencies = Agency.objects.filter(identifier__iexact=text) | Agency.objects.filter(name__iexact=text)
            self.found_agency = agencies.order_by("-valid_from", "pk").first()
            if self.found_agency is None:
                raise forms.ValidationError(_("No agency has this name or identifier."))
        return text

    def selection(self) -> Selection:
        """What was chosen; call it on a valid form."""
        data = self.cleaned_data
        return Selection(
            procedure=self.found_procedure.pk if self.found_procedure else None,
            agency=self.found_agency.pk if self.found_agency else None,
            province=data["province"].pk if data["province"] else None,
            rule_set=data["rule_set"].pk if data["rule_set"] else None,
            state=data["state"],
            provinces=self.provinces,
        )


def provinces_of(who: Identity) -> tuple[int, ...] | None:
    """The provinces whose dossiers the supervisor may move; None is the country."""
    if who.supervises_country:
        return None
    offices = Office.objects.filter(pk__in=who.offices.get(Role.SUPERVISOR, ()), province__isnull=False)
    return tuple(offices.order_by("province_id").values_list("province_id", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One dossier: where it is, where it would be, and why."""

    code: str
    url: str
    procedure: str
    now: str
    would_be: str
    why: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Flow:
    """How many dossiers would go from one agency to another."""

    source: str
    target: str
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Totals of the whole selection, by agencies too, and the first lines: those that would move come first.

    `refused`: why a run would not take so many; then nothing was looked at.
    """

    total: int
    refused: str
    counts: Mapping[str, int]
    flows: tuple[Flow, ...]
    more_flows: int
    rows: tuple[PreviewRow, ...]


def preview_of(wanted: Selection, on: date) -> Preview:
    """What the rules of the day would do with the whole selection, in parts; as many queries for a full part as for one dossier."""
    dossiers = selected(wanted).select_related("agency").prefetch_related("version")
    total = dossiers.order_by().count()
    if refused := too_many(total):
        return Preview(total, refused, counts={}, flows=(), more_flows=0, rows=())
    counts, flows = Counter[str](), Counter[tuple[str, str]]()
    first: dict[str, list[Outlook]] = {outcome: [] for outcome in (MOVED, REFUSED, UNCHANGED)}
    desk, last = ReroutingDesk(held(), on), 0
    while part := list(dossiers.filter(pk__gt=last)[:PART]):
        for each in outlooks(part, on, desk):
            counts[each.outcome] += 1
            if each.outcome == MOVED:
                flows[_now(each.dossier), each.to_name] += 1
            if len(first[each.outcome]) < SHOWN:
                first[each.outcome].append(each)
        last = part[-1].pk
    ordered = sorted(flows.items(), key=lambda each: (-each[1], each[0]))
    return Preview(
        total=sum(counts.values()),
        refused="",
        counts={outcome: counts[outcome] for outcome in first},
        flows=tuple(Flow(*names, number) for names, number in ordered[:SHOWN]),
        more_flows=len(ordered[SHOWN:]),
        rows=tuple(_row(each) for each in [each for found in first.values() for each in found][:SHOWN]),
    )


def _now(dossier: Dossier) -> str:
    """Where it lies, in words."""
    return dossier.agency.name if dossier.agency else str(Dossier.Routing(dossier.routing).label)


def _row(outlook: Outlook) -> PreviewRow:
    dossier: Dossier = outlook.dossier
    why = str(REFUSALS[outlook.code]) if outlook.code else ""
    if outlook.decision is not None and not why:
        why = " ".join(reason_text(reason) for reason in outlook.decision.reasons)
    return PreviewRow(
        code=dossier.code,
        url=f"/giam-sat/ho-so/{dossier.code}/",
        procedure=dossier.version.short_name,
        now=_now(dossier),
        would_be=outlook.to_name,
        why=why,
        outcome=outlook.outcome,
    )


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run with its progress and results."""

    pk: int
    title: str
    reason: str
    by: str
    place: str
    at: str
    state: str
    is_open: bool
    done: int
    total: int
    moved: int
    unchanged: int
    refused: int


def run_lines(runs: Iterable[ReroutingRun]) -> list[RunLine]:
    """The runs as lines; two queries."""
    rows = list(runs)
    counted: dict[int, dict[str, int]] = {row.pk: {} for row in rows}
    items = ReroutingRun.objects.filter(pk__in=counted).values("pk", "items__outcome").annotate(number=Count("items")).order_by()
    for each in items:
        counted[each["pk"]][each["items__outcome"] or ""] = each["number"]
    return [_line(row, counted[row.pk]) for row in rows]


def _line(run: ReroutingRun, counts: dict[str, int]) -> RunLine:
    return RunLine(
        pk=run.pk,
        title=str(_("Moves taken back") if run.undo_of_id else _("Decided again")),
        reason=run.reason,
        by=run.started_by.full_name,
        place=run.office.name if run.office else "",
        at=moment(run.started_at),
        state=str(run.get_state_display()),
        is_open=run.state != ReroutingRun.State.DONE,
        done=run.done,
        total=run.total,
        moved=counts.get(MOVED, 0),
        unchanged=counts.get("unchanged", 0),
        refused=counts.get(REFUSED, 0),
    )
