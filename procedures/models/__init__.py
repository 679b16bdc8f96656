"""The catalogue: procedures, their immutable published versions, and the dated rules that decide competence and fees."""

from procedures.models.content import ProcedureCase, Requirement, ResultType
from procedures.models.delegations import CompletenessReport, Delegation, LinkedProcedure
from procedures.models.fees import FeeConcession, FeeRule
from procedures.models.feesets import FeeChange, FeeSet
from procedures.models.national import CatalogueFeed, NationalRecord
from procedures.models.registry_runs import DelegationRequest, RegistryRun, RunDossier, RunPlace
from procedures.models.rules import CompetenceRule, PilotDecision, RuleContent
from procedures.models.rulesets import RuleChange, RuleSet, RuleSetQuerySet
from procedures.models.versions import Channel, Procedure, ProcedureVersion, ProcedureVersionQuerySet, in_language

__all__ = [
    "CatalogueFeed",
    "Channel",
    "CompetenceRule",
    "CompletenessReport",
    "Delegation",
    "DelegationRequest",
    "FeeChange",
    "FeeConcession",
    "FeeRule",
    "FeeSet",
    "LinkedProcedure",
    "NationalRecord",
    "PilotDecision",
    "Procedure",
    "ProcedureCase",
    "ProcedureVersion",
    "ProcedureVersionQuerySet",
    "RegistryRun",
    "Requirement",
    "ResultType",
    "RuleChange",
    "RuleContent",
    "RuleSet",
    "RuleSetQuerySet",
    "RunDossier",
    "RunPlace",
    "in_language",
]
