"""Papers that came in, documents that went out, results, and who took them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency, Office
from procedures.models import ResultType


class Paper(models.Model):
    """A component handed in: ticked as seen, scanned, or both. Protected by row-level security like the answers."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="papers")
    requirement_key = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=400)
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    storage_key = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    supplement_item = models.ForeignKey("dossiers.SupplementItem", models.PROTECT, null=True, blank=True, related_name="papers")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class IssuedDocument(models.Model):
    """A numbered document of the house: slips, requests, refusals, receipts, results. Issuing again supersedes.

    `html` is what it is rendered from; `sha256` is of the PDF when there is one, else of the HTML.
    """

    class Kind(models.TextChoices):
        RECEIPT_SLIP = "receipt_slip", _("Receipt and appointment slip")
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement of filing")
        SUPPLEMENT_REQUEST = "supplement_request", _("Request for supplement")
        REFUSAL_SLIP = "refusal_slip", _("Refusal to receive")
        APOLOGY_LETTER = "apology_letter", _("Apology and new date")
        STOP_NOTICE = "stop_notice", _("Stop notice")
        CONTROL_SHEET = "control_sheet", _("Control sheet")
        PAYMENT_NOTICE = "payment_notice", _("Payment notice")
        RETURN_NOTE = "return_note", _("Return note")
        FEE_RECEIPT = "fee_receipt", _("Fee receipt")
        REFUND_SLIP = "refund_slip", _("Refund slip")
        DECLARATION = "declaration", _("Declaration")
        RESULT = "result", _("Result")
        HANDOVER_RECEIPT = "handover_receipt", _("Receipt of hand-over")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    number = models.CharField(max_length=80)
    title_vi = models.CharField(max_length=300)
    verification_code = models.CharField(max_length=24, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issuing_office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # asked of one document only
        help_text="The counter whose clerk issued it and may open it",
    )
    issuer_name = models.CharField(max_length=200)
    issuer_code = models.CharField(max_length=35, blank=True, help_text="Whose seal it carries: the code of the office or agency")
    html = models.TextField()
    storage_key = models.CharField(max_length=120, blank=True, help_text="The PDF; empty while it is pending")
    sha256 = models.CharField(max_length=64, blank=True)
    form_set = models.CharField(max_length=12, blank=True, help_text="The circular whose form it is; empty for other documents")
    form_no = models.CharField(max_length=2, blank=True, help_text="The number of the form in that set")
    pdf_pending = models.BooleanField(default=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="document_number_unique")]
        indexes = [
            models.Index(fields=["id"], condition=Q(pdf_pending=True), name="document_pdf_pending"),
            models.Index(fields=["sha256"], condition=Q(pdf_pending=False), name="document_by_content"),
        ]

    def __str__(self) -> str:
        return self.number


class DocumentPrint(models.Model):
    """A document was printed again: which copy, by whom, where and why. Append-only."""

    document = models.ForeignKey(IssuedDocument, models.PROTECT, related_name="prints")
    copy_no = models.PositiveSmallIntegerField(help_text="1 for the first reprint; the original is not counted")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "copy_no"], name="copy_numbered_once")]

    def __str__(self) -> str:
        return f"{self.document_id}, copy {self.copy_no}"


class Result(models.Model):
    """What the agency decided: proposed by an officer, signed by a leader."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="results")
    type = models.ForeignKey(ResultType, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    summary = models.TextField(help_text="The decision in plain words; a refusal states its reason")
    details = models.JSONField(default=dict, help_text="Values for the result's template")
    serial = models.CharField(max_length=80, blank=True, help_text="Serial of a card or book, or reference of a register entry")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    number = models.CharField(max_length=80, blank=True)
    document = models.OneToOneField(IssuedDocument, models.PROTECT, null=True, blank=True, related_name="result")
    upload_key = models.CharField(max_length=120, blank=True)
    upload_sha256 = models.CharField(max_length=64, blank=True)
    upload_signature = models.JSONField(
        default=dict, db_default={}, help_text="Who signed the uploaded file elsewhere, and when that was checked (trigger)"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="The proposal went back, or the issued result was revoked")
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Whoever revokes a signed result is named (trigger)"
    )
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", help_text="The revoked result before it")
    is_electronic = models.BooleanField(default=True, help_text="A file is the result; nothing has to travel")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(withdrawn_at__isnull=True), name="one_live_result"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=models.F("proposed_by")),
                name="signer_is_second_person",
                violation_error_message=_("The officer who proposed it cannot sign it."),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"proposal {self.pk}"


class HandOver(models.Model):
    """The result was handed to this person at this office, with the identity checked. Append-only."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="hand_overs", help_text="Once for each version of the result")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: opened as a file online")
    clerk = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    collector_name = models.CharField(max_length=200)
    collector_id = models.CharField(max_length=20, blank=True)
    ground = models.CharField(max_length=300, blank=True, help_text="Authorisation when the collector is not the owner")
    at = models.DateTimeField()
    receipt = models.OneToOneField(IssuedDocument, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.dossier_id} → {self.collector_name}"


class RefusedCollection(models.Model):
    """A collector was turned away, and why. Append-only."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="refused_collections")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    clerk = models.ForeignKey(User, models.PROTECT, related_name="+")
    collector_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier_id} × {self.collector_name}"
