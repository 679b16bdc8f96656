"""Notes of an agency on its dossiers: read by nobody outside it, never rewritten."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER kept BEFORE DELETE ON dossiers_internalnote FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON dossiers_internalnote EXECUTE FUNCTION core_refuse_change();
CREATE FUNCTION dossiers_note_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seen_at IS NOT NULL OR to_jsonb(NEW) - 'seen_at' IS DISTINCT FROM to_jsonb(OLD) - 'seen_at' THEN
        RAISE EXCEPTION 'a note is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'note_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seen_once BEFORE UPDATE ON dossiers_internalnote FOR EACH ROW EXECUTE FUNCTION dossiers_note_kept();
REVOKE DELETE, TRUNCATE ON dossiers_internalnote FROM portal_web, portal_worker;

ALTER TABLE dossiers_internalnote ENABLE ROW LEVEL SECURITY;
ALTER TABLE dossiers_internalnote FORCE ROW LEVEL SECURITY;
CREATE POLICY web_reads ON dossiers_internalnote FOR SELECT TO portal_web USING (agency_id = ANY(app_ids('app.agencies')));
CREATE POLICY web_adds ON dossiers_internalnote FOR INSERT TO portal_web
    WITH CHECK (author_id = app_id('app.user') AND agency_id = ANY(app_ids('app.agencies')));
CREATE POLICY web_sees ON dossiers_internalnote FOR UPDATE TO portal_web USING (mentioned_id = app_id('app.user'));
CREATE POLICY worker_works ON dossiers_internalnote TO portal_worker USING (true) WITH CHECK (true);
"""
UNDO = """
DROP POLICY web_reads ON dossiers_internalnote; DROP POLICY web_adds ON dossiers_internalnote;
DROP POLICY web_sees ON dossiers_internalnote; DROP POLICY worker_works ON dossiers_internalnote;
DROP FUNCTION dossiers_note_kept() CASCADE;
DROP TRIGGER kept ON dossiers_internalnote; DROP TRIGGER kept_whole ON dossiers_internalnote;
"""
PROTECT = django.db.models.deletion.PROTECT


def person(**options: object) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **options)  # type: ignore[arg-type]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("agencies", "0004_new_province_by_code"),
        ("dossiers", "0033_editing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="InternalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=2000)),
                ("at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("agency", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="agencies.agency")),
                ("author", person()),
                ("dossier", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="notes", to="dossiers.dossier")),
                ("mentioned", person(blank=True, null=True, help_text="The colleague who finds it in the work list")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="note_says_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mentioned__isnull", True), models.Q(("mentioned", models.F("author")), _negated=True), _connector="OR"
                        ),
                        name="note_mentions_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seen_at__isnull", True), ("mentioned__isnull", False), _connector="OR"),
                        name="note_seen_by_the_mentioned",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["dossier", "-at", "-id"], name="note_by_dossier"),
                    models.Index(
                        condition=models.Q(("mentioned__isnull", False), ("seen_at__isnull", True)),
                        fields=["mentioned", "-at"],
                        name="note_unseen",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
