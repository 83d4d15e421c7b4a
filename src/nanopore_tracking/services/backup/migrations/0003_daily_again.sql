-- A daily backup that failed is asked for again on the same day: only of those that did not fail there is one a day.
DROP INDEX backup_once_a_day;
CREATE UNIQUE INDEX backup_once_a_day ON backup (day) WHERE cause = 'daily' AND state <> 'failed';
CREATE INDEX backup_failed_of_day ON backup (day, finished_at) WHERE cause = 'daily' AND state = 'failed';
