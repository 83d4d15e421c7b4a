-- name: stage_times
-- How long the stages took whose clocks stopped within a time, pauses left out, and how many were late.
SELECT t.stage, count(*)::integer AS count,
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.took_s) / 3600)::numeric, 2)::float8 AS median_h,
    round((percentile_cont(0.9) WITHIN GROUP (ORDER BY t.took_s) / 3600)::numeric, 2)::float8 AS p90_h,
    round((percentile_cont(0.95) WITHIN GROUP (ORDER BY t.took_s) / 3600)::numeric, 2)::float8 AS p95_h,
    round((sum(t.paused_s) / 3600)::numeric, 2)::float8 AS paused_h,
    (count(*) FILTER (WHERE t.late))::integer AS breached
FROM (
    SELECT k.stage, k.stopped_at > k.due_at AS late, p.paused_s,
        extract(epoch FROM k.stopped_at - k.started_at)::float8 - p.paused_s AS took_s
    FROM sla_clock k LEFT JOIN sample s ON s.id = k.sample_id LEFT JOIN submission u ON u.id = k.submission_id
    CROSS JOIN LATERAL (SELECT coalesce(sum(extract(epoch FROM e.resumed_at - e.paused_at)), 0)::float8 AS paused_s
        FROM clock_pause e WHERE e.clock_id = k.id AND e.resumed_at IS NOT NULL) p
    WHERE k.stopped_at >= :begins AND k.stopped_at < :ends
        AND (:scope::uuid[] IS NULL OR coalesce(s.lab_id, u.lab_id) = ANY(:scope))) t
GROUP BY t.stage;

-- name: breach_causes
-- What the late ones of these clocks stood still for the longest, counted by stage.
SELECT t.stage, t.cause, count(*)::integer AS count
FROM (
    SELECT k.stage, coalesce((SELECT e.reason FROM clock_pause e WHERE e.clock_id = k.id AND e.resumed_at IS NOT NULL
        GROUP BY e.reason ORDER BY sum(e.resumed_at - e.paused_at) DESC, e.reason LIMIT 1), 'no_pause') AS cause
    FROM sla_clock k LEFT JOIN sample s ON s.id = k.sample_id LEFT JOIN submission u ON u.id = k.submission_id
    WHERE k.stopped_at >= :begins AND k.stopped_at < :ends AND k.stopped_at > k.due_at
        AND (:scope::uuid[] IS NULL OR coalesce(s.lab_id, u.lab_id) = ANY(:scope))) t
GROUP BY t.stage, t.cause
ORDER BY t.stage, count(*) DESC, t.cause;
