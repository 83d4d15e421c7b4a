-- name: count_question
-- Counts a question of a person; nothing where they have put so many today already.
INSERT INTO model_asker (account, day, questions) VALUES (:account, :day, 1)
ON CONFLICT (account, day) DO UPDATE SET questions = model_asker.questions + 1
    WHERE model_asker.questions < :most::int
RETURNING questions;

-- name: forget_askers
-- Days that are over count no more.
DELETE FROM model_asker WHERE day < :day;
