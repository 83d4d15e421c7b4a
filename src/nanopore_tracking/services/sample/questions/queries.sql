-- list: messages
-- One page of the thread of a submission in a scope; notes only where they are asked for.
SELECT m.id, /*sort*/ AS sort_key, json_build_object('id', m.id, 'submission_id', m.submission_id, 'kind', m.kind,
    'answers', m.answers, 'answered', EXISTS (SELECT FROM submission_message a WHERE a.answers = m.id),
    'finding_ids', m.finding_ids, 'side', m.side, 'body', m.body, 'written_by', m.written_by,
    'written_at', m.written_at)::text AS item
FROM submission_message m JOIN submission s ON s.id = m.submission_id
WHERE m.submission_id = :submission_id AND (:notes OR m.kind <> 'note')
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: written timestamptz m.written_at

-- name: show_message
-- One message.
SELECT json_build_object('id', m.id, 'submission_id', m.submission_id, 'kind', m.kind,
    'answers', m.answers, 'answered', EXISTS (SELECT FROM submission_message a WHERE a.answers = m.id),
    'finding_ids', m.finding_ids, 'side', m.side, 'body', m.body, 'written_by', m.written_by,
    'written_at', m.written_at)::text
FROM submission_message m WHERE m.id = :id;

-- name: find_question
-- A question of a submission, and whether it has its answer.
SELECT q.id, q.submission_id, q.finding_ids, q.body, q.written_by, q.written_at,
    EXISTS (SELECT FROM submission_message a WHERE a.answers = q.id) AS answered
FROM submission_message q
WHERE q.id = :id AND q.submission_id = :submission_id AND q.kind = 'question';

-- name: insert_message
-- One more message of a thread.
INSERT INTO submission_message (id, submission_id, kind, answers, finding_ids, side, body, written_by, written_at)
VALUES (:id, :submission_id, :kind, :answers, :finding_ids, :side, :body, :written_by, :at);
