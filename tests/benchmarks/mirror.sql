-- What the worker sends for a batch. Where it sends arrays of rows that it made, they are read from tables that hold the same rows.
BEGIN;
WITH due AS MATERIALIZED (
    SELECT m.id FROM outbox_outboxmessage m WHERE m.stream = 'route' AND m.done_at IS NULL AND m.parked_at IS NULL AND m.not_before <= now()
        AND (m.lease_until IS NULL OR m.lease_until < now())
    ORDER BY m.not_before, m.id LIMIT 100 FOR UPDATE SKIP LOCKED)
, claimed AS (
    UPDATE outbox_outboxmessage t SET lease_until = now() + interval '2 minutes', attempt = t.attempt + 1 FROM due WHERE t.id = due.id
    RETURNING t.id, t.subject_id, t.attempt)
SELECT array_agg(subject_id)::text AS dossiers, array_agg(id)::text AS messages, array_agg(attempt)::text AS attempts FROM claimed \gset
COMMIT;
BEGIN;
SELECT {dossier_columns} FROM dossiers_dossier WHERE id = ANY (:dossiers::bigint[]) ORDER BY id FOR UPDATE;
SELECT mark FROM procedures_registryversion;
SELECT d.id, a.content::text,
    coalesce((SELECT name FROM dossiers_party p WHERE p.dossier_id = d.id AND p.role = 'owner'), ''),
    (SELECT count(*) FROM dossiers_paper p WHERE p.dossier_id = d.id),
    d.hops = 0
    AND NOT EXISTS (SELECT FROM dossiers_routedecision r WHERE r.dossier_id = d.id)
    AND NOT EXISTS (SELECT FROM dossiers_placefinding f WHERE f.dossier_id = d.id)
    AND NOT EXISTS (SELECT FROM dossiers_issueddocument i WHERE i.dossier_id = d.id AND i.kind = 'control_sheet'),
    CASE WHEN d.state = 'submitted' THEN
        (SELECT max(e.at) FROM dossiers_event e WHERE e.dossier_id = d.id AND e.verb = 'settle_payment') END,
    (SELECT json_agg(json_build_array(e.at, e.verb, coalesce(u.full_name, ''), coalesce(o.name, g.name, ''), e.note) ORDER BY e.seq)::text
     FROM dossiers_event e LEFT JOIN accounts_user u ON u.id = e.actor_id LEFT JOIN agencies_office o ON o.id = e.office_id
         LEFT JOIN agencies_agency g ON g.id = e.agency_id
     WHERE e.dossier_id = d.id AND e.verb = ANY ('{accept_at_counter,accept,hand_over,claim,return_not_competent,reroute,propose,sign,send_result,arrive}'::text[]))
FROM dossiers_dossier d LEFT JOIN dossiers_answers a ON a.dossier_id = d.id WHERE d.id = ANY (:dossiers::bigint[]);
{staffing};
SELECT count(*), coalesce(max(id), 0), coalesce(sum(xmin::text::bigint), 0) FROM agencies_holiday;
WITH moved AS (
    UPDATE dossiers_dossier d SET {assignments} FROM (SELECT * FROM plan_dossier WHERE id = ANY (:dossiers::bigint[])) s
    WHERE d.id = s.id AND d.state_version = s.state_version - 1 RETURNING d.id)
, noted AS (INSERT INTO dossiers_event ({event_columns}) SELECT {event_columns} FROM plan_event s
    WHERE s.dossier_id = ANY (:dossiers::bigint[]) AND s.dossier_id IN (SELECT id FROM moved))
, told AS (INSERT INTO outbox_outboxmessage ({message_columns}) SELECT {message_columns} FROM plan_message s
    WHERE s.subject_id = ANY (:dossiers::bigint[]) AND s.subject_id IN (SELECT id FROM moved))
SELECT id FROM moved;
WITH decided AS (INSERT INTO dossiers_routedecision ({decision_columns}) SELECT {decision_columns} FROM plan_decision s
    WHERE s.dossier_id = ANY (:dossiers::bigint[]))
, issued AS (INSERT INTO dossiers_issueddocument ({document_columns}) SELECT {document_columns} FROM plan_document s
    WHERE s.dossier_id = ANY (:dossiers::bigint[]) RETURNING id, dossier_id, kind)
INSERT INTO outbox_outboxmessage (stream, subject_id, sequence, kind, payload, key, created_at, not_before, attempt, last_error, parked_reason)
SELECT 'document', dossier_id, id, kind, jsonb_build_object('document', id), 'document:' || id, now(), now(), 0, '', '' FROM issued;
COMMIT;
UPDATE outbox_outboxmessage t SET done_at = now(), lease_until = NULL, last_error = ''
FROM unnest(:messages::bigint[], :attempts::int[]) AS held(id, attempt)
WHERE t.id = held.id AND t.attempt = held.attempt AND t.done_at IS NULL;
