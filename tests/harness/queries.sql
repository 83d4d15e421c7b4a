-- name: keep_effect
-- Keep that an event had its effect.
INSERT INTO effect (number) VALUES (:number);

-- name: effects
-- What has had its effect, in that order.
SELECT number FROM effect ORDER BY id;

-- name: letters
-- All dead letters of a database.
SELECT sequence, state, attempts FROM dead_letter ORDER BY id;

-- name: announced
-- How many events wait in the outbox.
SELECT count(*) AS number FROM outbox;
