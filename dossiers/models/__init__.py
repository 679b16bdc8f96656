"""The case: draft, dossier, parties, events, clock, documents, fees, reminders."""

from dossiers.models.alerts import Alert, AlertCopy, AlertDigest, StandingDeputy
from dossiers.models.bulk import BulkBatch, BulkItem
from dossiers.models.desk import DeskDraft, EditLease
from dossiers.models.document import DocumentPrint, HandOver, IssuedDocument, Paper, RefusedCollection, Result
from dossiers.models.dossier import Answers, CodeCounter, Dossier, InboundFiling, Party, RouteDecision
from dossiers.models.draft import Draft, DraftFile
from dossiers.models.event import ClockRecord, Event
from dossiers.models.exchange import AnswerChange, FeeLine, Reminder, SupplementItem, SupplementPermit, SupplementRequest
from dossiers.models.files import NationalFile
from dossiers.models.inbound import InboundCall, InboundNonce
from dossiers.models.matter import Matter, MatterStep, PreparedStep
from dossiers.models.opinion import Opinion, OpinionPaper, OpinionReply
from dossiers.models.reconciliation import ReconciliationRun, SyncDifference
from dossiers.models.reconciliation_proof import CompletenessCertificate, InspectedDossier, InspectionDraw
from dossiers.models.register import RegisterBook
from dossiers.models.resultmoves import ResultMove
from dossiers.models.routing import Detour, PlaceFinding, PlaceQuestion, ReroutingItem, ReroutingRun
from dossiers.models.stops import CalendarChange, HandlingStop
from dossiers.models.talk import InternalNote, ThreadMessage
from dossiers.models.team import Absence, Reassignment, SavedView

__all__ = [
    "Absence",
    "Alert",
    "AlertCopy",
    "AlertDigest",
    "AnswerChange",
    "Answers",
    "BulkBatch",
    "BulkItem",
    "CalendarChange",
    "ClockRecord",
    "CodeCounter",
    "CompletenessCertificate",
    "DeskDraft",
    "Detour",
    "DocumentPrint",
    "Dossier",
    "Draft",
    "DraftFile",
    "EditLease",
    "Event",
    "FeeLine",
    "HandOver",
    "HandlingStop",
    "InboundCall",
    "InboundFiling",
    "InboundNonce",
    "InspectedDossier",
    "InspectionDraw",
    "InternalNote",
    "IssuedDocument",
    "Matter",
    "MatterStep",
    "NationalFile",
    "Opinion",
    "OpinionPaper",
    "OpinionReply",
    "Paper",
    "Party",
    "PlaceFinding",
    "PlaceQuestion",
    "PreparedStep",
    "Reassignment",
    "ReconciliationRun",
    "RefusedCollection",
    "RegisterBook",
    "Reminder",
    "ReroutingItem",
    "ReroutingRun",
    "Result",
    "ResultMove",
    "RouteDecision",
    "SavedView",
    "StandingDeputy",
    "SupplementItem",
    "SupplementPermit",
    "SupplementRequest",
    "SyncDifference",
    "ThreadMessage",
]
