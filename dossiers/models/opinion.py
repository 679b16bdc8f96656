"""What another agency is asked about a dossier, and how it ended. Append-only, under row-level security of the two agencies."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.document import Paper
from dossiers.models.dossier import Dossier
from portal.accounts.models import User
from portal.agencies.models import Agency

LONGEST_QUESTION, LONGEST_REPLY = 2000, 5000


class Opinion(models.Model):
    """A question to another agency with its own last day. `told` is a copy of the answers that were ticked for it."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="opinions")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False, help_text="Who asks")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False, help_text="Who is asked")
    question = models.TextField(max_length=LONGEST_QUESTION)
    told = models.JSONField(default=list, help_text="Pairs of question and answer of the declaration")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    papers = models.ManyToManyField(Paper, through="OpinionPaper", related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(agency=models.F("asked")), name="opinion_of_another_agency"),
            models.CheckConstraint(condition=~Q(question=""), name="opinion_asks_something"),
            models.CheckConstraint(condition=Q(due_at__gt=models.F("asked_at")), name="opinion_due_after_it_is_asked"),
        ]
        indexes = [
            models.Index(fields=["asked", "due_at", "id"], name="opinion_by_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} → {self.asked_id}"


class OpinionPaper(models.Model):
    """A paper of the dossier that the asked agency may open until the question has ended."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="shown", db_index=False)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opinion", "paper"], name="opinion_paper_once")]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.paper_id}"


class OpinionReply(models.Model):
    """How the question ended, once: answered by the asked agency, or withdrawn by the one that asked."""

    class Kind(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        WITHDRAWN = "withdrawn", _("Question withdrawn")

    opinion = models.OneToOneField(Opinion, models.PROTECT, primary_key=True, related_name="reply")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    text = models.TextField(max_length=LONGEST_REPLY)
    name = models.CharField(max_length=200, blank=True)
    storage_key = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="opinion_reply_says_something"),
            models.CheckConstraint(condition=Q(storage_key="") | Q(kind="answered"), name="opinion_paper_with_an_answer"),
        ]
        indexes = [models.Index(fields=["opinion"], condition=Q(kind="answered", seen_at__isnull=True), name="opinion_reply_unseen")]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.kind}"
