"""The register of an office as a file: bound once, kept for ever."""

from django.db import models
from django.db.models import F, Q

from portal.accounts.models import User
from portal.agencies.models import Office


class RegisterBook(models.Model):
    """Form 07 of an office for a period, as it stood when it was bound. A worker makes its PDF; rows are never deleted."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    lines = models.PositiveIntegerField()
    missing = models.JSONField(default=list, help_text="Codes of the year's series that no dossier has")
    html = models.TextField()
    bound_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    bound_at = models.DateTimeField()
    storage_key = models.CharField(max_length=120, blank=True, help_text="The PDF; empty while it is pending")
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why no PDF could be made")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="register_period_in_order")]
        indexes = [models.Index(fields=["office", "-id"], name="register_book_by_office")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.first}–{self.last}"
