-- What of an acquisition its planned run has followed last, so that a pause is followed when MinKNOW begins or ends
-- one, and what a person said in the meantime stays.
ALTER TABLE live_acquisition ADD COLUMN followed text NOT NULL DEFAULT '';
-- Acquisitions that nobody has matched, by the names of a run that was cancelled.
CREATE INDEX acquisition_experiment ON acquisition (lower(experiment_id));
