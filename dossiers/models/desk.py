"""What lies on an officer's desk and decides nothing: who is editing a dossier now, and what was typed so far."""

from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from portal.accounts.models import User


class EditLease(models.Model):
    """One person edits the dossier until `until`; renewed while the page is open. It is no record: a later lease replaces it."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="lease")
    holder = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    page = models.BigIntegerField(help_text="Microseconds at which the page was made: the later page of the same person counts")
    since = models.DateTimeField(help_text="Legal time, as people read it")
    until = models.DateTimeField(help_text="Technical time")

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.holder_id}"


class DeskDraft(models.Model):
    """What an officer typed into one form of one dossier, raw. Row-level security shows it to that officer only."""

    officer = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    form = models.CharField(max_length=24, help_text="The step's word in the address of its page")
    content = models.JSONField(default=dict, help_text="Each input's texts as posted")
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "dossier", "form"], name="desk_draft_once"),
            models.CheckConstraint(condition=~Q(form=""), name="desk_draft_of_a_form"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.dossier_id} {self.form}"
