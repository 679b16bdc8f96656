"""What a draft still lacks before a second person can be asked to publish it, each in a sentence."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procedures.competence_check import Outcome
from procedures.formschema.check import check_schema
from procedures.models import ProcedureVersion, Requirement, ResultType
from procedures.queries.drafts import published_before
from procedures.queries.gaps import Gaps, effective_days, gaps_on

NAMED = 5


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing, and the URL name of the page where it is supplied."""

    text: str
    page: str


def missing_in(draft: ProcedureVersion, today: date) -> list[Missing]:
    """What a procedure that was never published and was drafted here still lacks; nothing for the next version of one.

    What the national database drafted has its own list of gaps, and its source may rightly name no component.
    """
    if draft.source or published_before(draft) is not None:
        return []
    found = [Missing(text, page) for text, page, lacks in _lacks(draft) if lacks]
    if competence := uncovered(draft, today):
        found.append(Missing(competence, "rule_sets"))
    return found


def _lacks(draft: ProcedureVersion) -> list[tuple[str, str, bool]]:
    outcomes = set(draft.results.values_list("outcome", flat=True))
    forms = list(draft.cases.values_list("form", flat=True))
    return [
        (_("The papers of the dossier: none is named."), "edit", not Requirement.objects.filter(case__version=draft).exists()),
        (_("The ways to file: none is chosen."), "edit", not draft.channels),
        (_("The results: none grants or announces anything."), "draft_results", not outcomes - {ResultType.Outcome.REFUSAL}),
        (_("The legal basis: no document is named."), "edit", not draft.legal_basis),
        (_("The steps: none is written."), "edit", not draft.steps_vi.strip()),
        (_("Who may file: nobody is named."), "edit", not draft.subjects_vi.strip()),
        (_("The level: it is not said who decides."), "edit", not draft.levels),
        (_("The form: it asks nothing, or does not fit together."), "draft_form", not forms or any(check_schema(form) for form in forms)),
    ]


def uncovered(draft: ProcedureVersion, today: date) -> str:
    """Which communes the rules of competence leave out on every day that is known; empty when some day covers all."""
    best: Gaps | None = None
    for day in effective_days(today):
        gaps = gaps_on(draft, day)
        if not gaps:
            return ""
        best = gaps if best is None or gaps.total < best.total else best
    return _told(best) if best else ""


def _told(gaps: Gaps) -> str:
    if all(row.outcome == Outcome.HOLE for row in gaps.rows) and len({row.province_code for row in gaps.rows}) > 30:
        return _("Who decides: no rule of competence covers the communes of the country. Write one in the registry of competence.")
    if all(row.outcome == Outcome.NOT_ASKED for row in gaps.rows):
        return _("Who decides: the form does not ask for the place that the rule of competence reads.")
    first = gaps.rows[0]
    return ngettext(
        "Who decides: in %(count)d commune nobody is competent, or several, such as in %(province)s: %(communes)s.",
        "Who decides: in %(count)d communes nobody is competent, or several, such as in %(province)s: %(communes)s.",
        gaps.total,
    ) % {"count": gaps.total, "province": first.province_name, "communes": ", ".join(first.communes[:NAMED])}
