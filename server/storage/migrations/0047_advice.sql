-- Advice to open one more counter; these follow from the log.
CREATE TABLE advices (
    id          TEXT PRIMARY KEY,
    branch      INTEGER NOT NULL REFERENCES branches (id),
    day         TEXT NOT NULL,
    at          INTEGER NOT NULL,
    counter     TEXT NOT NULL,
    number      INTEGER NOT NULL,
    service     TEXT NOT NULL,
    until       INTEGER NOT NULL,
    target      INTEGER NOT NULL,  -- minutes that are promised
    people      INTEGER NOT NULL,
    late        INTEGER NOT NULL,  -- of them, who would wait longer
    late_with   INTEGER NOT NULL,
    over        INTEGER NOT NULL,  -- minutes beyond the promise, of all together
    over_with   INTEGER NOT NULL,
    wait        INTEGER NOT NULL,
    wait_with   INTEGER NOT NULL,
    model       TEXT NOT NULL,
    answer      TEXT,              -- taken, declined, opened, lapsed
    answered_at INTEGER,
    staff       TEXT
);
CREATE INDEX advices_branch ON advices (branch, at);

-- What an advice was worked out from, and what came of it. Not in the log: it can be large, and a
-- newer model may look back otherwise.
CREATE TABLE advice_studies (
    advice TEXT PRIMARY KEY,
    branch INTEGER NOT NULL REFERENCES branches (id),
    inputs BLOB NOT NULL,  -- packed
    seen   TEXT            -- in hindsight, as JSON
);
