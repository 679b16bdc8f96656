-- {count} dossiers, filed during the 120 days before {at}. pick(i, salt, n) is a number below n that depends on i only.
CREATE FUNCTION pg_temp.pick(i bigint, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT (((hashint8extended(i, salt) & 2147483647) * n) >> 31)::int $$;

CREATE TEMP TABLE bench_agency ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY kind <> 'commune_committee', id) - 1 AS n, id FROM agencies_agency;

CREATE TEMP TABLE bench_office ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, code FROM agencies_office;

CREATE TEMP TABLE bench_procedure ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY p.code <> '1.004873', p.id) - 1 AS n, p.id AS procedure_id, v.id AS version_id, c.id AS case_id,
    (SELECT r.id FROM procedures_resulttype r WHERE r.version_id = v.id ORDER BY r.outcome <> 'grant', r.id LIMIT 1) AS result_type
FROM procedures_procedure p
JOIN LATERAL (SELECT id FROM procedures_procedureversion WHERE procedure_id = p.id AND state = 'published' ORDER BY id DESC LIMIT 1) v ON true
JOIN LATERAL (SELECT id FROM procedures_procedurecase WHERE version_id = v.id AND is_default) c ON true;

CREATE UNIQUE INDEX ON bench_agency (n);

CREATE UNIQUE INDEX ON bench_office (n);

CREATE UNIQUE INDEX ON bench_procedure (n);

ANALYZE bench_agency, bench_office, bench_procedure, bench_name, bench_life, bench_step;

INSERT INTO accounts_user (username, full_name, email, kind, is_active, is_superuser, password, date_joined)
SELECT 'bench.citizen.' || i, name, '', 'citizen', true, false, '!', {at}
FROM generate_series(1, {count} / 10) i JOIN bench_name ON n = pg_temp.pick(i, 1, 7000);

CREATE TEMP TABLE bench_citizen ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM accounts_user WHERE username LIKE 'bench.citizen.%';

CREATE UNIQUE INDEX ON bench_citizen (n);

ANALYZE bench_citizen;

CREATE TEMP TABLE bench_case ON COMMIT DROP AS
SELECT i AS id, a.id AS agency_id, o.id AS office_id, o.code AS office_code, p.procedure_id, p.version_id, p.case_id, p.result_type,
    w.name, w.key, l.state, l.steps, c.id AS applicant_id,
    {at}::timestamptz - interval '1 hour' - make_interval(mins => pg_temp.pick(i, 2, 120 * 1440)) AS filed_at,
    1 + pg_temp.pick(i, 3, 30) AS days
FROM generate_series(1, {count}) i
JOIN bench_agency a ON a.n = CASE WHEN i % 60 = 0 THEN 0
    ELSE 1 + floor(((SELECT count(*) FROM bench_agency) - 1) * power(pg_temp.pick(i, 4, 1000000) / 1000000.0, 2.5)) END
JOIN bench_office o ON o.n = pg_temp.pick(i, 5, (SELECT count(*)::int FROM bench_office))
JOIN bench_procedure p ON p.n = CASE WHEN pg_temp.pick(i, 6, 100) < 40 THEN 0 ELSE pg_temp.pick(i, 7, (SELECT count(*)::int FROM bench_procedure)) END
JOIN bench_name w ON w.n = CASE WHEN i % 60 = 0 AND i <= 2400 THEN 0 ELSE 1 + pg_temp.pick(i, 9, 7000) END
JOIN bench_life l ON l.n = pg_temp.pick(i, 10, 100)
LEFT JOIN bench_citizen c ON pg_temp.pick(i, 11, 10) < 3 AND c.n = pg_temp.pick(i, 12, {count} / 10);

CREATE UNIQUE INDEX ON bench_case (id);

ANALYZE bench_case;

INSERT INTO dossiers_dossier (id, code, channel, state, came_from, state_version, event_seq, chain_head, routing, acceptance, owner_name, owner_key,
    hops, extensions, filed_at, accepted_at, answer_due_at, due_at, first_due_at, finished_at, returned_at, submit_token, secret_issue, phone, email,
    in_call_list, remote_id, agency_id, applicant_id, assigned_to_id, case_id, filed_by_id, procedure_id, receiving_office_id, returning_office_id,
    version_id)
SELECT d.id, d.office_code || '-' || to_char(d.filed_at, 'YYMMDD') || '-' || lpad(d.id::text, 6, '0'),
    CASE WHEN d.state IN ('awaiting_reception', 'refused') THEN 'online' ELSE 'direct' END, d.state, '', d.steps, d.steps,
    encode(sha256((d.id || '/' || d.steps)::bytea), 'hex'), CASE d.state WHEN 'accepted' THEN 'pending' ELSE 'routed' END,
    CASE WHEN d.state IN ('awaiting_reception', 'refused') THEN 'agency' ELSE 'counter' END, d.name, d.key, 0, 0, d.filed_at,
    CASE WHEN d.state NOT IN ('awaiting_reception', 'refused') THEN d.filed_at END,
    CASE WHEN d.state = 'awaiting_reception' THEN d.filed_at + interval '1 day' END,
    CASE WHEN d.state NOT IN ('awaiting_reception', 'refused') THEN d.filed_at + make_interval(days => d.days) END,
    CASE WHEN d.state NOT IN ('awaiting_reception', 'refused') THEN d.filed_at + make_interval(days => d.days) END,
    CASE WHEN d.state IN ('ready_for_collection', 'closed', 'refused', 'withdrawn') THEN d.filed_at + interval '20 hours' END,
    CASE WHEN d.state = 'closed' THEN d.filed_at + interval '40 hours' END,
    gen_random_uuid(), 1, '0912345678', '', false, '', d.agency_id, d.applicant_id,
    CASE WHEN d.state IN ('assigned', 'awaiting_signature') THEN CASE pg_temp.pick(d.id, 13, 2) WHEN 0 THEN f.first ELSE f.second END END,
    d.case_id, coalesce(d.applicant_id, f.second), d.procedure_id, d.office_id, d.office_id, d.version_id
FROM bench_case d CROSS JOIN bench_officer f;

INSERT INTO dossiers_answers (dossier_id, content) SELECT id, {answers} FROM bench_case;

INSERT INTO dossiers_party (dossier_id, role, kind, name, personal_id, tax_code, birth_date, sex, address, phone, email, ground)
SELECT d.id, role, 'person', d.name, lpad(d.id::text, 12, '0'), '', '1990-05-17', 'female', '12 phố Đội Cấn, Phường Ba Đình, Thành phố Hà Nội',
    '0912345678', '', ''
FROM bench_case d CROSS JOIN unnest(ARRAY['owner', 'subject', 'submitter', 'collector']) role;

INSERT INTO dossiers_event (dossier_id, seq, verb, from_state, to_state, actor_id, office_id, agency_id, note, at, content, previous_hash, hash)
SELECT d.id, s.seq, s.verb, s.before, s.after, NULL, CASE s.seq WHEN 1 THEN d.office_id END, CASE WHEN s.seq > 1 THEN d.agency_id END, '',
    d.filed_at + make_interval(hours => 5 * (s.seq - 1)), repeat('x', 220), CASE s.seq WHEN 1 THEN '' ELSE encode(sha256((d.id || '/' || (s.seq - 1))::bytea), 'hex') END,
    encode(sha256((d.id || '/' || s.seq)::bytea), 'hex')
FROM bench_case d JOIN bench_step s USING (state);

INSERT INTO dossiers_clockrecord (dossier_id, seq, kind, at, legal_basis)
SELECT id, 1, 'start', filed_at, '' FROM bench_case WHERE state NOT IN ('awaiting_reception', 'refused');

INSERT INTO dossiers_paper (dossier_id, requirement_key, name, originals, copies, storage_key, content_type, size, sha256, added_by_id, added_at)
SELECT d.id, 'to-khai', 'Tờ khai', 1, 0, '', '', 0, '', coalesce(d.applicant_id, f.second), d.filed_at FROM bench_case d CROSS JOIN bench_officer f;

INSERT INTO dossiers_feeline (dossier_id, kind, name, amount_vnd, state, exemption, basis, beneficiary_id, settled_at)
SELECT id, 'levy', 'Lệ phí', 15000, 'paid', '', '', agency_id, filed_at FROM bench_case;

INSERT INTO dossiers_routedecision (dossier_id, outcome, agency_id, rule_text, inputs, reasons, candidates, note, at)
SELECT id, 'agency', agency_id, 'commune_of', '{{}}', '[]', '{{}}', '', filed_at FROM bench_case WHERE state <> 'accepted';

INSERT INTO dossiers_issueddocument (dossier_id, kind, number, title_vi, verification_code, issued_at, issuer_name, html, storage_key, sha256, pdf_pending)
SELECT id, CASE WHEN state IN ('awaiting_reception', 'refused') THEN 'acknowledgement' ELSE 'receipt_slip' END, '01/PTN-' || id, 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả',
    upper(substr(md5(id::text), 1, 16)), filed_at, 'Trung tâm Phục vụ hành chính công', repeat('<p>Giấy tiếp nhận hồ sơ và hẹn trả kết quả</p>', 40),
    'bench/' || id || '.pdf', encode(sha256(id::text::bytea), 'hex'), false
FROM bench_case;

INSERT INTO dossiers_result (dossier_id, type_id, agency_id, summary, details, serial, proposed_by_id, proposed_at, signed_by_id, signed_at, number,
    upload_key, upload_sha256, is_electronic)
SELECT d.id, d.result_type, d.agency_id, 'Cấp giấy xác nhận.', '{{}}', '', f.first, d.filed_at + interval '15 hours',
    CASE WHEN d.state <> 'awaiting_signature' THEN f.second END, CASE WHEN d.state <> 'awaiting_signature' THEN d.filed_at + interval '20 hours' END,
    CASE WHEN d.state <> 'awaiting_signature' THEN d.id || '/2026/KQ' ELSE '' END, '', '', true
FROM bench_case d CROSS JOIN bench_officer f
WHERE d.state IN ('awaiting_signature', 'ready_for_collection', 'closed') AND d.result_type IS NOT NULL;

INSERT INTO notifications_notification (key, template, channel, recipient, dossier_code, office_id, text, created_at, sent_at, call_note)
SELECT 'notify:' || code || ':1:accepted', 'accepted', 'sms', phone, code, receiving_office_id, 'Hồ sơ ' || code || ' đã được tiếp nhận.', filed_at, filed_at, ''
FROM dossiers_dossier;

INSERT INTO outbox_outboxmessage (stream, subject_id, sequence, kind, payload, key, created_at, not_before, published_at, attempt, last_error, done_at, parked_reason)
SELECT m.stream, d.id, m.sequence, m.kind, jsonb_build_object('MaHoSo', d.id), m.stream || ':' || d.id || ':' || m.sequence, d.filed_at, d.filed_at,
    d.filed_at, 1, '', d.filed_at, ''
FROM bench_case d
CROSS JOIN (VALUES ('national', 1, 'create'), ('national', 2, 'status'), ('route', 1, 'route'), ('document', 1, 'receipt_slip'), ('notify', 1, 'accepted'))
    m (stream, sequence, kind);

INSERT INTO counters_visit (office_id, clerk_id, dossier_id, purpose, at)
SELECT d.office_id, f.second, d.id, 'filing', d.filed_at FROM bench_case d CROSS JOIN bench_officer f WHERE d.applicant_id IS NULL;

SELECT setval(pg_get_serial_sequence('dossiers_dossier', 'id'), {count})
