-- By what the same sample is known when it is submitted again.

-- A name without accents, capitals, spaces and signs. Its body is bound now: indexes are built without a search path.
CREATE FUNCTION name_key(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(folded(said), '\s+', '', 'g');
-- What was measured before it was sent, where at least three of the four are there; two samples rarely have all alike.
CREATE FUNCTION qc_key(qubit double precision, nanodrop double precision, a260_a280 double precision,
    a260_a230 double precision) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN num_nonnulls(qubit, nanodrop, a260_a280, a260_a230) >= 3 THEN coalesce(qubit::text, '') || '|'
        || coalesce(nanodrop::text, '') || '|' || coalesce(a260_a280::text, '') || '|' || coalesce(a260_a230::text, '') END
$$;
CREATE INDEX sample_name_key ON sample (lab_id, name_key(name));
CREATE INDEX sample_qc_key ON sample (lab_id, qc_key(submitted_qubit_ng_per_ul, submitted_nanodrop_ng_per_ul,
    submitted_a260_a280, submitted_a260_a230));

-- MD5 of the names and measured values of all rows; none where fewer than two rows have a concentration.
ALTER TABLE submission ADD COLUMN table_hash text;
CREATE INDEX submission_table ON submission (lab_id, table_hash) WHERE table_hash IS NOT NULL;
