-- Whether people feel well in the hall: what was looked at, what was wrong, and how fast it was mended.

-- The address behind the QR on the wall of each place; another one ends it.
CREATE TABLE comfort_doors (
    token  TEXT PRIMARY KEY,
    branch INTEGER NOT NULL REFERENCES branches (id),
    place  TEXT NOT NULL,
    since  INTEGER NOT NULL,
    UNIQUE (branch, place)
) WITHOUT ROWID;

-- These two follow from the log.
CREATE TABLE comfort_checks (
    id     TEXT PRIMARY KEY,
    branch INTEGER NOT NULL REFERENCES branches (id),
    day    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    place  TEXT NOT NULL,
    wrong  INTEGER NOT NULL,  -- how many things
    staff  TEXT
);
CREATE INDEX comfort_checks_day ON comfort_checks (branch, day, place);

CREATE TABLE comfort_faults (
    id        TEXT PRIMARY KEY,
    branch    INTEGER NOT NULL REFERENCES branches (id),
    day       TEXT NOT NULL,
    at        INTEGER NOT NULL,
    place     TEXT NOT NULL,
    item      TEXT NOT NULL,
    channel   TEXT NOT NULL,  -- visitor, check
    state     TEXT NOT NULL,  -- open, seen, working, mended
    names     TEXT NOT NULL,  -- the place's, as the hall was told them
    seen_at   INTEGER,
    begun_at  INTEGER,
    mended_at INTEGER
);
CREATE INDEX comfort_faults_day ON comfort_faults (branch, day);
CREATE INDEX comfort_faults_open ON comfort_faults (branch, at) WHERE state <> 'mended';

-- Free text and photos may have to be erased, so none of them stands in the log of events.
CREATE TABLE comfort_notes (
    id      TEXT PRIMARY KEY,
    branch  INTEGER NOT NULL REFERENCES branches (id),
    fault   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    channel TEXT NOT NULL,
    said    TEXT NOT NULL DEFAULT '',
    photo   TEXT             -- name of its file
);
CREATE INDEX comfort_notes_fault ON comfort_notes (fault);
CREATE INDEX comfort_notes_at ON comfort_notes (branch, at);

-- Who sees to a fault, by name; forgotten when sentences are.
CREATE TABLE comfort_hands (
    fault      TEXT PRIMARY KEY,
    branch     INTEGER NOT NULL REFERENCES branches (id),
    seen_by    TEXT,
    owner      TEXT,
    owner_name TEXT,
    on_it      TEXT,
    mended_by  TEXT,
    action     TEXT,
    blacked_by TEXT
) WITHOUT ROWID;

-- Past days counted: how many checks of a place were due and made, and what was done about the rest.
CREATE TABLE comfort_days (
    branch     INTEGER NOT NULL REFERENCES branches (id),
    day        TEXT NOT NULL,
    place      TEXT NOT NULL,
    due        INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    read_by    TEXT,
    owner      TEXT,
    owner_name TEXT,
    action     TEXT,
    acted_at   INTEGER,
    acted_by   TEXT,
    PRIMARY KEY (branch, day, place)
) WITHOUT ROWID;
