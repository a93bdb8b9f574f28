-- The second step at log-in: an app's secret, and hashes of the recovery codes that are left.
CREATE TABLE second_factors (
    user      TEXT PRIMARY KEY REFERENCES users (id),
    secret    TEXT NOT NULL,
    since     INTEGER,                     -- NULL: being set up, counts for nothing yet
    last_step INTEGER NOT NULL DEFAULT 0,  -- no code counts twice
    recovery  TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;

-- Whoever has to set the second step up may do nothing else before.
ALTER TABLE sessions ADD COLUMN unready INTEGER NOT NULL DEFAULT 0;
