"""What was said to whom. Message texts carry a code and a link, never personal data."""

from django.db import models


class Notification(models.Model):
    """One message to one person; sent through the outbox stream `notify`."""

    class Channel(models.TextChoices):
        SMS = "sms"
        EMAIL = "email"
        CALL = "call"

    key = models.CharField(max_length=120, unique=True)
    template = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    recipient = models.CharField(max_length=254, blank=True)
    dossier_code = models.CharField(max_length=50, db_index=True)
    office_id = models.BigIntegerField(null=True, blank=True, help_text="Call list: the office that calls")
    text = models.TextField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    called_by_id = models.BigIntegerField(null=True, blank=True)
    call_note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.template} {self.dossier_code}"
