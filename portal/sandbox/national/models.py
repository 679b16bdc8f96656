import uuid
from typing import ClassVar

from django.db import models


class AccessToken(models.Model):
    """A bearer token of the client-credentials grant; only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    objects: ClassVar[models.Manager["AccessToken"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_token"

    def __str__(self) -> str:
        return f"token {self.pk}"


class Nonce(models.Model):
    """A nonce that was used; its second use is refused."""

    value = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["Nonce"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_nonce"

    def __str__(self) -> str:
        return self.value


class CodeSeries(models.Model):
    """The last number given to a unit on a day."""

    unit = models.CharField(max_length=35)
    day = models.CharField(max_length=6)
    last = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["CodeSeries"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_code_series"
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="one_series_per_unit_and_day")]

    def __str__(self) -> str:
        return f"{self.unit}-{self.day}"


class UploadedFile(models.Model):
    """A file that was uploaded: its fingerprint, not its content."""

    file_id = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    objects: ClassVar[models.Manager["UploadedFile"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_file"

    def __str__(self) -> str:
        return self.name


class MirroredDossier(models.Model):
    """A dossier as the national portal knows it. `head` is the highest contiguous sequence number applied."""

    code = models.CharField(max_length=60, unique=True)
    procedure_code = models.CharField(max_length=40, blank=True, default="")
    procedure_name = models.CharField(max_length=1000, blank=True, default="")
    owner_name = models.CharField(max_length=200, blank=True, default="")
    agency = models.CharField(max_length=300, blank=True, default="")
    province = models.CharField(max_length=2, blank=True, default="", db_index=True)
    filed_on = models.DateField(null=True, db_index=True)
    status = models.PositiveSmallIntegerField(default=1)
    head = models.PositiveIntegerField(default=0)
    snapshot = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    objects: ClassVar[models.Manager["MirroredDossier"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_dossier"

    def __str__(self) -> str:
        return self.code


class ReceivedMessage(models.Model):
    """One applied step of a dossier."""

    dossier = models.ForeignKey(MirroredDossier, on_delete=models.PROTECT, related_name="received")
    seq = models.PositiveIntegerField()
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10)
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)
    times_received = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ReceivedMessage"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_message"
        constraints = [models.UniqueConstraint(fields=["dossier", "seq"], name="each_step_once")]

    def __str__(self) -> str:
        return self.key


class Refusal(models.Model):
    """A message that was not applied: invalid, in conflict with what is known, or ahead of its turn."""

    code = models.CharField(max_length=60, db_index=True)
    seq = models.PositiveIntegerField()
    result = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    refused_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Refusal"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_refusal"

    def __str__(self) -> str:
        return f"{self.code}#{self.seq}: {self.result}"


class InboundFiling(models.Model):
    """What a person did on the national portal, to be handed to the one-stop-shop portal: filed, supplemented, paid, asked."""

    class Kind(models.TextChoices):
        FILING = "filing", "Nộp hồ sơ"
        SUPPLEMENT = "supplement", "Bổ sung hồ sơ"
        PAYMENT = "payment", "Nộp tiền"
        QUESTION = "question", "Hỏi đáp"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FILING)
    remote_id = models.UUIDField(unique=True, default=uuid.uuid4)
    procedure_code = models.CharField(max_length=40, blank=True, default="")
    owner_name = models.CharField(max_length=200, blank=True, default="")
    body = models.JSONField()
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["InboundFiling"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_inbound"

    def __str__(self) -> str:
        return str(self.remote_id)


class LegacyDossier(models.Model):
    """A snapshot that came through the older generation."""

    code = models.CharField(max_length=60, unique=True)
    snapshot = models.JSONField()
    progress = models.JSONField(default=list)
    updated_at = models.DateTimeField()

    objects: ClassVar[models.Manager["LegacyDossier"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_legacy_dossier"

    def __str__(self) -> str:
        return self.code


class Effect(models.Model):
    """One change of a mirrored dossier, in the order in which it happened. Appended only and held by no constraint:
    whoever asks whether a step took effect twice or too early asks here."""

    code = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    body_hash = models.CharField(max_length=64)
    happened_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Effect"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_effect"

    def __str__(self) -> str:
        return f"{self.code}#{self.seq}"


class CatalogueEntry(models.Model):
    """A procedure of the national database, in the form in which that database hands it out."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=2000)
    record = models.JSONField()
    digest = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    is_withdrawn = models.BooleanField(default=False)
    changed_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["CatalogueEntry"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_procedure"

    def __str__(self) -> str:
        return self.code


class Reply(models.Model):
    """What the one-stop-shop portal answered to a question that was asked here."""

    remote_id = models.UUIDField(unique=True)
    body = models.JSONField()
    received_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Reply"]] = models.Manager()

    class Meta:
        db_table = "sandbox_npsp_reply"

    def __str__(self) -> str:
        return str(self.remote_id)
