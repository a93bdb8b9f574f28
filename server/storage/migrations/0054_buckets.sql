-- Backups to a store that speaks S3, and the key that secrets are sealed with.
ALTER TABLE backup_plan ADD COLUMN bucket TEXT NOT NULL DEFAULT '';  -- JSON of the place; '' for a folder
ALTER TABLE backup_plan ADD COLUMN secret TEXT NOT NULL DEFAULT '';  -- of its access key, sealed
ALTER TABLE backup_plan ADD COLUMN owner  TEXT NOT NULL DEFAULT '';  -- in the names of its files there
CREATE TABLE secrets_check (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    sealed TEXT NOT NULL               -- a known word, sealed with the machine's key
);
