"""Versions in force, and the pilot decisions that cover a counter."""

from datetime import date

from django.http import Http404
from django.utils.translation import gettext as _

from portal.agencies.models import Office
from procedures.models import PilotDecision, Procedure, ProcedureVersion


def current_version(code: str, on: date) -> ProcedureVersion | None:
    """The version that a filing on the day uses; None when the procedure is unknown, not yet in force or ended."""
    return ProcedureVersion.objects.in_force(on).filter(procedure__code=code).select_related("procedure").first()


def version_or_404(code: str, on: date) -> ProcedureVersion:
    """The version that the public page shows: in force, else the last one that was. Raises Http404."""
    version = current_version(code, on)
    if version is None:
        published = ProcedureVersion.objects.published().filter(procedure__code=code, effective_from__lte=on)
        version = published.select_related("procedure").order_by("-effective_from", "-number").first()
    if version is None:
        raise Http404(_("This procedure is not in the catalogue."))
    return version


def has_ended(procedure: Procedure, on: date) -> bool:
    """Whether nobody can file it any more."""
    return procedure.ended_on is not None and procedure.ended_on <= on


def pilot_decision_for(version: ProcedureVersion, office: Office, on: date) -> PilotDecision | None:
    """The decision under which taking a dossier of this version at this office is its legal acceptance."""
    if version.exempt_from_pilot:
        return None
    decisions = PilotDecision.in_force(on).prefetch_related("provinces", "procedures").order_by("valid_from", "pk")
    for decision in decisions:
        provinces = {unit.code for unit in decision.provinces.all()}
        procedures = {procedure.pk for procedure in decision.procedures.all()}
        province = office.province.code if office.province else ""
        if (not provinces or province in provinces) and (not procedures or version.procedure_id in procedures):
            return decision
    return None
