from typing import ClassVar

from django.db import models


class Message(models.Model):
    """An SMS or e-mail that was handed to the simulated carrier. The key makes sending twice harmless."""

    class Channel(models.TextChoices):
        SMS = "sms", "Tin nhắn SMS"
        EMAIL = "email", "Thư điện tử"

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=5, choices=Channel)
    to = models.CharField(max_length=200, db_index=True)
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField()
    times_received = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        db_table = "sandbox_message"

    def __str__(self) -> str:
        return f"{self.channel}:{self.key}"
