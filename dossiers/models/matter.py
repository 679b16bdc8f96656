"""One filing of linked procedures (liên thông): a matter, and the dossiers that it starts, at once or one after the other.

Source: Nghị định 63/2024/NĐ-CP, sửa đổi bởi 301/2026/NĐ-CP.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Office
from procedures.models import Channel, ProcedureCase, ProcedureVersion

PREFIX = "LT-"
"""How the code of a matter begins; the rest is the code of its first dossier."""


class Matter(models.Model):
    """What a citizen asked for in one go. It has no state of its own: that of its dossiers is. Nothing but the secret's issue changes."""

    code = models.CharField(max_length=54, unique=True)
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+", help_text="The linked procedure, which gives the title")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="The account that filed: citizen or clerk")
    applicant = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    owner_name = models.CharField(max_length=200)
    filed_at = models.DateTimeField()
    submit_token = models.UUIDField(unique=True)
    secret_issue = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(code__startswith=PREFIX), name="matter_code_is_marked")]

    def __str__(self) -> str:
        return self.code


class MatterStep(models.Model):
    """One dossier of a matter, or why there is none yet. It starts once; a step that was not started may start later."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for an earlier result")
        STARTED = "started", _("Started")
        NOT_STARTED = "not_started", _("Not started")

    class Reason(models.TextChoices):
        NOT_RECEIVED = "not_received", _("the dossier before it was not received")
        REFUSED = "refused", _("the dossier before it was decided against")
        WITHDRAWN = "withdrawn", _("the dossier before it was withdrawn")
        STOPPED = "stopped", _("handling of the dossier before it was stopped")
        NOT_BEFORE = "not_before", _("the dossier before it was not started")
        ENDED = "ended", _("its procedure can no longer be filed")

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    case = models.ForeignKey(ProcedureCase, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", help_text="The counter whose series gives the code")
    after = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", help_text="Whose result it waits for"
    )
    state = models.CharField(max_length=11, choices=State.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True, help_text="Why it was not started")
    dossier = models.OneToOneField(Dossier, models.PROTECT, null=True, blank=True, related_name="matter_step")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "seq"],
                name="matter_step_once",
                violation_error_message=_("This matter has this step already."),
            ),
            models.CheckConstraint(
                condition=Q(state="started", dossier__isnull=False, reason="")
                | Q(state="waiting", dossier__isnull=True, reason="", after__isnull=False)
                | (Q(state="not_started", dossier__isnull=True, after__isnull=False) & ~Q(reason="")),
                name="matter_step_is_what_it_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.seq} {self.state}"


class PreparedStep(models.Model):
    """What the one form gave for a dossier that has not started. Protected by row-level security like answers; append-only."""

    step = models.OneToOneField(MatterStep, models.PROTECT, primary_key=True, related_name="prepared")
    answers = models.JSONField()
    parties = models.JSONField()
    papers = models.JSONField()
    from_result = models.JSONField(help_text="Answers and components that the earlier result gives")
    exemption = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return f"prepared for {self.step_id}"
