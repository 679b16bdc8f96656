"""The register of an office is bound as a PDF and kept."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT

KEPT = """
CREATE FUNCTION dossiers_check_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.office_id, NEW.first, NEW.last, NEW.lines, NEW.missing, NEW.html, NEW.bound_by_id, NEW.bound_at)
       IS DISTINCT FROM (OLD.office_id, OLD.first, OLD.last, OLD.lines, OLD.missing, OLD.html, OLD.bound_by_id, OLD.bound_at)
       OR (OLD.storage_key <> '' AND (NEW.storage_key, NEW.sha256) IS DISTINCT FROM (OLD.storage_key, OLD.sha256)) THEN
        RAISE EXCEPTION 'Sổ đã lập không được sửa.' USING ERRCODE = 'check_violation', CONSTRAINT = 'register_book_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER book_kept BEFORE UPDATE ON dossiers_registerbook FOR EACH ROW EXECUTE FUNCTION dossiers_check_book();
CREATE TRIGGER append_only BEFORE DELETE ON dossiers_registerbook FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON dossiers_registerbook EXECUTE FUNCTION core_refuse_change();
REVOKE DELETE, TRUNCATE ON dossiers_registerbook FROM portal_web, portal_worker;
"""
UNDO = """
DROP TRIGGER book_kept ON dossiers_registerbook; DROP FUNCTION dossiers_check_book();
DROP TRIGGER append_only ON dossiers_registerbook; DROP TRIGGER append_only_whole ON dossiers_registerbook;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dossiers", "0026_supplements_item_by_item"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="RegisterBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("lines", models.PositiveIntegerField()),
                ("missing", models.JSONField(default=list, help_text="Codes of the year's series that no dossier has")),
                ("html", models.TextField()),
                ("bound_at", models.DateTimeField()),
                ("storage_key", models.CharField(blank=True, help_text="The PDF; empty while it is pending", max_length=120)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("problem", models.CharField(blank=True, help_text="Why no PDF could be made", max_length=300)),
                ("bound_by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("office", models.ForeignKey(on_delete=PROTECT, related_name="+", to="agencies.office")),
            ],
            options={
                "indexes": [models.Index(fields=["office", "-id"], name="register_book_by_office")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("last__gte", models.F("first"))), name="register_period_in_order")
                ],
            },
        ),
        migrations.RunSQL(KEPT, UNDO),
    ]
