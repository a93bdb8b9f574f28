-- Tables that only grow are ordinary rowid tables: appending to their right end writes fewer
-- pages than WITHOUT ROWID does. Small or keyed ones are WITHOUT ROWID.
-- Moments are milliseconds since 1970-01-01 UTC. "branch" is branches.id, local to this database.

CREATE TABLE branches (
    id               INTEGER PRIMARY KEY,
    code             TEXT NOT NULL UNIQUE,
    seq              INTEGER NOT NULL DEFAULT 0,  -- last event
    settings_version INTEGER NOT NULL DEFAULT 0
);

-- Settings are versions, never edited in place.
CREATE TABLE settings (
    branch  INTEGER NOT NULL REFERENCES branches (id),
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    office  TEXT NOT NULL,
    PRIMARY KEY (branch, version)
) WITHOUT ROWID;

-- The log. Gap-free per branch and complete: every table below down to "calls" follows from it.
CREATE TABLE events (
    branch INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    data   TEXT NOT NULL,
    PRIMARY KEY (branch, seq)
);

CREATE TABLE days (
    branch    INTEGER NOT NULL,
    day       TEXT NOT NULL,
    closed_at INTEGER,
    PRIMARY KEY (branch, day)
) WITHOUT ROWID;
CREATE INDEX days_open ON days (branch, day) WHERE closed_at IS NULL;

-- One service on one day: the last number, and who waits now, per class.
CREATE TABLE lines (
    branch      INTEGER NOT NULL,
    day         TEXT NOT NULL,
    service     TEXT NOT NULL,
    last_number INTEGER NOT NULL DEFAULT 0,
    issued      INTEGER NOT NULL DEFAULT 0,
    regular     INTEGER NOT NULL DEFAULT 0 CHECK (regular >= 0),
    priority    INTEGER NOT NULL DEFAULT 0 CHECK (priority >= 0),
    PRIMARY KEY (branch, day, service)
) WITHOUT ROWID;

CREATE TABLE tickets (
    id          TEXT PRIMARY KEY,
    branch      INTEGER NOT NULL,
    day         TEXT NOT NULL,
    prefix      TEXT NOT NULL,
    number      INTEGER NOT NULL,
    label       TEXT NOT NULL,
    service     TEXT NOT NULL,
    priority    TEXT NOT NULL,
    language    TEXT NOT NULL,
    people      INTEGER NOT NULL,
    channel     TEXT NOT NULL,
    token       TEXT NOT NULL UNIQUE,
    issued_at   INTEGER NOT NULL,
    eligible_at INTEGER NOT NULL,
    leg         INTEGER NOT NULL,  -- the present turn
    UNIQUE (branch, day, number, prefix)  -- number first: new rows stay side by side
);

CREATE TABLE turns (
    ticket          TEXT NOT NULL,
    leg             INTEGER NOT NULL,
    branch          INTEGER NOT NULL,
    day             TEXT NOT NULL,
    label           TEXT NOT NULL,
    service         TEXT NOT NULL,
    priority        TEXT NOT NULL,
    state           TEXT NOT NULL,
    arrival         INTEGER NOT NULL,  -- event sequence that gives the place in line
    eligible_at     INTEGER NOT NULL,
    for_counter     TEXT NOT NULL DEFAULT '',
    counter         TEXT,
    counter_number  INTEGER,
    staff           TEXT,
    first_called_at INTEGER,
    called_at       INTEGER,
    calls           INTEGER NOT NULL DEFAULT 0,
    recalls         INTEGER NOT NULL DEFAULT 0,
    started_at      INTEGER,
    serving_since   INTEGER,
    service_ms      INTEGER NOT NULL DEFAULT 0,
    walk_ms         INTEGER,
    ended_at        INTEGER,
    ended_by        TEXT,
    outcome         TEXT,
    outcome_code    TEXT,
    hold_reason     TEXT,
    hold_until      INTEGER,
    missed_at       INTEGER,
    rule            TEXT,
    why             TEXT,
    note            TEXT,
    PRIMARY KEY (ticket, leg)
);
CREATE INDEX turns_day ON turns (branch, day);
CREATE INDEX turns_line ON turns (branch, day, service, priority, arrival)
    WHERE state = 'waiting' AND for_counter = '';
CREATE INDEX turns_reserved ON turns (branch, day, for_counter, arrival)
    WHERE state = 'waiting' AND for_counter <> '';
CREATE INDEX turns_resting ON turns (branch, day, state) WHERE state IN ('held', 'no_show');
CREATE UNIQUE INDEX turns_at_counter ON turns (branch, counter)
    WHERE state IN ('called', 'serving');

-- Every call, never overwritten, with the rule that chose it.
CREATE TABLE calls (
    branch   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    day      TEXT NOT NULL,
    ticket   TEXT NOT NULL,
    leg      INTEGER NOT NULL,
    label    TEXT NOT NULL,
    service  TEXT NOT NULL,
    priority TEXT,              -- NULL for a recall, which the policy does not count
    counter  TEXT NOT NULL,
    number   INTEGER NOT NULL,
    rule     TEXT,
    staff    TEXT,
    PRIMARY KEY (branch, seq)
);
CREATE INDEX calls_day ON calls (branch, day, seq);

CREATE TABLE counters (
    branch      INTEGER NOT NULL,
    id          TEXT NOT NULL,
    state       TEXT NOT NULL,
    services    TEXT NOT NULL,   -- JSON list of service codes offered now
    since       INTEGER NOT NULL,
    holder      TEXT,
    holder_name TEXT,
    reason      TEXT,
    PRIMARY KEY (branch, id)
) WITHOUT ROWID;

-- What each counter was, from when to when: the base of occupancy.
CREATE TABLE counter_sessions (
    branch   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    counter  TEXT NOT NULL,
    number   INTEGER NOT NULL,
    state    TEXT NOT NULL,
    reason   TEXT,
    staff    TEXT,
    services TEXT NOT NULL,
    from_at  INTEGER NOT NULL,
    to_at    INTEGER,
    PRIMARY KEY (branch, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX counter_sessions_now ON counter_sessions (branch, counter) WHERE to_at IS NULL;

CREATE TABLE paused_services (
    branch  INTEGER NOT NULL,
    service TEXT NOT NULL,
    notice  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (branch, service)
) WITHOUT ROWID;

CREATE TABLE print_jobs (
    id       TEXT PRIMARY KEY,
    branch   INTEGER NOT NULL,
    ticket   TEXT NOT NULL,
    printer  TEXT NOT NULL,
    copy     INTEGER NOT NULL,
    state    TEXT NOT NULL,      -- queued, printing, printed, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at  INTEGER NOT NULL,
    error    TEXT
);
CREATE INDEX print_jobs_due ON print_jobs (printer, next_at, id) WHERE state = 'queued';
CREATE INDEX print_jobs_stuck ON print_jobs (branch) WHERE state = 'printing';
CREATE INDEX print_jobs_ticket ON print_jobs (ticket);

-- When a display showed or voiced a call. Facts beside the log: many displays, one call.
CREATE TABLE display_acks (
    branch INTEGER NOT NULL,
    seq    INTEGER NOT NULL,     -- of the call
    device TEXT NOT NULL,
    kind   TEXT NOT NULL,        -- shown, voiced
    at     INTEGER NOT NULL,
    PRIMARY KEY (branch, seq, device, kind)
) WITHOUT ROWID;

CREATE TABLE printers (
    id      TEXT PRIMARY KEY,
    branch  INTEGER NOT NULL REFERENCES branches (id),
    name    TEXT NOT NULL,
    url     TEXT NOT NULL,
    kiosk   TEXT,                -- prints only for the kiosk with this name
    created_at INTEGER NOT NULL,
    UNIQUE (branch, name)
) WITHOUT ROWID;

-- Keys of scripts and devices; only hashes of what they hold.
CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    branch     INTEGER NOT NULL REFERENCES branches (id),
    role       TEXT NOT NULL,
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE pairing_codes (
    hash       TEXT PRIMARY KEY,
    branch     INTEGER NOT NULL REFERENCES branches (id),
    role       TEXT NOT NULL,
    name       TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
    id         TEXT PRIMARY KEY,
    branch     INTEGER NOT NULL REFERENCES branches (id),
    login      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    password   TEXT NOT NULL,
    active     INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY,
    user       TEXT NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Answers already given, so that a repeated request gets the same one.
CREATE TABLE requests (
    branch INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    key    TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    body   BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (branch, actor, key)
) WITHOUT ROWID;
CREATE INDEX requests_age ON requests (at);
