"""Reading the catalogue: versions, who decides, what it costs."""

from procedures.queries.competent import competent_agency, lawful_choices, rules_for
from procedures.queries.directory import AgencyDirectory
from procedures.queries.prices import FeeQuestion, claimed_ground, fee_lines, fee_note, grounds_of
from procedures.queries.versions import current_version, has_ended, pilot_decision_for, version_or_404

__all__ = [
    "AgencyDirectory",
    "FeeQuestion",
    "claimed_ground",
    "competent_agency",
    "current_version",
    "fee_lines",
    "fee_note",
    "grounds_of",
    "has_ended",
    "lawful_choices",
    "pilot_decision_for",
    "rules_for",
    "version_or_404",
]
