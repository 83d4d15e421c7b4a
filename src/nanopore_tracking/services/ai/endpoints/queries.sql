-- name: reserve
-- Tokens are set aside for a question, unless that would be more than a month may cost; nothing then.
INSERT INTO model_usage (month, requests, tokens, cost)
SELECT date_trunc('month', :at AT TIME ZONE 'UTC')::date, 1, :tokens, 0 WHERE :tokens::bigint <= :budget::bigint
ON CONFLICT (month) DO UPDATE SET requests = model_usage.requests + 1, tokens = model_usage.tokens + excluded.tokens
    WHERE model_usage.tokens + excluded.tokens <= :budget::bigint
RETURNING month;

-- name: settle
-- What a question really cost; the difference to what was set aside is given back or added.
UPDATE model_usage SET tokens = greatest(tokens + :more, 0), cost = cost + :cost WHERE month = :month RETURNING month;

-- name: usage
-- What was asked this month, and what that cost.
SELECT m.requests, m.tokens, m.cost FROM model_usage m
WHERE m.month = date_trunc('month', :at AT TIME ZONE 'UTC')::date;
