"""Files that the national portal keeps for us."""

from django.db import models
from django.db.models import Q


class NationalFile(models.Model):
    """A file that was handed to the national portal, once, and the id that every step names it by. Append-only.

    `source` is what our steps know it by: the fingerprint of a paper, or the verification code of a document. `sha256` is of the
    bytes that were sent: a picture is kept as it was drawn anew, so its paper's fingerprint is another.
    """

    source = models.CharField(max_length=80, unique=True)
    sha256 = models.CharField(max_length=64)
    remote_id = models.CharField(max_length=100)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(remote_id=""), name="national_file_has_an_id")]

    def __str__(self) -> str:
        return f"{self.source} → {self.remote_id}"
