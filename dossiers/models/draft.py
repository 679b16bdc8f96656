"""What a person has typed so far. A draft is not a dossier and has no code."""

import uuid

from django.db import models
from django.db.models import Q

from portal.accounts.models import User
from portal.agencies.models import Office
from procedures.models import Channel, ProcedureCase, ProcedureVersion


class Draft(models.Model):
    """Answers and files kept from their first arrival, of one citizen (online) or one office's clerk (at a counter)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    case = models.ForeignKey(ProcedureCase, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    answers = models.JSONField(default=dict, help_text="Raw form data as typed, so that nothing typed is lost")
    parties = models.JSONField(default=dict, help_text="Raw party data as typed")
    revision = models.PositiveIntegerField(default=1)
    submit_token = models.UUIDField(unique=True, default=uuid.uuid4)
    dossier = models.OneToOneField("dossiers.Dossier", models.PROTECT, null=True, blank=True, related_name="draft")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "-updated_at"], condition=Q(dossier__isnull=True), name="draft_open_by_owner")]

    def __str__(self) -> str:
        return str(self.id)


class DraftFile(models.Model):
    """A file of the draft, stored when it arrives. `requirement_key` empty: not yet sorted."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    requirement_key = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=120, unique=True)
    arrived_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "requirement_key", "sha256"], name="draft_file_once")]

    def __str__(self) -> str:
        return self.name
