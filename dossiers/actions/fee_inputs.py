"""The fee lines of a filing: at which rates, and as `actions.file` takes them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dossiers.actions.file import FeeInput
from portal.agencies.models import Agency, Office
from procedures.competence import Competent, Decision
from procedures.fees import FeeLine, FeeReason
from procedures.models import Channel, Procedure
from procedures.queries import FeeQuestion, fee_lines, grounds_of

SIGNED_IN_CONDITIONS = frozenset({"vneid_level_2"})
"""What is true of everybody who files online: the identity provider vouches for them at level 2."""


def fees(lines: Iterable[FeeLine], exemption: str = "") -> list[FeeInput]:
    """Every line; one whose rate no council has entered stands without an amount, an exempt one with what is forgone."""
    return [_fee(line, exemption) for line in lines]


def _fee(line: FeeLine, exemption: str) -> FeeInput:
    if line.reason is not FeeReason.EXEMPT:
        return FeeInput(rule_id=line.rule_id, kind=line.kind.value, name=line.name, amount_vnd=line.amount_vnd)
    ground = (exemption or line.legal_basis or line.reason.value)[:300]
    return FeeInput(rule_id=line.rule_id, kind=line.kind.value, name=line.name, amount_vnd=line.full_amount_vnd, exemption=ground)


def fees_asked(
    procedure: Procedure, decision: Decision, *, channel: str, office: Office, answers: Mapping[str, Any], exemption: str, on: date
) -> list[FeeInput]:
    """What a dossier of this procedure costs on the day, at the rates of the deciding agency's province."""
    province = office.province.code if office.province else ""
    if isinstance(decision, Competent):
        province = Agency.objects.filter(pk=decision.agency.id).values_list("province__code", flat=True).first() or province
    grounds = dict(grounds_of(procedure, on))
    question = FeeQuestion(
        on=on,
        channel=channel,
        province_code=str(province),
        answers=answers,
        grounds=frozenset({exemption} & set(grounds)),
        conditions=SIGNED_IN_CONDITIONS if channel == Channel.ONLINE else frozenset(),
    )
    return fees(fee_lines(procedure, question), grounds.get(exemption, ""))
