-- name: learnt_headings
-- What a lab taught about headings.
SELECT l.heading, l.field FROM learnt_heading l WHERE l.lab_id = :lab_id;

-- name: learn_heading
-- What a heading means in the files of a lab, from now on.
INSERT INTO learnt_heading (lab_id, heading, field, learnt_by, learnt_at)
VALUES (:lab_id, :heading, :field, :by, :at)
ON CONFLICT (lab_id, heading) DO UPDATE SET field = excluded.field, learnt_by = excluded.learnt_by,
    learnt_at = excluded.learnt_at;
