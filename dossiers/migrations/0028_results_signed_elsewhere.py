"""A result that was signed elsewhere carries the proof that its signatures held."""

from typing import ClassVar

from django.db import migrations, models

PROVED = """
CREATE FUNCTION dossiers_check_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.upload_key <> '' AND (
        NEW.upload_signature ->> 'sha256' IS DISTINCT FROM NEW.upload_sha256
        OR coalesce(jsonb_array_length(NEW.upload_signature -> 'signatures'), 0) = 0
    ) THEN
        RAISE EXCEPTION 'Kết quả ký ở nơi khác phải kèm kết quả kiểm tra chữ ký số.' USING ERRCODE = 'check_violation', CONSTRAINT = 'upload_is_proved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER upload_proved BEFORE INSERT OR UPDATE OF upload_key, upload_sha256, upload_signature ON dossiers_result
    FOR EACH ROW EXECUTE FUNCTION dossiers_check_upload();
"""
UNDO = "DROP TRIGGER upload_proved ON dossiers_result; DROP FUNCTION dossiers_check_upload();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0027_register_books")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="result",
            name="upload_signature",
            field=models.JSONField(
                db_default={}, default=dict, help_text="Who signed the uploaded file elsewhere, and when that was checked (trigger)"
            ),
        ),
        migrations.RunSQL(PROVED, UNDO),
    ]
