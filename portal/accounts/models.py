"""People who sign in: citizens through the national identity provider, staff with a password and dated memberships."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Agency, Office, valid_on


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(username, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account. `kind` never changes: a person who is both has two accounts."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", _("Citizen")
        STAFF = "staff", _("Staff")
        SERVICE = "service", _("Service")

    username = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CITIZEN)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["full_name"]
    objects: ClassVar = UserManager()

    def __str__(self) -> str:
        return f"{self.full_name} ({self.username})"

    @property
    def is_staff(self) -> bool:
        return self.kind == self.Kind.STAFF


class CitizenProfile(models.Model):
    """What the identity provider vouches for. Names and birth dates are read-only in our forms."""

    user = models.OneToOneField(User, models.CASCADE, related_name="profile")
    subject = models.CharField(max_length=100, unique=True)
    personal_id = models.CharField(max_length=12, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=250, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    organisation_tax_code = models.CharField(max_length=14, blank=True)

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class Role(models.TextChoices):
    """What a member of staff may do, always at one office or agency, or nationally."""

    CLERK = "clerk", _("Counter clerk")
    OFFICER = "officer", _("Case officer")
    LEADER = "leader", _("Approver")
    CATALOGUE_EDITOR = "catalogue_editor", _("Catalogue editor")
    CATALOGUE_APPROVER = "catalogue_approver", _("Catalogue approver")
    SUPERVISOR = "supervisor", _("Supervisor")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> "MembershipQuerySet":
        return self.filter(valid_on(day), user__is_active=True)


class Membership(models.Model):
    """From `valid_from` to `valid_to` the user holds the role at one office (clerk, supervisor) or agency (officer, leader).

    A supervisor without an office watches the whole country.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="memberships")
    title = models.CharField(max_length=100, blank=True)
    inherited_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="inherited", help_text="The post at the predecessor that goes on here"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(role="clerk", office__isnull=False, agency__isnull=True)
                    | Q(role__in=["officer", "leader"], office__isnull=True, agency__isnull=False)
                    | Q(role__in=["catalogue_editor", "catalogue_approver"], office__isnull=True, agency__isnull=True)
                    | Q(role="supervisor", agency__isnull=True)
                ),
                name="membership_place_fits_role",
                violation_error_message=_("A clerk belongs to an office, an officer or approver to an agency."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "office", "agency", "valid_from"], nulls_distinct=False, name="membership_once"
            ),
        ]
        indexes = [models.Index(fields=["agency", "role"]), models.Index(fields=["office", "role"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
