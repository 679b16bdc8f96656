"""Administrative units with dates, the agencies that decide, and the one-stop offices that receive."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

FAR_PAST = date(1900, 1, 1)


def valid_on(day: date, prefix: str = "") -> Q:
    """Rows whose validity covers `day`; both ends are inclusive."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day}))


class AdministrativeUnitQuerySet(models.QuerySet["AdministrativeUnit"]):
    def on(self, day: date) -> "AdministrativeUnitQuerySet":
        return self.filter(valid_on(day))

    def provinces(self) -> "AdministrativeUnitQuerySet":
        return self.filter(level=AdministrativeUnit.Level.PROVINCE)

    def communes(self) -> "AdministrativeUnitQuerySet":
        return self.filter(level=AdministrativeUnit.Level.COMMUNE)


class AdministrativeUnit(models.Model):
    """A province, district or commune during one period. Codes are reused, so the key is (code, valid_from)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        DISTRICT = "district", _("District")
        COMMUNE = "commune", _("Commune")

    code = models.CharField(max_length=5)
    level = models.CharField(max_length=8, choices=Level.choices)
    type = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    province = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    search_key = models.CharField(max_length=160, default="", help_text="Folded name without its type word")
    search_path = models.CharField(
        max_length=400, default="", help_text="Every word by which people find the unit, its parents' names included"
    )
    search_vector = models.GeneratedField(
        expression=SearchVector("search_path", config="simple"), output_field=SearchVectorField(), db_persist=True
    )
    valid_from = models.DateField(default=FAR_PAST)
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar = AdministrativeUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="unit_code_unique_per_period",
                violation_error_message=_("This code is already used in this period."),
            ),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="unit_period_not_empty"),
        ]
        indexes = [
            models.Index(fields=["level", "search_key"]),
            models.Index(fields=["province", "level"]),
            GinIndex(fields=["search_vector"], name="unit_search_vector"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class UnitSuccession(models.Model):
    """From `valid_from` on, `successor` stands where the unit `old_code` stood (all of it, or a part when `is_split`).

    `predecessor` is empty for the few old codes that the list of units lacks: what the table says of them still holds.
    """

    level = models.CharField(max_length=8, choices=AdministrativeUnit.Level.choices)
    old_code = models.CharField(max_length=5, db_index=True)
    predecessor = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="successions")
    successor = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="predecessions")
    is_split = models.BooleanField(default=False)
    is_trusted = models.BooleanField(default=True, help_text="False for rows that the import found to be errors")
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "old_code", "successor", "valid_from"], name="succession_once")]

    def __str__(self) -> str:
        return f"{self.old_code} → {self.successor_id} ({self.valid_from})"


class AgencyQuerySet(models.QuerySet["Agency"]):
    def on(self, day: date) -> "AgencyQuerySet":
        return self.filter(valid_on(day))


class Agency(models.Model):
    """A body that decides. `identifier` is opaque text. Source: QĐ 20/2020/QĐ-TTg and QCVN 102:2016 both circulate."""

    class Level(models.TextChoices):
        MINISTRY = "ministry", _("Ministry")
        PROVINCE = "province", _("Province")
        COMMUNE = "commune", _("Commune")

    identifier = models.CharField(max_length=35, unique=True)
    aliases = ArrayField(models.CharField(max_length=35), default=list, blank=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, db_index=True)
    level = models.CharField(max_length=8, choices=Level.choices)
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="agencies")
    province = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    reception_office = models.ForeignKey("Office", models.PROTECT, null=True, blank=True, related_name="served_agencies")
    capacity = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField(default=FAR_PAST)
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar = AgencyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "unit"]), models.Index(fields=["kind", "province"])]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name without the province that follows it after a comma."""
        return self.name.rsplit(", ", 1)[0]


class ServiceArea(models.Model):
    """The agency serves this commune during the period (land-registration branches, social insurance, tax)."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="service_areas")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, related_name="+")
    valid_from = models.DateField(default=FAR_PAST)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "unit", "valid_from"], name="service_area_once")]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.unit_id}"


class Office(models.Model):
    """A one-stop office: a provincial centre, a branch of it, or a commune counter. Its code opens the dossier codes."""

    class Kind(models.TextChoices):
        PROVINCIAL_CENTRE = "provincial_centre", _("Provincial public service centre")
        BRANCH = "branch", _("Branch of the provincial centre")
        COMMUNE_COUNTER = "commune_counter", _("Commune one-stop counter")
        MINISTRY_COUNTER = "ministry_counter", _("Ministry one-stop counter")

    code = models.CharField(max_length=35, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="offices")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="offices")
    province = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="branches")
    address = models.CharField(max_length=250, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    opening_hours = models.CharField(max_length=200, blank=True)
    search_key = models.CharField(max_length=250, default="", db_index=True)
    valid_from = models.DateField(default=FAR_PAST)
    valid_to = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day off, or a make-up working Saturday, in the legal working calendar. Entered by an admin each autumn."""

    on = models.DateField(unique=True)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    is_working = models.BooleanField(default=False, help_text="A Saturday on which people work in exchange")
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.name_vi}"
