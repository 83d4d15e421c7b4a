-- name: count_questions
-- How many questions a form has.
SELECT count(*) FROM form_question q WHERE q.extraction_id = :extraction_id;

-- name: insert_question
-- A question about a value of the form; nothing where it has no such value.
INSERT INTO form_question (id, extraction_id, value_id, body, asked_by, asked_at)
SELECT :id, v.extraction_id, v.id, :body, :by, :at FROM form_value v
WHERE v.id = :value_id AND v.extraction_id = :extraction_id RETURNING id;

-- name: delete_question
-- A question that is not asked.
DELETE FROM form_question q WHERE q.id = :id AND q.extraction_id = :extraction_id RETURNING q.id;
