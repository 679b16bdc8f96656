"""Linked procedures under one matter: its dossiers, what waits for an earlier result, and what the one form gave for it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT

RULES = """
CREATE FUNCTION dossiers_matter_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.secret_issue := greatest(NEW.secret_issue, OLD.secret_issue);
    IF (to_jsonb(NEW) - 'secret_issue') <> (to_jsonb(OLD) - 'secret_issue') THEN
        RAISE EXCEPTION 'việc liên thông % không đổi người nộp, mã và nội dung', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_never_changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matter_fixed BEFORE UPDATE ON dossiers_matter FOR EACH ROW EXECUTE FUNCTION dossiers_matter_is_fixed();

CREATE FUNCTION dossiers_check_matter_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE belongs boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.state = 'started' OR (NEW.matter_id, NEW.seq, NEW.version_id, NEW.after_id)
            IS DISTINCT FROM (OLD.matter_id, OLD.seq, OLD.version_id, OLD.after_id)) THEN
        RAISE EXCEPTION 'bước % của việc liên thông đã bắt đầu hoặc không được đổi', OLD.seq
            USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_step_starts_once';
    END IF;
    IF NEW.dossier_id IS NOT NULL THEN
        SELECT d.applicant_id IS NOT DISTINCT FROM m.applicant_id AND d.procedure_id = v.procedure_id INTO belongs
            FROM dossiers_matter m, dossiers_dossier d, procedures_procedureversion v
            WHERE m.id = NEW.matter_id AND d.id = NEW.dossier_id AND v.id = NEW.version_id;
        IF belongs IS NOT TRUE THEN
            RAISE EXCEPTION 'hồ sơ không cùng người nộp hoặc thủ tục với việc liên thông'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_of_one_applicant';
        END IF;
    END IF;
    IF NEW.after_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM dossiers_matterstep b WHERE b.id = NEW.after_id AND b.matter_id = NEW.matter_id AND b.seq < NEW.seq) THEN
        RAISE EXCEPTION 'bước % phải chờ một bước trước của cùng việc liên thông', NEW.seq
            USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_step_follows_its_own';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matter_step BEFORE INSERT OR UPDATE ON dossiers_matterstep FOR EACH ROW EXECUTE FUNCTION dossiers_check_matter_step();

CREATE TRIGGER matter_kept BEFORE DELETE ON dossiers_matter FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER matter_kept_whole BEFORE TRUNCATE ON dossiers_matter EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER matter_step_kept BEFORE DELETE ON dossiers_matterstep FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER matter_step_kept_whole BEFORE TRUNCATE ON dossiers_matterstep EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dossiers_preparedstep FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON dossiers_preparedstep EXECUTE FUNCTION core_refuse_change();
REVOKE DELETE, TRUNCATE ON dossiers_matter, dossiers_matterstep FROM portal_web, portal_worker;
REVOKE UPDATE, DELETE, TRUNCATE ON dossiers_preparedstep FROM portal_web, portal_worker;
"""

WALL = """
CREATE FUNCTION dossiers_may_read_prepared(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM dossiers_matterstep s JOIN dossiers_matter m ON m.id = s.matter_id
        WHERE s.id = wanted AND s.state <> 'started' AND (
            m.applicant_id = app_id('app.user') OR m.filed_by_id = app_id('app.user') OR m.office_id = ANY(app_ids('app.offices'))
        )) $$;
ALTER TABLE dossiers_preparedstep ENABLE ROW LEVEL SECURITY;
ALTER TABLE dossiers_preparedstep FORCE ROW LEVEL SECURITY;
CREATE POLICY web_reads ON dossiers_preparedstep FOR SELECT TO portal_web USING (dossiers_may_read_prepared(step_id));
CREATE POLICY web_adds ON dossiers_preparedstep FOR INSERT TO portal_web WITH CHECK (app_id('app.user') IS NOT NULL);
CREATE POLICY worker_works ON dossiers_preparedstep TO portal_worker USING (true) WITH CHECK (true);
"""

UNDO = """
DROP POLICY web_reads ON dossiers_preparedstep; DROP POLICY web_adds ON dossiers_preparedstep; DROP POLICY worker_works ON dossiers_preparedstep;
DROP FUNCTION dossiers_may_read_prepared(bigint);
DROP TRIGGER matter_fixed ON dossiers_matter; DROP TRIGGER matter_step ON dossiers_matterstep;
DROP FUNCTION dossiers_matter_is_fixed(); DROP FUNCTION dossiers_check_matter_step();
"""


def person(**options: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **options)


def link(to: str, **options: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, to=to, **({"related_name": "+"} | options))


CHANNELS = [("direct", "At a counter"), ("online", "Online"), ("postal", "By post")]
STATES = [("waiting", "Waits for an earlier result"), ("started", "Started"), ("not_started", "Not started")]
REASONS = [
    ("not_received", "the dossier before it was not received"),
    ("refused", "the dossier before it was decided against"),
    ("withdrawn", "the dossier before it was withdrawn"),
    ("stopped", "handling of the dossier before it was stopped"),
    ("not_before", "the dossier before it was not started"),
    ("ended", "its procedure can no longer be filed"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0024_unpaid_dossiers_end"),
        ("procedures", "0013_what_linked_procedures_take_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=54, unique=True)),
                ("version", link("procedures.procedureversion", help_text="The linked procedure, which gives the title")),
                ("channel", models.CharField(choices=CHANNELS, max_length=8)),
                ("office", link("agencies.office")),
                ("filed_by", person(help_text="The account that filed: citizen or clerk")),
                ("applicant", person(blank=True, null=True)),
                ("owner_name", models.CharField(max_length=200)),
                ("filed_at", models.DateTimeField()),
                ("submit_token", models.UUIDField(unique=True)),
                ("secret_issue", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("code__startswith", "LT-")), name="matter_code_is_marked")],
            },
        ),
        migrations.CreateModel(
            name="MatterStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("matter", link("dossiers.matter", related_name="steps")),
                ("seq", models.PositiveSmallIntegerField()),
                ("version", link("procedures.procedureversion")),
                ("case", link("procedures.procedurecase")),
                ("office", link("agencies.office", help_text="The counter whose series gives the code")),
                (
                    "after",
                    link("dossiers.matterstep", related_name="followers", blank=True, null=True, help_text="Whose result it waits for"),
                ),
                ("state", models.CharField(choices=STATES, max_length=11)),
                ("reason", models.CharField(blank=True, choices=REASONS, help_text="Why it was not started", max_length=12)),
                (
                    "dossier",
                    models.OneToOneField(blank=True, null=True, on_delete=PROTECT, related_name="matter_step", to="dossiers.dossier"),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("matter", "seq"), name="matter_step_once", violation_error_message="This matter has this step already."
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="started", dossier__isnull=False, reason="")
                        | models.Q(state="waiting", dossier__isnull=True, reason="", after__isnull=False)
                        | (models.Q(state="not_started", dossier__isnull=True, after__isnull=False) & ~models.Q(reason="")),
                        name="matter_step_is_what_it_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PreparedStep",
            fields=[
                (
                    "step",
                    models.OneToOneField(
                        on_delete=PROTECT, primary_key=True, related_name="prepared", serialize=False, to="dossiers.matterstep"
                    ),
                ),
                ("answers", models.JSONField()),
                ("parties", models.JSONField()),
                ("papers", models.JSONField()),
                ("from_result", models.JSONField(help_text="Answers and components that the earlier result gives")),
                ("exemption", models.CharField(blank=True, max_length=40)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("email", models.EmailField(blank=True, max_length=254)),
            ],
        ),
        migrations.RunSQL(RULES + WALL, UNDO),
    ]
