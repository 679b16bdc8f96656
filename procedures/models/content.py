"""What hangs on a version: cases, papers, results. Immutable with it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models.versions import ProcedureVersion, in_language


class ProcedureCase(models.Model):
    """A case (trường hợp) of a version, with its own time, papers and form. Each version has exactly one default."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="cases")
    key = models.SlugField(max_length=40, default="default")
    name_vi = models.CharField(max_length=250)
    name_en = models.CharField(max_length=250, blank=True)
    is_default = models.BooleanField(default=True)
    time_value = models.PositiveIntegerField(null=True, blank=True)
    time_unit = models.CharField(
        max_length=12, blank=True, help_text="working_day, day, hour, month, year, in_day; empty: no time of its own"
    )
    time_note_vi = models.TextField(blank=True)
    time_note_en = models.TextField(blank=True)
    form = models.JSONField(default=dict, help_text="Form schema, see docs/forms.md")
    declaration = models.CharField(max_length=80, default="common", help_text="Print template of the declaration")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="case_key_unique"),
            models.UniqueConstraint(fields=["version"], condition=Q(is_default=True), name="one_default_case"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.key}"

    @property
    def time_rule(self) -> str:
        """The rule as `dossiers.deadlines.parse_rule` reads it; empty when the law sets no time per dossier."""
        if not self.time_unit:
            return ""
        return "in_day" if self.time_unit == "in_day" else f"{self.time_value} {self.time_unit}"


class Requirement(models.Model):
    """A component of the dossier (thành phần hồ sơ)."""

    class Kind(models.TextChoices):
        REQUIRED = "required", _("Required")
        CONDITIONAL = "conditional", _("Required in some cases")
        PRESENT_ONLY = "present_only", _("Only shown")

    case = models.ForeignKey(ProcedureCase, models.CASCADE, related_name="requirements")
    seq = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    name_vi = models.TextField()
    name_en = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    certified = models.PositiveSmallIntegerField(default=0, help_text="Of the copies, how many must be certified")
    form_files = ArrayField(models.CharField(max_length=250), default=list, blank=True, help_text="Names of the attached blank forms")
    condition_vi = models.TextField(blank=True)
    condition_en = models.TextField(blank=True)
    show = models.JSONField(null=True, blank=True, help_text="Form condition under which it is asked")
    is_declaration = models.BooleanField(default=False, help_text="The declaration itself: our form replaces it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="requirement_key_unique")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.key}"

    @property
    def is_needed(self) -> bool:
        """Whether it must be handed in once it is asked for: always, or because its condition was found to hold."""
        return self.kind == self.Kind.REQUIRED or (self.kind == self.Kind.CONDITIONAL and self.show is not None)

    @property
    def name(self) -> str:
        return in_language(self.name_vi, self.name_en)

    @property
    def condition(self) -> str:
        return in_language(self.condition_vi, self.condition_en)


class ResultType(models.Model):
    """A result that the procedure can end with."""

    class Outcome(models.TextChoices):
        GRANT = "grant", _("Grant")
        REFUSAL = "refusal", _("Refusal")
        NOTICE = "notice", _("Notice")

    class Medium(models.TextChoices):
        RENDERED = "rendered", _("Electronic document from a template")
        UPLOADED = "uploaded", _("Signed document")
        CARD = "card", _("Card or book with a serial number")
        REGISTER = "register", _("Register entry")

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="results")
    code = models.CharField(max_length=40, blank=True)
    name_vi = models.CharField(max_length=400)
    name_en = models.CharField(max_length=400, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    medium = models.CharField(max_length=8, choices=Medium.choices, default=Medium.RENDERED)
    template = models.CharField(max_length=80, blank=True)
    validity_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: without an end")

    def __str__(self) -> str:
        return self.name_vi

    @property
    def name(self) -> str:
        return in_language(self.name_vi, self.name_en)
