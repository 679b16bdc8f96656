"""The whole table of steps stands in the database: verbs, states and what each step does to the clock.

A dossier that changes without an event of a step in the table, an event without its dossier, and a clock entry that the
step does not have are refused, whoever writes. Messages are for the people who read the log; the constraint names are for tests.
"""

from django.db import migrations, models

from dossiers.steptable import refill

TABLE = """
CREATE TABLE dossiers_step (
    verb text NOT NULL, from_state text NOT NULL, came_from text NOT NULL, to_state text NOT NULL, clock text NOT NULL, entries text[] NOT NULL,
    PRIMARY KEY (verb, from_state, came_from)
);
CREATE INDEX dossiers_step_pair ON dossiers_step (from_state, to_state);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON dossiers_step FROM portal_web, portal_worker;
"""
ONE_TABLE = """
DROP TABLE dossiers_allowed_step;
CREATE VIEW dossiers_allowed_step AS SELECT from_state, to_state FROM dossiers_step;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON dossiers_allowed_step FROM portal_web, portal_worker;
"""
TWO_TABLES = """
DROP VIEW dossiers_allowed_step;
CREATE TABLE dossiers_allowed_step (from_state text NOT NULL, to_state text NOT NULL, PRIMARY KEY (from_state, to_state));
INSERT INTO dossiers_allowed_step SELECT DISTINCT from_state, to_state FROM dossiers_step;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON dossiers_allowed_step FROM portal_web, portal_worker;
"""

# Entries written before they named their step: the n-th entry of a kind at an instant is that of the n-th step then that may write one.
NAME_THE_STEPS = """
ALTER TABLE dossiers_clockrecord DISABLE TRIGGER append_only;
WITH written AS (
    SELECT id, dossier_id, kind, at, row_number() OVER (PARTITION BY dossier_id, kind, at ORDER BY seq) AS place FROM dossiers_clockrecord)
, able AS (
    SELECT e.dossier_id, kind, e.at, e.seq, row_number() OVER (PARTITION BY e.dossier_id, kind, e.at ORDER BY e.seq) AS place
    FROM dossiers_event e JOIN (SELECT DISTINCT verb, from_state, to_state, unnest(entries) AS kind FROM dossiers_step) s
        USING (verb, from_state, to_state))
UPDATE dossiers_clockrecord c SET event_seq = a.seq
FROM written w JOIN able a USING (dossier_id, kind, at, place) WHERE c.id = w.id;
ALTER TABLE dossiers_clockrecord ENABLE TRIGGER append_only;
"""

TRIGGERS = """
CREATE FUNCTION dossiers_entry_fits(step dossiers_step, of_dossier bigint, number integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    written text := (SELECT kind FROM dossiers_clockrecord WHERE dossier_id = of_dossier AND event_seq = number);
    before text;
BEGIN
    IF step.clock = 'none' THEN
        RETURN written IS NULL;
    END IF;
    IF step.clock = 'start' THEN
        RETURN written IS NOT NULL AND written = ANY (step.entries);
    END IF;
    SELECT kind INTO before FROM dossiers_clockrecord
    WHERE dossier_id = of_dossier AND (event_seq IS NULL OR event_seq < number) ORDER BY seq DESC LIMIT 1;
    IF step.clock = 'receive' THEN
        RETURN written IS NOT DISTINCT FROM CASE before WHEN 'transfer' THEN 'start' END;
    END IF;
    RETURN written IS NOT DISTINCT FROM CASE WHEN before IS NOT NULL THEN step.clock END;
END $$;

CREATE FUNCTION dossiers_check_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told dossiers_event;
    step dossiers_step;
    before text := '';
    origin text := '';
    number integer := 1;
    waits_from text := NEW.came_from;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.state;
        origin := OLD.came_from;
        number := OLD.event_seq + 1;
        waits_from := CASE WHEN OLD.state <> NEW.state AND NEW.state IN ('supplement_requested', 'payment_required') THEN OLD.state ELSE OLD.came_from END;
    END IF;
    SELECT * INTO told FROM dossiers_event WHERE dossier_id = NEW.id AND seq = NEW.event_seq;
    IF told.id IS NULL OR NEW.event_seq <> number OR told.hash <> NEW.chain_head OR told.from_state <> before OR told.to_state <> NEW.state THEN
        RAISE EXCEPTION 'Hồ sơ % đổi trạng thái mà không có sự kiện tương ứng.', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_step_has_event';
    END IF;
    SELECT * INTO step FROM dossiers_step s
    WHERE s.verb = told.verb AND s.from_state = before AND s.to_state = NEW.state AND s.came_from IN ('', origin);
    IF step.verb IS NULL THEN
        RAISE EXCEPTION 'Hồ sơ %: không có bước "%" từ "%" đến "%".', NEW.code, told.verb, before, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_step_allowed';
    END IF;
    IF NEW.came_from <> waits_from THEN
        RAISE EXCEPTION 'Hồ sơ %: nơi quay lại sau khi chờ phải là trạng thái trước đó.', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_wait_goes_back';
    END IF;
    IF NOT dossiers_entry_fits(step, NEW.id, NEW.event_seq) THEN
        RAISE EXCEPTION 'Hồ sơ %: bước "%" phải ghi vào sổ thời hạn đúng như bảng các bước ("%").', NEW.code, told.verb, step.clock
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clock_follows_step';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER dossier_born_told AFTER INSERT ON dossiers_dossier DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dossiers_check_told();
CREATE CONSTRAINT TRIGGER dossier_step_told AFTER UPDATE ON dossiers_dossier DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.state, OLD.state_version, OLD.event_seq, OLD.chain_head, OLD.came_from)
        IS DISTINCT FROM (NEW.state, NEW.state_version, NEW.event_seq, NEW.chain_head, NEW.came_from))
    EXECUTE FUNCTION dossiers_check_told();

CREATE FUNCTION dossiers_check_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT e.verb, e.from_state, e.to_state, e.dossier_id, e.seq INTO wrong FROM added e
    WHERE NOT EXISTS (SELECT FROM dossiers_step s WHERE s.verb = e.verb AND s.from_state = e.from_state AND s.to_state = e.to_state) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Không có bước "%" từ "%" đến "%" (sự kiện % của hồ sơ %).', wrong.verb, wrong.from_state, wrong.to_state, wrong.seq, wrong.dossier_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_step_allowed';
    END IF;
    SELECT e.dossier_id, e.seq INTO wrong FROM added e JOIN dossiers_dossier d ON d.id = e.dossier_id
    WHERE (e.seq, e.hash, e.to_state) IS DISTINCT FROM (d.event_seq, d.chain_head, d.state) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Sự kiện % không phải là bước vừa thực hiện của hồ sơ %.', wrong.seq, wrong.dossier_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_tells_a_step';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER event_steps AFTER INSERT ON dossiers_event REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION dossiers_check_events();

CREATE FUNCTION dossiers_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM dossiers_event e
        JOIN dossiers_step s ON s.verb = e.verb AND s.from_state = e.from_state AND s.to_state = e.to_state
        WHERE e.dossier_id = NEW.dossier_id AND e.seq = NEW.event_seq AND e.at = NEW.at AND dossiers_entry_fits(s, NEW.dossier_id, NEW.event_seq)
    ) THEN
        RAISE EXCEPTION 'Sổ thời hạn của hồ sơ %: không có bước nào ghi mục "%" này.', NEW.dossier_id, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clock_entry_has_step';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER clock_entry_told AFTER INSERT ON dossiers_clockrecord DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dossiers_check_entry();
"""
NO_TRIGGERS = """
DROP TRIGGER dossier_born_told ON dossiers_dossier; DROP TRIGGER dossier_step_told ON dossiers_dossier;
DROP TRIGGER event_steps ON dossiers_event; DROP TRIGGER clock_entry_told ON dossiers_clockrecord;
DROP FUNCTION dossiers_check_told(); DROP FUNCTION dossiers_check_events(); DROP FUNCTION dossiers_check_entry();
DROP FUNCTION dossiers_entry_fits(dossiers_step, bigint, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0020_prints_and_form_sets")]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE dossiers_step"),
        migrations.RunPython(refill, migrations.RunPython.noop),
        migrations.RunSQL(ONE_TABLE, TWO_TABLES),
        migrations.AddField(
            model_name="clockrecord",
            name="event_seq",
            field=models.PositiveIntegerField(null=True, help_text="Number of the event of the step that wrote it"),
        ),
        migrations.RunSQL(NAME_THE_STEPS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="clockrecord",
            constraint=models.UniqueConstraint(fields=("dossier", "event_seq"), name="clock_entry_once_a_step"),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
