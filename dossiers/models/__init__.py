"""The case: draft, dossier, parties, events, clock, documents, fees, reminders."""

from dossiers.models.document import DocumentPrint, HandOver, IssuedDocument, Paper, RefusedCollection, Result
from dossiers.models.dossier import Answers, CodeCounter, Dossier, InboundFiling, Party, RouteDecision
from dossiers.models.draft import Draft, DraftFile
from dossiers.models.event import ClockRecord, Event
from dossiers.models.exchange import FeeLine, Reminder, SupplementItem, SupplementRequest
from dossiers.models.files import NationalFile
from dossiers.models.inbound import InboundCall, InboundNonce
from dossiers.models.reconciliation import ReconciliationRun, SyncDifference
from dossiers.models.reconciliation_proof import CompletenessCertificate, InspectedDossier, InspectionDraw
from dossiers.models.routing import Detour, PlaceFinding, PlaceQuestion, ReroutingItem, ReroutingRun
from dossiers.models.stops import CalendarChange, HandlingStop
from dossiers.models.team import Absence, Reassignment, SavedView

__all__ = [
    "Absence",
    "Answers",
    "CalendarChange",
    "ClockRecord",
    "CodeCounter",
    "CompletenessCertificate",
    "Detour",
    "DocumentPrint",
    "Dossier",
    "Draft",
    "DraftFile",
    "Event",
    "FeeLine",
    "HandOver",
    "HandlingStop",
    "InboundCall",
    "InboundFiling",
    "InboundNonce",
    "InspectedDossier",
    "InspectionDraw",
    "IssuedDocument",
    "NationalFile",
    "Paper",
    "Party",
    "PlaceFinding",
    "PlaceQuestion",
    "Reassignment",
    "ReconciliationRun",
    "RefusedCollection",
    "Reminder",
    "ReroutingItem",
    "ReroutingRun",
    "Result",
    "RouteDecision",
    "SavedView",
    "SupplementItem",
    "SupplementRequest",
    "SyncDifference",
]
