"""May taking it here be the legal acceptance?"""

from datetime import date

from portal.agencies.models import Agency, Office
from procedures.competence import Competent, Decision
from procedures.models import ProcedureVersion
from procedures.queries import pilot_decision_for


def may_accept(version: ProcedureVersion, office: Office, decision: Decision, on: date) -> bool:
    """Whether this office accepts for the competent agency: under a pilot decision, or within the version's scope.

    The agency's own reception office always may. Source: Nghị định 118/2025/NĐ-CP (province-wide), pilot decisions.
    """
    agency = Agency.objects.select_related("province").get(pk=decision.agency.id) if isinstance(decision, Competent) else None
    if agency is not None and agency.reception_office_id == office.pk:
        return True
    if version.exempt_from_pilot:
        return False
    if pilot_decision_for(version, office, on) is not None:
        return True
    if version.acceptance_scope == ProcedureVersion.AcceptanceScope.NATIONWIDE:
        return True
    is_same_province = agency is not None and agency.province_id is not None and agency.province_id == office.province_id
    return version.acceptance_scope == ProcedureVersion.AcceptanceScope.PROVINCE and is_same_province
