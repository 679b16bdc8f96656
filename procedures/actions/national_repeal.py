"""A procedure that was repealed nationally is proposed for ending; a person ends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import Conflict, DomainError
from portal.core.text import search_key
from procedures.models import NationalRecord, Procedure

Standing, Outcome = NationalRecord.Standing, NationalRecord.Outcome


@dataclass(frozen=True, slots=True)
class Repeal:
    """The national database no longer has this procedure since that day."""

    code: str
    name: str
    on: date
    replaced_by: str = ""


@transaction.atomic
def propose_repeals(repeals: Iterable[Repeal], *, source: str, at: datetime) -> list[str]:
    """Every known procedure that is repealed has a proposal to end it; the codes that are new. Nothing ends by itself."""
    wanted = {repeal.code: repeal for repeal in repeals}
    procedures = {row.code: row for row in Procedure.objects.select_for_update(of=("self",)).filter(code__in=wanted).order_by("code")}
    known = NationalRecord.objects.filter(reference__in=procedures).in_bulk(field_name="reference")
    proposed = []
    for code, procedure in procedures.items():
        repeal, record = wanted[code], known.get(code)
        if record is not None and record.standing == Standing.REPEALED and record.repealed_on == repeal.on:
            continue
        record = record or NationalRecord(reference=code, outcome=Outcome.IMPORTED, name_vi=repeal.name)
        record.procedure, record.standing, record.repealed_on = procedure, Standing.REPEALED, repeal.on
        record.replaced_by_code, record.source, record.read_at = repeal.replaced_by[:30], source[:120], at
        record.search_key = record.search_key or search_key(f"{code} {repeal.name}")
        record.save()
        proposed.append(code)
    return proposed


@transaction.atomic
def end_procedure(procedure: Procedure, *, actor: User, at: datetime) -> None:
    """The procedure can no longer be filed, from the day of its repeal, or from tomorrow where that is past.

    Raises Conflict, DomainError.
    """
    locked = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    record = NationalRecord.objects.filter(procedure=locked, standing=Standing.REPEALED).first()
    if record is None or record.repealed_on is None:
        raise DomainError(_("The national database does not propose to end this procedure."))
    if locked.ended_on is not None:
        raise Conflict(_("The procedure has been ended already."))
    locked.ended_on = max(record.repealed_on, at.date() + timedelta(days=1))
    replacement = Procedure.objects.filter(code=record.replaced_by_code).first() if record.replaced_by_code else None
    locked.replaced_by, locked.replaced_by_code = replacement, record.replaced_by_code
    locked.save(update_fields=["ended_on", "replaced_by", "replaced_by_code"])
    record.reason = _("Ended by %(name)s.") % {"name": actor.full_name}
    record.save(update_fields=["reason"])
