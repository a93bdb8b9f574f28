-- How those who serve are looked after.

-- Calls for help without a sound; these follow from the log.
CREATE TABLE quiet_calls (
    id           TEXT PRIMARY KEY,
    branch       INTEGER NOT NULL REFERENCES branches (id),
    day          TEXT NOT NULL,
    at           INTEGER NOT NULL,
    counter      TEXT NOT NULL,
    number       INTEGER NOT NULL,
    staff        TEXT,
    step         TEXT NOT NULL,  -- called, going, confirmed, ended
    confirmed_by TEXT,           -- who first said that it is over
    ended_at     INTEGER,
    reason       TEXT
);
CREATE INDEX quiet_calls_open ON quiet_calls (branch, at) WHERE ended_at IS NULL;

-- That somebody answered this month's three questions, and, apart from it, how often each answer
-- was given. Neither has a moment, and rows lie in the order of their keys.
CREATE TABLE pulse_given (
    branch INTEGER NOT NULL REFERENCES branches (id),
    month  TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (branch, month, person)
) WITHOUT ROWID;

CREATE TABLE pulse_sums (
    branch   INTEGER NOT NULL REFERENCES branches (id),
    month    TEXT NOT NULL,
    question TEXT NOT NULL,
    mark     INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (branch, month, question, mark)
) WITHOUT ROWID;
