-- Who goes to a visitor who asked for a person, and when they were there.
ALTER TABLE help_requests ADD COLUMN taken_name TEXT;
ALTER TABLE help_requests ADD COLUMN arrived_at INTEGER;

-- Visitors who needed no number, counted by what they came for.
CREATE TABLE unnumbered (
    branch INTEGER NOT NULL REFERENCES branches (id),
    day    TEXT NOT NULL,
    what   TEXT NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (branch, day, what)
) WITHOUT ROWID;

-- Samples at the door: people in line for a number, or how long one of them took to get it.
CREATE TABLE door_samples (
    branch  INTEGER NOT NULL REFERENCES branches (id),
    seq     INTEGER NOT NULL,
    day     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    people  INTEGER,
    seconds REAL,
    PRIMARY KEY (branch, seq)
) WITHOUT ROWID;
CREATE INDEX door_samples_day ON door_samples (branch, day);
