"""Opinions of other agencies: asked, answered or withdrawn once, never rewritten; the asked agency sees what was ticked while it is asked."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("dossiers_opinion", "dossiers_opinionpaper", "dossiers_opinionreply")
GUARDS = "".join(
    f"CREATE TRIGGER kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"CREATE TRIGGER kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();"
    f"REVOKE DELETE, TRUNCATE ON {table} FROM portal_web, portal_worker;"
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    f"CREATE POLICY worker_works ON {table} TO portal_worker USING (true) WITH CHECK (true);"
    for table in TABLES
)
APPEND_ONLY = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"REVOKE UPDATE ON {table} FROM portal_web, portal_worker;"
    for table in TABLES[:2]
)
RULES = """
CREATE FUNCTION dossiers_opinion_reply_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seen_at IS NOT NULL OR to_jsonb(NEW) - 'seen_at' IS DISTINCT FROM to_jsonb(OLD) - 'seen_at' THEN
        RAISE EXCEPTION 'how a question ended is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'opinion_reply_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seen_once BEFORE UPDATE ON dossiers_opinionreply FOR EACH ROW EXECUTE FUNCTION dossiers_opinion_reply_kept();

CREATE POLICY web_reads ON dossiers_opinion FOR SELECT TO portal_web USING (
    agency_id = ANY(app_ids('app.agencies')) OR asked_id = ANY(app_ids('app.agencies'))
    OR EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = dossier_id AND d.agency_id = ANY(app_ids('app.agencies'))));
CREATE POLICY web_adds ON dossiers_opinion FOR INSERT TO portal_web
    WITH CHECK (asked_by_id = app_id('app.user') AND agency_id = ANY(app_ids('app.agencies')));
CREATE POLICY web_reads ON dossiers_opinionpaper FOR SELECT TO portal_web
    USING (EXISTS (SELECT 1 FROM dossiers_opinion o WHERE o.id = opinion_id));
CREATE POLICY web_adds ON dossiers_opinionpaper FOR INSERT TO portal_web
    WITH CHECK (EXISTS (SELECT 1 FROM dossiers_opinion o WHERE o.id = opinion_id AND o.asked_by_id = app_id('app.user')));
CREATE POLICY web_reads ON dossiers_opinionreply FOR SELECT TO portal_web
    USING (EXISTS (SELECT 1 FROM dossiers_opinion o WHERE o.id = opinion_id));
CREATE POLICY web_adds ON dossiers_opinionreply FOR INSERT TO portal_web WITH CHECK (by_id = app_id('app.user') AND EXISTS (
    SELECT 1 FROM dossiers_opinion o WHERE o.id = opinion_id
    AND (CASE kind WHEN 'answered' THEN o.asked_id ELSE o.agency_id END) = ANY(app_ids('app.agencies'))));
CREATE POLICY web_sees ON dossiers_opinionreply FOR UPDATE TO portal_web USING (EXISTS (
    SELECT 1 FROM dossiers_opinion o WHERE o.id = opinion_id AND o.agency_id = ANY(app_ids('app.agencies'))));
CREATE POLICY asked_agency_reads ON dossiers_paper FOR SELECT TO portal_web USING (id IN (
    SELECT p.paper_id FROM dossiers_opinionpaper p JOIN dossiers_opinion o ON o.id = p.opinion_id
    WHERE o.asked_id = ANY(app_ids('app.agencies'))
    AND NOT EXISTS (SELECT 1 FROM dossiers_opinionreply r WHERE r.opinion_id = o.id)));
"""
UNDO = """
DROP POLICY asked_agency_reads ON dossiers_paper;
DROP FUNCTION dossiers_opinion_reply_kept() CASCADE;
""" + "".join(
    f"DROP TRIGGER kept ON {table}; DROP TRIGGER kept_whole ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in TABLES
)
PROTECT = django.db.models.deletion.PROTECT


def link(to: str, **options: object) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(on_delete=PROTECT, to=to, **({"related_name": "+"} | options))  # type: ignore[arg-type]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0035_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.TextField(max_length=2000)),
                ("told", models.JSONField(default=list, help_text="Pairs of question and answer of the declaration")),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("agency", link("agencies.agency", db_index=False, help_text="Who asks")),
                ("asked", link("agencies.agency", db_index=False, help_text="Who is asked")),
                ("asked_by", link(settings.AUTH_USER_MODEL)),
                ("dossier", link("dossiers.dossier", related_name="opinions")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("agency", models.F("asked")), _negated=True), name="opinion_of_another_agency"
                    ),
                    models.CheckConstraint(condition=models.Q(("question", ""), _negated=True), name="opinion_asks_something"),
                    models.CheckConstraint(condition=models.Q(("due_at__gt", models.F("asked_at"))), name="opinion_due_after_it_is_asked"),
                ],
                "indexes": [models.Index(fields=["asked", "due_at", "id"], name="opinion_by_asked")],
            },
        ),
        migrations.CreateModel(
            name="OpinionPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opinion", link("dossiers.opinion", related_name="shown", db_index=False)),
                ("paper", link("dossiers.paper")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("opinion", "paper"), name="opinion_paper_once")]},
        ),
        migrations.AddField(
            model_name="opinion",
            name="papers",
            field=models.ManyToManyField(related_name="+", through="dossiers.OpinionPaper", to="dossiers.paper"),
        ),
        migrations.CreateModel(
            name="OpinionReply",
            fields=[
                (
                    "opinion",
                    models.OneToOneField(on_delete=PROTECT, primary_key=True, related_name="reply", serialize=False, to="dossiers.opinion"),
                ),
                ("kind", models.CharField(choices=[("answered", "Answered"), ("withdrawn", "Question withdrawn")], max_length=9)),
                ("at", models.DateTimeField()),
                ("text", models.TextField(max_length=5000)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("storage_key", models.CharField(blank=True, max_length=120)),
                ("content_type", models.CharField(blank=True, max_length=40)),
                ("size", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("by", link(settings.AUTH_USER_MODEL, db_index=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="opinion_reply_says_something"),
                    models.CheckConstraint(
                        condition=models.Q(("storage_key", ""), ("kind", "answered"), _connector="OR"), name="opinion_paper_with_an_answer"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("kind", "answered"), ("seen_at__isnull", True)), fields=["opinion"], name="opinion_reply_unseen"
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARDS + APPEND_ONLY + RULES, UNDO),
    ]
