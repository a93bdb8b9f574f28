-- How people felt. Free text may have to be erased, so none of it stands in the log of events.
CREATE TABLE feedback (
    id        TEXT PRIMARY KEY,
    branch    INTEGER NOT NULL REFERENCES branches (id),
    ticket    TEXT,              -- whose word it is; NULL when that is no longer kept
    day       TEXT NOT NULL,
    at        INTEGER NOT NULL,
    label     TEXT NOT NULL,
    service   TEXT NOT NULL,
    counter   INTEGER,
    staff     TEXT,
    wait_ms   INTEGER,
    face      INTEGER NOT NULL CHECK (face BETWEEN 1 AND 4),
    said      TEXT NOT NULL DEFAULT '',
    thanks    INTEGER NOT NULL DEFAULT 0,
    channel   TEXT NOT NULL,
    language  TEXT NOT NULL,
    due       INTEGER,           -- by when something is to be done about a low word
    read_at   INTEGER,
    read_by   TEXT,
    owner     TEXT,
    owner_name TEXT,
    action    TEXT,
    acted_at  INTEGER,
    acted_by  TEXT,
    helped    INTEGER,           -- whether it helped, as the visitor says
    reopened_at INTEGER,
    blacked_at INTEGER,
    blacked_by TEXT,
    UNIQUE (branch, ticket)
);
CREATE INDEX feedback_day ON feedback (branch, day);
CREATE INDEX feedback_open ON feedback (branch, due) WHERE due IS NOT NULL AND acted_at IS NULL;
CREATE INDEX feedback_thanks ON feedback (branch, staff, day) WHERE thanks = 1;

-- Who was asked to the survey, and that it was answered: never what, nor which answer is whose.
CREATE TABLE survey_invitations (
    branch   INTEGER NOT NULL REFERENCES branches (id),
    day      TEXT NOT NULL,
    ticket   TEXT NOT NULL,
    service  TEXT NOT NULL,
    invited  INTEGER NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (branch, day, ticket)
) WITHOUT ROWID;

-- Ids are random and rows lie in their order, so that nothing tells which visitor an answer is of.
CREATE TABLE survey_answers (
    id        BLOB PRIMARY KEY,
    branch    INTEGER NOT NULL REFERENCES branches (id),
    day       TEXT NOT NULL,
    minute    INTEGER NOT NULL,  -- since 1970, UTC
    method    TEXT NOT NULL,
    service   TEXT NOT NULL,
    channel   TEXT NOT NULL,     -- phone, paper
    entered_by TEXT NOT NULL DEFAULT '',
    language  TEXT NOT NULL,
    about     TEXT NOT NULL,     -- what the respondent told of themselves, JSON by key
    marks     TEXT NOT NULL,     -- the answer to each element, JSON by key
    said      TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX survey_answers_day ON survey_answers (branch, day);

-- The same answers counted, so that a report of a million of them reads a few thousand rows.
CREATE TABLE survey_sums (
    branch  INTEGER NOT NULL REFERENCES branches (id),
    method  TEXT NOT NULL,
    day     TEXT NOT NULL,
    service TEXT NOT NULL,
    element TEXT NOT NULL,       -- '' counts the respondents
    mark    INTEGER NOT NULL,    -- the answer given; 0 for respondents
    n       INTEGER NOT NULL,
    PRIMARY KEY (branch, method, day, service, element, mark)
) WITHOUT ROWID;

-- How many came within ten minutes: a group, or one hand.
CREATE TABLE survey_spans (
    branch  INTEGER NOT NULL REFERENCES branches (id),
    day     TEXT NOT NULL,
    span    INTEGER NOT NULL,    -- its first minute since 1970, UTC
    service TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (branch, day, span, service)
) WITHOUT ROWID;
CREATE INDEX survey_spans_many ON survey_spans (branch, day) WHERE n >= 8;

CREATE TABLE survey_plans (
    id      TEXT PRIMARY KEY,
    branch  INTEGER NOT NULL REFERENCES branches (id),
    method  TEXT NOT NULL,
    element TEXT NOT NULL,
    plan    TEXT NOT NULL,
    due     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    result  TEXT,
    done_at INTEGER,
    done_by TEXT
);
CREATE INDEX survey_plans_branch ON survey_plans (branch, method, due);
