"""The first fee rules of a procedure that came from the national database."""

from portal.core.db import require_transaction
from procedures.catalogue_load.national.fees import fee_rows
from procedures.models import FeeRule, NationalRecord, ProcedureVersion


def enter_first_fees(version: ProcedureVersion) -> int:
    """The published version's national fees are rules from its first day, where the procedure has no rule of its own yet.

    A procedure whose rules people keep is left alone: the record's fees are shown beside them. Returns how many were entered.
    """
    require_transaction()
    record = NationalRecord.objects.filter(draft=version).first()
    if record is None or version.effective_from is None or FeeRule.objects.filter(procedure=version.procedure_id).exists():
        return 0
    rules = [
        FeeRule(procedure_id=version.procedure_id, code="national", valid_from=version.effective_from, **row)
        for row in fee_rows(record.content.get("methods", []))
    ]
    return len(FeeRule.objects.bulk_create(rules))
