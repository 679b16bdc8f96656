"""What the tables cannot state as constraints: legal steps, append-only rows, whole hash chains, no deletion."""

from django.db import migrations

from dossiers.lifecycle import ALLOWED_PAIRS

PAIRS = ",".join(f"('{source or ''}','{target}')" for source, target in sorted((s or "", t) for s, t in ALLOWED_PAIRS))

STEPS = f"""
CREATE TABLE dossiers_allowed_step (from_state text NOT NULL, to_state text NOT NULL, PRIMARY KEY (from_state, to_state));
INSERT INTO dossiers_allowed_step VALUES {PAIRS};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON dossiers_allowed_step FROM portal_web, portal_worker;

CREATE FUNCTION dossiers_check_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM dossiers_allowed_step WHERE from_state = '' AND to_state = NEW.state) THEN
            RAISE EXCEPTION 'a dossier cannot be born as %', NEW.state USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_step_allowed';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.code <> OLD.code OR NEW.submit_token <> OLD.submit_token OR NEW.version_id <> OLD.version_id OR NEW.filed_at <> OLD.filed_at THEN
        RAISE EXCEPTION 'code, token, version and filing time of a dossier never change' USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_identity_fixed';
    END IF;
    IF NEW.state <> OLD.state OR NEW.state_version <> OLD.state_version THEN
        IF NEW.state_version <> OLD.state_version + 1 THEN
            RAISE EXCEPTION 'state of % must be raised by one version', OLD.code USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_version_step';
        END IF;
        IF NEW.event_seq <> OLD.event_seq + 1 THEN
            RAISE EXCEPTION 'every step of % leaves one event', OLD.code USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_step_has_event';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM dossiers_allowed_step WHERE from_state = OLD.state AND to_state = NEW.state) THEN
            RAISE EXCEPTION 'a dossier cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_step_allowed';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dossier_step BEFORE INSERT OR UPDATE ON dossiers_dossier FOR EACH ROW EXECUTE FUNCTION dossiers_check_step();

CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: rows are kept for ever', TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER dossier_kept BEFORE DELETE ON dossiers_dossier FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER dossier_kept_whole BEFORE TRUNCATE ON dossiers_dossier EXECUTE FUNCTION core_refuse_change();
"""

APPEND_ONLY = (
    "dossiers_event",
    "dossiers_clockrecord",
    "dossiers_routedecision",
    "dossiers_party",
    "dossiers_handover",
    "dossiers_refusedcollection",
)
GUARDS = "\n".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();\n"
    f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION core_refuse_change();\n"
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM portal_web, portal_worker;"
    for table in APPEND_ONLY
)

CHAIN = """
CREATE FUNCTION dossiers_check_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_hash text;
BEGIN
    SELECT hash INTO last_hash FROM dossiers_event WHERE dossier_id = NEW.dossier_id AND seq = NEW.seq - 1;
    IF NEW.seq > 1 AND last_hash IS NULL THEN
        RAISE EXCEPTION 'event % of dossier % has no predecessor', NEW.seq, NEW.dossier_id USING ERRCODE = 'check_violation', CONSTRAINT = 'event_chain_whole';
    END IF;
    IF NEW.previous_hash <> coalesce(last_hash, '') OR NEW.hash <> encode(sha256(convert_to(NEW.previous_hash || E'\\n' || NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'event % of dossier % breaks the hash chain', NEW.seq, NEW.dossier_id USING ERRCODE = 'check_violation', CONSTRAINT = 'event_chain_whole';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER event_chain BEFORE INSERT ON dossiers_event FOR EACH ROW EXECUTE FUNCTION dossiers_check_chain();
"""

UNDO = (
    """
DROP TRIGGER event_chain ON dossiers_event; DROP FUNCTION dossiers_check_chain();
DROP TRIGGER dossier_step ON dossiers_dossier; DROP TRIGGER dossier_kept ON dossiers_dossier; DROP TRIGGER dossier_kept_whole ON dossiers_dossier;
DROP FUNCTION dossiers_check_step(); DROP TABLE dossiers_allowed_step;
"""
    + "\n".join(
        f"DROP TRIGGER append_only ON {t}; DROP TRIGGER append_only_whole ON {t}; GRANT UPDATE, DELETE ON {t} TO portal_web, portal_worker;"
        for t in APPEND_ONLY
    )
    + "\nDROP FUNCTION core_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]
    operations = [migrations.RunSQL(STEPS + GUARDS + CHAIN, UNDO)]
