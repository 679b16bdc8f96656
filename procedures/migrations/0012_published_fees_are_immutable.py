"""A fee comes from a published set, says what its line said, and afterwards only its end is set, once, by a published set."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION procedures_fee_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text[] := ARRAY['procedure_id', 'code', 'kind', 'name_vi', 'name_en', 'amount_vnd', 'basis', 'tiers', 'cap_vnd', 'channel'];
BEGIN
    IF procedures_is_loading(TG_RELID) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.fee_set_id IS NULL THEN
        -- The first fees of a procedure that was read from the national database, on the day on which its version takes effect.
        IF NEW.code = 'national' AND EXISTS (
            SELECT FROM procedures_nationalrecord r JOIN procedures_procedureversion v ON v.id = r.draft_id
            WHERE v.procedure_id = NEW.procedure_id AND v.state = 'published' AND v.effective_from = NEW.valid_from
        ) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'Mức thu chỉ được ghi từ một bộ mức thu đã công bố.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.ended_by_id IS NOT NULL OR NEW.valid_to IS NOT NULL OR NOT EXISTS (
            SELECT FROM procedures_feeset s JOIN procedures_feechange c ON c.fee_set_id = s.id
            WHERE s.id = NEW.fee_set_id AND s.state = 'published' AND s.effective_from = NEW.valid_from
              AND s.province_id IS NOT DISTINCT FROM NEW.province_id AND s.legal_basis = NEW.legal_basis AND c.action = 'set'
              AND (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(c)) WHERE key = ANY (said))
                = (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (said))
        ) THEN
            RAISE EXCEPTION 'Mức thu chỉ được ghi từ một bộ mức thu đã công bố có mức đó.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.ended_by_id IS NULL AND (OLD.valid_to IS NULL OR NEW.valid_to < OLD.valid_to)
           AND to_jsonb(OLD) - ARRAY['valid_to', 'ended_by_id'] = to_jsonb(NEW) - ARRAY['valid_to', 'ended_by_id']
           AND EXISTS (
                SELECT FROM procedures_feeset s JOIN procedures_feechange c ON c.fee_set_id = s.id
                WHERE s.id = NEW.ended_by_id AND s.state = 'published' AND s.effective_from = NEW.valid_to + 1
                  AND s.province_id IS NOT DISTINCT FROM OLD.province_id
                  AND c.procedure_id = OLD.procedure_id AND c.code = OLD.code AND c.channel = OLD.channel
           ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'Mức thu đã công bố không được sửa hoặc xóa (mức %).', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION procedures_concession_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF procedures_is_loading(TG_RELID) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'Diện miễn, giảm chỉ được ghi khi nạp danh mục.' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION procedures_fee_set_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'Bộ mức thu bắt đầu là bản nháp.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state IN ('published', 'discarded') THEN
        RAISE EXCEPTION 'Bộ mức thu đã công bố hoặc hủy bỏ được giữ nguyên (bộ %).', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'published' AND OLD.state <> 'review' THEN
        RAISE EXCEPTION 'Bộ mức thu chỉ được công bố khi đang chờ duyệt (bộ %).', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.drafted_by_id <> OLD.drafted_by_id OR NEW.created_at <> OLD.created_at OR NEW.province_id IS DISTINCT FROM OLD.province_id THEN
        RAISE EXCEPTION 'Người soạn và nơi áp dụng của bộ mức thu không được đổi (bộ %).', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION procedures_fee_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_set bigint;
BEGIN
    -- The lock keeps a line from slipping in while the set is being submitted.
    FOREACH the_set IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.fee_set_id] WHEN 'DELETE' THEN ARRAY[OLD.fee_set_id] ELSE ARRAY[OLD.fee_set_id, NEW.fee_set_id] END
    LOOP
        PERFORM FROM procedures_feeset WHERE id = the_set AND state = 'draft' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Chỉ bộ mức thu đang soạn mới sửa được (bộ %).', the_set USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER published_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON procedures_feerule
    FOR EACH ROW EXECUTE FUNCTION procedures_fee_guard();
CREATE TRIGGER published_is_immutable BEFORE INSERT OR UPDATE OR DELETE ON procedures_feeconcession
    FOR EACH ROW EXECUTE FUNCTION procedures_concession_guard();
CREATE TRIGGER stays_on_record BEFORE INSERT OR UPDATE OR DELETE ON procedures_feeset
    FOR EACH ROW EXECUTE FUNCTION procedures_fee_set_guard();
CREATE TRIGGER only_in_drafts BEFORE INSERT OR UPDATE OR DELETE ON procedures_feechange
    FOR EACH ROW EXECUTE FUNCTION procedures_fee_change_guard();
"""

REVERSE = """
DROP TRIGGER only_in_drafts ON procedures_feechange;
DROP TRIGGER stays_on_record ON procedures_feeset;
DROP TRIGGER published_is_immutable ON procedures_feeconcession;
DROP TRIGGER published_is_immutable ON procedures_feerule;
DROP FUNCTION procedures_fee_change_guard();
DROP FUNCTION procedures_fee_set_guard();
DROP FUNCTION procedures_concession_guard();
DROP FUNCTION procedures_fee_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0011_fee_sets")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
