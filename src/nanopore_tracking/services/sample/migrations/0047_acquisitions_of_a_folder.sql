-- A folder, and a protocol run, may have several acquisitions; each is of its own. A run may be planned as a top-up or as
-- a recovery of one that was lost.

ALTER TABLE acquisition ADD COLUMN acquisition_run_id text NOT NULL DEFAULT '';
-- Where one run id alone was read of a folder, that is the acquisition that it is.
UPDATE acquisition SET acquisition_run_id = acquisition_run_ids[1]
WHERE cardinality(acquisition_run_ids) = 1 AND length(acquisition_run_ids[1]) <> 36;

DROP INDEX acquisition_of_protocol_run;
DROP INDEX acquisition_of_folder;
CREATE UNIQUE INDEX acquisition_of_protocol_run ON acquisition (protocol_run_id, acquisition_run_id)
    WHERE protocol_run_id <> '';
CREATE UNIQUE INDEX acquisition_of_folder ON acquisition (reader, folder, acquisition_run_id) WHERE protocol_run_id = '';

-- Of the reads that passed alone, as a record of a basecalling says it.
ALTER TABLE read_set ADD COLUMN pass_n50_bases bigint, ADD COLUMN pass_mean_q double precision;

ALTER TABLE sequencing_run DROP CONSTRAINT sequencing_run_purpose_check;
ALTER TABLE sequencing_run ADD CONSTRAINT sequencing_run_purpose_check
    CHECK (purpose IN ('production', 'qc', 'test', 'rerun', 'top_up', 'recovery'));
