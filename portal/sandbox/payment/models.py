import uuid
from typing import ClassVar

from django.db import models


class Order(models.Model):
    """A payment that the portal asked for; `reference` is unique per attempt."""

    class Status(models.TextChoices):
        CREATED = "created", "Chờ thanh toán"
        PAID = "paid", "Đã thanh toán"
        CANCELLED = "cancelled", "Đã huỷ"
        FAILED = "failed", "Không thành công"

    gateway_ref = models.UUIDField(unique=True, default=uuid.uuid4)
    reference = models.CharField(max_length=100, unique=True)
    amount = models.PositiveBigIntegerField()
    description = models.CharField(max_length=300)
    return_url = models.URLField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    event_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Order"]] = models.Manager()

    class Meta:
        db_table = "sandbox_payment_order"
        constraints = [models.CheckConstraint(name="payment_amount_positive", condition=models.Q(amount__gt=0))]

    def __str__(self) -> str:
        return self.reference
