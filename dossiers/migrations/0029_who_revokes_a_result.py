"""A signed result is revoked by a named approver of the deciding agency, and the next version names the one before it."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT

KEPT = """
CREATE OR REPLACE FUNCTION dossiers_result_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL AND OLD.document_id IS NOT NULL AND to_jsonb(NEW) - '{%(free)s}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{%(free)s}'::text[] THEN
        RAISE EXCEPTION 'a signed result is revoked, never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_result_kept';
    END IF;
    RETURN NEW;
END $$;
"""
NAMED = """
CREATE FUNCTION dossiers_check_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at, NEW.withdrawn_by_id) IS DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawn_by_id) THEN
        RAISE EXCEPTION 'Kết quả đã thu hồi không được sửa.' USING ERRCODE = 'check_violation', CONSTRAINT = 'result_revoked_once';
    END IF;
    IF OLD.signed_at IS NOT NULL AND OLD.document_id IS NOT NULL AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM accounts_membership m JOIN dossiers_dossier d ON d.id = NEW.dossier_id
        WHERE m.user_id = NEW.withdrawn_by_id AND m.role = 'leader' AND m.agency_id = d.agency_id
        AND (NEW.withdrawn_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN m.valid_from AND coalesce(m.valid_to, 'infinity'::date)
    ) THEN
        RAISE EXCEPTION 'Kết quả đã ký chỉ do người có thẩm quyền của cơ quan giải quyết thu hồi, có ghi tên.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'result_revoked_by_name';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER revoked_by_name BEFORE UPDATE OF withdrawn_at, withdrawn_by_id ON dossiers_result
    FOR EACH ROW EXECUTE FUNCTION dossiers_check_revocation();

CREATE FUNCTION dossiers_check_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE former bigint; number int;
BEGIN
    SELECT id, version INTO former, number FROM dossiers_result WHERE dossier_id = NEW.dossier_id AND signed_at IS NOT NULL ORDER BY version DESC LIMIT 1;
    IF NEW.version <> coalesce(number, 0) + 1 OR NEW.replaces_id IS DISTINCT FROM former THEN
        RAISE EXCEPTION 'Bản kết quả mới phải nối tiếp bản trước.' USING ERRCODE = 'check_violation', CONSTRAINT = 'result_follows_the_former';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER follows_the_former BEFORE INSERT ON dossiers_result FOR EACH ROW EXECUTE FUNCTION dossiers_check_version();
"""
UNDO = """
DROP TRIGGER revoked_by_name ON dossiers_result; DROP FUNCTION dossiers_check_revocation();
DROP TRIGGER follows_the_former ON dossiers_result; DROP FUNCTION dossiers_check_version();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dossiers", "0028_results_signed_elsewhere"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="result",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Whoever revokes a signed result is named (trigger)",
                null=True,
                on_delete=PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(KEPT % {"free": "withdrawn_at,withdrawn_by_id"} + NAMED, UNDO + KEPT % {"free": "withdrawn_at"}),
    ]
