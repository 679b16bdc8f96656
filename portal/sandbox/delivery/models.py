from typing import ClassVar

from django.db import models


class Delivery(models.Model):
    """A signed call that a simulated service owes to the portal; kept until a 2xx answer."""

    class Scheme(models.TextChoices):
        PAYMENT = "payment", "Thông báo thanh toán"
        NATIONAL = "national", "Hồ sơ từ Cổng Dịch vụ công quốc gia"

    scheme = models.CharField(max_length=12, choices=Scheme)
    subject = models.CharField(max_length=100, db_index=True)
    url = models.URLField(max_length=500)
    body = models.TextField()
    is_forged = models.BooleanField(default=False)
    attempt = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(null=True)
    not_before = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_status = models.PositiveIntegerField(null=True)
    last_answer = models.CharField(max_length=500, default="")
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager()

    class Meta:
        db_table = "sandbox_delivery"
        indexes = [
            models.Index(fields=["not_before"], name="delivery_open", condition=models.Q(delivered_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.subject}#{self.pk}"
