-- name: untraced
-- Acquisitions whose course is not that of what was read of them last, with it.
SELECT a.id, a.content_hash, d.reading::text AS reading
FROM acquisition a JOIN acquisition_detail d ON d.acquisition_id = a.id
    LEFT JOIN acquisition_trace t ON t.acquisition_id = a.id
WHERE t.content_hash IS DISTINCT FROM a.content_hash
ORDER BY a.id LIMIT :most;

-- name: keep_trace
-- The course of an acquisition.
INSERT INTO acquisition_trace (acquisition_id, content_hash, ended, minutes, bases, bases_per_pore_hour, occupancy,
    speed_bases_per_s, mean_q, made_at)
VALUES (:acquisition_id, :content_hash, :ended, :minutes, :bases, :bases_per_pore_hour, :occupancy, :speed_bases_per_s,
    :mean_q, :at)
ON CONFLICT (acquisition_id) DO UPDATE SET content_hash = excluded.content_hash, ended = excluded.ended,
    minutes = excluded.minutes, bases = excluded.bases, bases_per_pore_hour = excluded.bases_per_pore_hour,
    occupancy = excluded.occupancy, speed_bases_per_s = excluded.speed_bases_per_s, mean_q = excluded.mean_q,
    made_at = excluded.made_at;
