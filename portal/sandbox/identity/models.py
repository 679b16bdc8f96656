import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class CitizenManager(BaseUserManager["Citizen"]):
    def get_by_natural_key(self, username: str | None) -> "Citizen":
        return self.get(citizen_id=username)


class Citizen(AbstractBaseUser):
    """A demo citizen of the identity provider. Nobody here exists."""

    class Gender(models.TextChoices):
        MALE = "male", "Nam"
        FEMALE = "female", "Nữ"

    subject = models.UUIDField(unique=True, default=uuid.uuid4)
    citizen_id = models.CharField("Số định danh cá nhân", max_length=12, unique=True)
    full_name = models.CharField("Họ và tên", max_length=100)
    birth_on = models.DateField("Ngày sinh")
    gender = models.CharField("Giới tính", max_length=6, choices=Gender)
    phone_number = models.CharField("Số điện thoại", max_length=12)
    email = models.EmailField("Thư điện tử", blank=True, default="")
    street = models.CharField("Số nhà, đường", max_length=150)
    commune_code = models.CharField(max_length=5)
    commune = models.CharField("Xã, phường", max_length=100)
    province_code = models.CharField(max_length=2)
    province = models.CharField("Tỉnh, thành phố", max_length=100)
    organisation_tax_code = models.CharField("Mã số thuế", max_length=14, blank=True, default="")
    organisation_name = models.CharField("Tổ chức", max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)

    objects = CitizenManager()
    USERNAME_FIELD = "citizen_id"

    class Meta:
        db_table = "sandbox_citizen"
        constraints = [
            models.CheckConstraint(name="citizen_id_has_12_digits", condition=models.Q(citizen_id__regex=r"^\d{12}$")),
        ]

    def __str__(self) -> str:
        return self.citizen_id

    @property
    def address(self) -> str:
        """The address on one line."""
        return f"{self.street}, {self.commune}, {self.province}"


class SigningKey(models.Model):
    """An RSA key of the provider, made at set-up."""

    pem = models.TextField()
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["SigningKey"]] = models.Manager()

    class Meta:
        db_table = "sandbox_signing_key"

    def __str__(self) -> str:
        return f"key {self.pk}"
