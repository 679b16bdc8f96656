"""Dossiers filed on the national portal: kept by their remote id first, filed here once, whatever the order of calls."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dossiers.actions.file import Filed, Filing, PartyInput, file
from dossiers.actions.route import preview
from dossiers.codes import normalise_code
from dossiers.filing_inputs import fees
from dossiers.models import Dossier, InboundFiling, Party
from dossiers.national.inbound_calls import OtherContent, wake_calls
from portal.accounts.models import User
from portal.agencies.models import AdministrativeUnit, Office
from portal.agencies.queries import centre_of, place_label, province_of, unit_by_code
from portal.core.clock import LOCAL, technical_now
from portal.core.errors import DomainError
from portal.outbox.actions import enqueue
from portal.outbox.models import OutboxMessage
from procedures.formschema.answers import as_schema
from procedures.models import Channel, ProcedureCase, ProcedureVersion
from procedures.queries import FeeQuestion, current_version, fee_lines

ACCOUNT = "national-portal"
NO_DOSSIER_STEP = 0
CODE_LENGTH = 60


class Unfit(DomainError):
    """What was handed over cannot be filed; a person must look at it."""


@transaction.atomic
def keep(remote_id: uuid.UUID, body: Mapping[str, Any], *, at: datetime) -> InboundFiling:
    """The filing is on record and a worker will file it; the same again changes nothing. `at` is technical time. Raises OtherContent."""
    inbound, is_new = InboundFiling.objects.get_or_create(remote_id=remote_id, defaults={"body": dict(body), "received_at": at})
    if is_new:
        enqueue(
            OutboxMessage.Stream.ROUTE,
            subject_id=inbound.pk,
            sequence=NO_DOSSIER_STEP,
            kind="inbound",
            key=f"inbound:{remote_id}",
            at=technical_now(),
        )
    elif inbound.body != body:
        raise OtherContent(_("This remote id was handed over before, with another content."))
    return inbound


@transaction.atomic
def file_inbound(inbound_id: int, *, at: datetime) -> Filed:
    """The dossier exists with a code of ours and waits for the competent agency's own counter. Raises Unfit and what `file` raises.

    A code that the portal has for it already stays its code there, and our steps follow the portal's own.
    """
    inbound = InboundFiling.objects.select_for_update(of=("self",)).get(pk=inbound_id)
    body = inbound.body
    on = at.astimezone(LOCAL).date()
    version = current_version(str(body.get("MaTTHC", "")), on)
    if version is None:
        raise Unfit(_("The procedure of this filing is not in force here."))
    case = version.cases.get(is_default=True)
    unit = unit_by_code(str(body.get("MaXa", "")), on, AdministrativeUnit.Level.COMMUNE)
    answers = _with_place(case, dict(body.get("ToKhai") or {}), unit)
    office = _office(version, case, answers, unit, on)
    owner = {
        "name": str(body.get("ChuHoSo", "")),
        "personal_id": str((body.get("DinhDanhCHS") or {}).get("SoDinhDanh", "")),
        "phone": str(body.get("SoDienThoai", "")),
    }
    remote_code, remote_steps = _known_there(body)
    question = FeeQuestion(on=on, channel=Channel.ONLINE, province_code=office.province.code if office.province else "", answers=answers)
    filed = file(
        Filing(
            version=version,
            case=case,
            channel=Channel.ONLINE,
            office=office,
            actor=account(),
            submit_token=inbound.remote_id,
            at=at,
            answers=answers,
            parties=[PartyInput(role=role, **owner) for role in (Party.Role.OWNER, Party.Role.SUBMITTER, Party.Role.COLLECTOR)],
            fees=fees(fee_lines(version.procedure, question)),
            phone=owner["phone"],
            remote_id=str(inbound.remote_id),
            remote_code=remote_code,
            remote_steps=remote_steps,
        )
    )
    inbound.dossier, inbound.problem = filed.dossier, ""
    inbound.save(update_fields=["dossier", "problem"])
    wake_calls(inbound.remote_id, at=technical_now())
    return filed


def _known_there(body: Mapping[str, Any]) -> tuple[str, int]:
    """The code that the portal has for it, and how many steps; empty if it has none. Raises Unfit for one that is a dossier's here."""
    code, steps = body.get("MaHoSo"), body.get("SoBuoc")
    if not isinstance(code, str) or not code:
        return "", 0
    if normalise_code(code) != code or len(code) > CODE_LENGTH:
        raise Unfit(_("The code of this filing is not one of a dossier."))
    if Dossier.objects.filter(Q(code=code) | Q(remote_code=code)).exists():
        raise Unfit(_("A dossier with the code of this filing is here already."))
    return code, steps if isinstance(steps, int) and not isinstance(steps, bool) and steps > 0 else 0


def _with_place(case: ProcedureCase, answers: dict[str, Any], unit: AdministrativeUnit | None) -> dict[str, Any]:
    """The answers with the place that the national portal names, where the form asks for one and none was given."""
    if unit is None:
        return answers
    asked = next((item.key for _section, item in as_schema(case.form).fields() if item.fact), None)
    if asked is None or answers.get(asked):
        return answers
    label = place_label(unit)
    place = {"text": label, "unit_code": unit.code, "valid_from": unit.valid_from.isoformat(), "line": "", "successor_code": None}
    return answers | {asked: place | {"undecided": False, "label": label}}


def _office(
    version: ProcedureVersion, case: ProcedureCase, answers: Mapping[str, Any], unit: AdministrativeUnit | None, on: date
) -> Office:
    """The centre of the deciding place's province gives the code."""
    _decision, facts = preview(version, case, answers, office=None, on=on)
    codes = [place.province_code for place in facts.places.values() if hasattr(place, "province_code")]
    province = unit_by_code(codes[0], on, AdministrativeUnit.Level.PROVINCE) if codes else province_of(unit) if unit else None
    office = centre_of(province, on) if province else None
    if office is None:
        raise Unfit(_("The place of this filing is not known, so no office can take it."))
    return office


def account() -> User:
    """The service account in whose name the national portal acts here."""
    user, _is_new = User.objects.get_or_create(
        username=ACCOUNT, defaults={"full_name": "Cổng Dịch vụ công quốc gia", "kind": User.Kind.SERVICE}
    )
    return user
