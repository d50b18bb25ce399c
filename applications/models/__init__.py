from applications.models.answers import (
    AccountsRate,
    Answer,
    AnswerFile,
    AnswerRevision,
    CapitalFigure,
    CapitalPeriod,
)
from applications.models.assessment import (
    ChangeNotice,
    CompletenessCheck,
    ConflictOfInterest,
    Finding,
    Gap,
    Note,
)
from applications.models.case import Application
from applications.models.case_queries import ApplicationQuerySet
from applications.models.clocks import ClockEntry, Deadline
from applications.models.consultations import Consultation
from applications.models.copying import CopiedFact
from applications.models.corrections import Correction, CorrectionAnswer
from applications.models.decision import Condition, Decision, Recommendation, RefusalNotice, Representation
from applications.models.exports import Export, ExportPiece
from applications.models.files import DocumentFacts
from applications.models.friction import FrictionCase, FrictionChange, FrictionDay
from applications.models.guidance import GuidanceTask
from applications.models.individuals import IndividualApproval
from applications.models.inside import InsideNote
from applications.models.inspections import Inspection, InspectionConfirmed
from applications.models.intake import CompletenessDraft, FeeEntry
from applications.models.letters import IssuedLetter
from applications.models.mandates import Authority
from applications.models.meeting_log import Meeting
from applications.models.meetings import MeetingRequest
from applications.models.panel import Panel, PanelMember, Vote
from applications.models.people import Entity, Holding, Person, Post
from applications.models.private import Consent, PersonAccess
from applications.models.reports import ReportChoice
from applications.models.requests import (
    ExtensionRequest,
    InformationRequest,
    PointFile,
    PointMessage,
    RequestPoint,
)
from applications.models.retention import DestroyedFile, Destruction, DestructionCertificate, LegalHold
from applications.models.saved_views import DefaultView, SavedView
from applications.models.search import SearchText
from applications.models.stage import Stage
from applications.models.stays import Stay
from applications.models.submitted import Counter, Snapshot
from applications.models.tallies import Passage, Tally, TallyChange
from applications.models.typed import TypedText

__all__ = [
    "AccountsRate",
    "Answer",
    "AnswerFile",
    "AnswerRevision",
    "Application",
    "ApplicationQuerySet",
    "Authority",
    "CapitalFigure",
    "CapitalPeriod",
    "ChangeNotice",
    "ClockEntry",
    "CompletenessCheck",
    "CompletenessDraft",
    "Condition",
    "ConflictOfInterest",
    "Consent",
    "Consultation",
    "CopiedFact",
    "Correction",
    "CorrectionAnswer",
    "Counter",
    "Deadline",
    "Decision",
    "DefaultView",
    "DestroyedFile",
    "Destruction",
    "DestructionCertificate",
    "DocumentFacts",
    "Entity",
    "Export",
    "ExportPiece",
    "ExtensionRequest",
    "FeeEntry",
    "Finding",
    "FrictionCase",
    "FrictionChange",
    "FrictionDay",
    "Gap",
    "GuidanceTask",
    "Holding",
    "IndividualApproval",
    "InformationRequest",
    "InsideNote",
    "Inspection",
    "InspectionConfirmed",
    "IssuedLetter",
    "LegalHold",
    "Meeting",
    "MeetingRequest",
    "Note",
    "Panel",
    "PanelMember",
    "Passage",
    "Person",
    "PersonAccess",
    "PointFile",
    "PointMessage",
    "Post",
    "Recommendation",
    "RefusalNotice",
    "ReportChoice",
    "Representation",
    "RequestPoint",
    "SavedView",
    "SearchText",
    "Snapshot",
    "Stage",
    "Stay",
    "Tally",
    "TallyChange",
    "TypedText",
    "Vote",
]
