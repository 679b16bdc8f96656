"""A second request needs a supervisor and a reason; an item may name a field of the declaration, whose former answer stays on record."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT

GUARDS = """
CREATE FUNCTION dossiers_check_permit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM accounts_membership m WHERE m.user_id = NEW.given_by_id AND m.role = 'supervisor'
        AND (NEW.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN m.valid_from AND coalesce(m.valid_to, 'infinity'::date)
    ) THEN
        RAISE EXCEPTION 'Chỉ người giám sát được cho phép yêu cầu bổ sung lần nữa.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_given_by_supervisor';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER permit_given BEFORE INSERT ON dossiers_supplementpermit FOR EACH ROW EXECUTE FUNCTION dossiers_check_permit();

CREATE FUNCTION dossiers_check_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE accepted timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.dossier_id, NEW.asked_by_id, NEW.asked_at, NEW.permit_id) IS DISTINCT FROM (OLD.dossier_id, OLD.asked_by_id, OLD.asked_at, OLD.permit_id) THEN
            RAISE EXCEPTION 'Phiếu yêu cầu bổ sung đã phát hành không được sửa.' USING ERRCODE = 'check_violation', CONSTRAINT = 'supplement_request_kept';
        END IF;
        RETURN NEW;
    END IF;
    SELECT accepted_at INTO accepted FROM dossiers_dossier WHERE id = NEW.dossier_id;
    IF EXISTS (SELECT 1 FROM dossiers_supplementrequest r WHERE r.dossier_id = NEW.dossier_id AND (accepted IS NULL OR r.asked_at >= accepted))
       AND NOT EXISTS (SELECT 1 FROM dossiers_supplementpermit p WHERE p.id = NEW.permit_id AND p.dossier_id = NEW.dossier_id AND p.given_by_id <> NEW.asked_by_id)
    THEN
        RAISE EXCEPTION 'Đã yêu cầu bổ sung một lần; lần nữa phải có người giám sát cho phép và lý do.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'second_request_permitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER request_once BEFORE INSERT OR UPDATE ON dossiers_supplementrequest FOR EACH ROW EXECUTE FUNCTION dossiers_check_request();

CREATE FUNCTION dossiers_check_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.content IS DISTINCT FROM OLD.content
       AND NOT EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = NEW.dossier_id AND d.state = 'supplement_requested') THEN
        RAISE EXCEPTION 'Nội dung kê khai chỉ được sửa khi cơ quan đang yêu cầu bổ sung.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'answers_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answers_kept BEFORE UPDATE ON dossiers_answers FOR EACH ROW EXECUTE FUNCTION dossiers_check_answers();
"""

KEPT = "\n".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();\n"
    f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();\n"
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM portal_web, portal_worker;"
    for table in ("dossiers_supplementpermit", "dossiers_answerchange")
)

WALL = """
ALTER TABLE dossiers_answerchange ENABLE ROW LEVEL SECURITY;
ALTER TABLE dossiers_answerchange FORCE ROW LEVEL SECURITY;
CREATE POLICY web_reads ON dossiers_answerchange FOR SELECT TO portal_web USING (dossiers_may_read(dossier_id));
CREATE POLICY web_adds ON dossiers_answerchange FOR INSERT TO portal_web WITH CHECK (app_id('app.user') IS NOT NULL);
CREATE POLICY worker_works ON dossiers_answerchange TO portal_worker USING (true) WITH CHECK (true);
"""

UNDO = """
DROP TRIGGER answers_kept ON dossiers_answers; DROP FUNCTION dossiers_check_answers();
DROP TRIGGER request_once ON dossiers_supplementrequest; DROP FUNCTION dossiers_check_request();
DROP TRIGGER permit_given ON dossiers_supplementpermit; DROP FUNCTION dossiers_check_permit();
DROP TRIGGER append_only ON dossiers_supplementpermit; DROP TRIGGER append_only_whole ON dossiers_supplementpermit;
DROP TRIGGER append_only ON dossiers_answerchange; DROP TRIGGER append_only_whole ON dossiers_answerchange;
DROP POLICY web_reads ON dossiers_answerchange; DROP POLICY web_adds ON dossiers_answerchange; DROP POLICY worker_works ON dossiers_answerchange;
ALTER TABLE dossiers_answerchange DISABLE ROW LEVEL SECURITY; ALTER TABLE dossiers_answerchange NO FORCE ROW LEVEL SECURITY;
"""


def ref(to: str, related_name: str = "+", **options: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name=related_name, to=to, **options)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dossiers", "0025_matters"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SupplementPermit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("dossier", ref("dossiers.dossier", "supplement_permits")),
                ("given_by", ref(settings.AUTH_USER_MODEL)),
                ("office", ref("agencies.office", blank=True, db_index=False, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="supplement_permit_has_reason")
                ]
            },
        ),
        migrations.AddField(
            model_name="supplementitem", name="field_key", field=models.CharField(blank=True, db_default="", default="", max_length=60)
        ),
        migrations.AddField(
            model_name="supplementrequest",
            name="permit",
            field=models.OneToOneField(blank=True, null=True, on_delete=PROTECT, related_name="request", to="dossiers.supplementpermit"),
        ),
        migrations.CreateModel(
            name="AnswerChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field_key", models.CharField(max_length=60)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
                ("changed_by", ref(settings.AUTH_USER_MODEL, blank=True, null=True)),
                ("dossier", ref("dossiers.dossier", "answer_changes")),
                ("request", ref("dossiers.supplementrequest", "changes")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("request", "field_key"), name="answer_changed_once_per_request")]},
        ),
        migrations.RunSQL(GUARDS + KEPT + WALL, UNDO),
    ]
