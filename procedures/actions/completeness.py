"""Keeping what a completeness check found."""

from datetime import datetime, timedelta

from procedures.competence_check import Outcome
from procedures.models import CompletenessReport, Procedure
from procedures.queries.completeness import Completeness, Scope, gaps_json, unstaffed_json


def keep_report(found: Completeness, *, scope: Scope, took: timedelta, at: datetime) -> CompletenessReport:
    """The check is on record for the page that shows it."""
    return CompletenessReport.objects.create(
        on=found.on,
        made_at=at,
        duration_ms=int(took.total_seconds() * 1000),
        procedure=Procedure.objects.filter(code=scope.procedure).first() if scope.procedure else None,
        is_sample=scope.every > 1,
        procedures_count=found.procedures,
        communes_count=found.communes,
        one_agency=found.outcomes[Outcome.AGENCY],
        lawful_choice=found.outcomes[Outcome.CHOICE],
        holes=found.outcomes[Outcome.HOLE],
        ambiguous=found.outcomes[Outcome.AMBIGUOUS],
        not_asked=found.outcomes[Outcome.NOT_ASKED],
        unstaffed_agencies=found.unstaffed_agencies,
        findings=gaps_json(found.gaps),
        unstaffed=unstaffed_json(found.unstaffed),
    )
