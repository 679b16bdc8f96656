"""A rule comes from a published set, says what its change said, and afterwards only its end is set, once, by a published set."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION procedures_rule_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_set procedures_ruleset%ROWTYPE;
    own_columns text[] := ARRAY['id', 'version', 'valid_from', 'replaces_id', 'rule_set_id', 'ended_by_id', 'action', 'target_id'];
BEGIN
    IF procedures_is_loading(TG_RELID) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO the_set FROM procedures_ruleset WHERE id = NEW.rule_set_id AND state = 'published' AND effective_from = NEW.valid_from;
        IF NOT FOUND OR NEW.ended_by_id IS NOT NULL OR NOT EXISTS (
            SELECT FROM procedures_rulechange c
            WHERE c.rule_set_id = NEW.rule_set_id AND c.action <> 'end' AND c.target_id IS NOT DISTINCT FROM NEW.replaces_id
              AND to_jsonb(c) - own_columns = to_jsonb(NEW) - own_columns
        ) THEN
            RAISE EXCEPTION 'A competence rule comes only from a published rule set that contains it.' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.version <> coalesce((SELECT version FROM procedures_competencerule WHERE id = NEW.replaces_id), 0) + 1 THEN
            RAISE EXCEPTION 'A rule that replaces another has the next version.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT * INTO the_set FROM procedures_ruleset WHERE id = NEW.ended_by_id AND state = 'published' AND effective_from = NEW.valid_to + 1;
        IF FOUND AND OLD.ended_by_id IS NULL AND (OLD.valid_to IS NULL OR NEW.valid_to < OLD.valid_to)
           AND to_jsonb(OLD) - ARRAY['valid_to', 'ended_by_id'] = to_jsonb(NEW) - ARRAY['valid_to', 'ended_by_id']
           AND EXISTS (SELECT FROM procedures_rulechange WHERE rule_set_id = NEW.ended_by_id AND target_id = NEW.id) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'A published competence rule cannot be changed or deleted (rule %).', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION procedures_rule_set_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('published', 'discarded') THEN
        RAISE EXCEPTION 'A rule set stays on record as it was (set %).', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'published' AND OLD.state <> 'review' THEN
        RAISE EXCEPTION 'A rule set is published from review only (set %).', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.drafted_by_id <> OLD.drafted_by_id OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'Who drafted a rule set cannot be changed (set %).', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION procedures_rule_set_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'A rule set begins as a draft.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION procedures_rule_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_set bigint;
BEGIN
    -- The lock keeps a change from slipping in while the set is being submitted.
    FOREACH the_set IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.rule_set_id] WHEN 'DELETE' THEN ARRAY[OLD.rule_set_id] ELSE ARRAY[OLD.rule_set_id, NEW.rule_set_id] END
    LOOP
        PERFORM FROM procedures_ruleset WHERE id = the_set AND state = 'draft' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Only a draft rule set can be edited (set %).', the_set USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION procedures_delegation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text[] := ARRAY['valid_to', 'ended_by_id', 'ended_at'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.valid_to < OLD.valid_to
       AND to_jsonb(OLD) - changed = to_jsonb(NEW) - changed THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A delegation can only be ended early, once (delegation %).', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER published_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON procedures_competencerule
    FOR EACH ROW EXECUTE FUNCTION procedures_rule_guard();
CREATE TRIGGER begins_as_draft BEFORE INSERT ON procedures_ruleset
    FOR EACH ROW EXECUTE FUNCTION procedures_rule_set_begins();
CREATE TRIGGER stays_on_record BEFORE UPDATE OR DELETE ON procedures_ruleset
    FOR EACH ROW EXECUTE FUNCTION procedures_rule_set_guard();
CREATE TRIGGER only_in_drafts BEFORE INSERT OR UPDATE OR DELETE ON procedures_rulechange
    FOR EACH ROW EXECUTE FUNCTION procedures_rule_change_guard();
CREATE TRIGGER stays_on_record BEFORE UPDATE OR DELETE ON procedures_delegation
    FOR EACH ROW EXECUTE FUNCTION procedures_delegation_guard();
"""

REVERSE = """
DROP TRIGGER stays_on_record ON procedures_delegation;
DROP TRIGGER only_in_drafts ON procedures_rulechange;
DROP TRIGGER stays_on_record ON procedures_ruleset;
DROP TRIGGER begins_as_draft ON procedures_ruleset;
DROP TRIGGER published_is_immutable ON procedures_competencerule;
DROP FUNCTION procedures_delegation_guard();
DROP FUNCTION procedures_rule_change_guard();
DROP FUNCTION procedures_rule_set_begins();
DROP FUNCTION procedures_rule_set_guard();
DROP FUNCTION procedures_rule_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0005_competence_registry")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
