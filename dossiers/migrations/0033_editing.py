"""Who edits a dossier now, and what officers have typed so far: a draft is read by nobody but its officer."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OWN_ROWS = """
ALTER TABLE dossiers_deskdraft ENABLE ROW LEVEL SECURITY;
ALTER TABLE dossiers_deskdraft FORCE ROW LEVEL SECURITY;
CREATE POLICY web_own ON dossiers_deskdraft TO portal_web
    USING (officer_id = app_id('app.user')) WITH CHECK (officer_id = app_id('app.user'));
CREATE POLICY worker_works ON dossiers_deskdraft TO portal_worker USING (true) WITH CHECK (true);
"""
UNDO = """
DROP POLICY web_own ON dossiers_deskdraft; DROP POLICY worker_works ON dossiers_deskdraft;
ALTER TABLE dossiers_deskdraft DISABLE ROW LEVEL SECURITY; ALTER TABLE dossiers_deskdraft NO FORCE ROW LEVEL SECURITY;
"""
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("dossiers", "0032_bulk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="EditLease",
            fields=[
                (
                    "dossier",
                    models.OneToOneField(on_delete=PROTECT, primary_key=True, related_name="lease", serialize=False, to="dossiers.dossier"),
                ),
                (
                    "page",
                    models.BigIntegerField(help_text="Microseconds at which the page was made: the later page of the same person counts"),
                ),
                ("since", models.DateTimeField(help_text="Legal time, as people read it")),
                ("until", models.DateTimeField(help_text="Technical time")),
                ("holder", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="DeskDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(help_text="The step's word in the address of its page", max_length=24)),
                ("content", models.JSONField(default=dict, help_text="Each input's texts as posted")),
                ("saved_at", models.DateTimeField(db_index=True)),
                ("dossier", models.ForeignKey(on_delete=PROTECT, related_name="+", to="dossiers.dossier")),
                ("officer", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("officer", "dossier", "form"), name="desk_draft_once"),
                    models.CheckConstraint(condition=models.Q(("form", ""), _negated=True), name="desk_draft_of_a_form"),
                ],
            },
        ),
        migrations.RunSQL(OWN_ROWS, UNDO),
    ]
