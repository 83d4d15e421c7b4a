-- What forecasts are made of: the course of each acquisition, and how the forecasts did on what had happened already.

-- The course of an acquisition, made of what was read of it last; made again when that changes.
CREATE TABLE acquisition_trace (
    acquisition_id           uuid PRIMARY KEY REFERENCES acquisition,
    content_hash             text NOT NULL,
    ended                    boolean NOT NULL,
    -- All bases that were read until each minute of the run.
    minutes                  integer[] NOT NULL,
    bases                    bigint[] NOT NULL CHECK (cardinality(bases) = cardinality(minutes)),
    bases_per_pore_hour      double precision CHECK (bases_per_pore_hour >= 0),
    occupancy                double precision CHECK (occupancy BETWEEN 0 AND 1),
    speed_bases_per_s        double precision CHECK (speed_bases_per_s >= 0),
    mean_q                   double precision,
    made_at                  timestamptz NOT NULL
);

-- How the forecast of the yield did on the finished runs of a type of flow cell.
CREATE TABLE yield_backtest (
    product_code text PRIMARY KEY CHECK (product_code <> ''),
    fingerprint  text NOT NULL,
    run_count    integer NOT NULL CHECK (run_count >= 0),
    -- Of all finished runs, however short.
    finished     integer NOT NULL CHECK (finished >= run_count),
    median_bases bigint NOT NULL CHECK (median_bases >= 0),
    found        jsonb NOT NULL,
    made_at      timestamptz NOT NULL
);

-- How long it took the latest delivered samples from each stage on, and how forecasts of that did.
CREATE TABLE stage_pace (
    service_type text NOT NULL,
    stage        text NOT NULL CHECK (stage <> ''),
    sample_count integer NOT NULL CHECK (sample_count > 0),
    found        jsonb NOT NULL,
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (service_type, stage)
);

-- What lists of samples are narrowed to: RNA is the rarer substance; when samples came; for which service.
CREATE INDEX sample_rna ON sample (updated_at, id) WHERE material IN ('total RNA', 'poly(A) RNA');
CREATE INDEX sample_created ON sample (created_at);
CREATE INDEX sample_service ON sample (service_type, updated_at, id);

-- All bases of the largest acquisition of a run; none where nothing was read of it.
CREATE FUNCTION bases_of_run(run uuid) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT max(coalesce(a.bases, t.bases[cardinality(t.bases)])) FROM acquisition a
        LEFT JOIN acquisition_trace t ON t.acquisition_id = a.id
    WHERE a.run_id = run
$$;
-- Whether a finished run gave less than half of the median of those on its type of flow cell, where 20 are known.
CREATE FUNCTION is_low_yield(run uuid, product text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT max(t.bases[cardinality(t.bases)]) < (SELECT b.median_bases / 2 FROM yield_backtest b
        WHERE b.product_code = product AND b.finished >= 20)
    FROM acquisition a JOIN acquisition_trace t ON t.acquisition_id = a.id
    WHERE a.run_id = run AND t.ended
$$;
