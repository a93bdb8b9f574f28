-- Roll-ups: a closed day counted once. Everything here follows from "turns" and "counter_sessions"
-- and can be thrown away and made again (ramah doctor --repair).
--
-- One row per grain and key. Grains: "cell" has every part of the key; "hour" has no counter,
-- "counter" no hour, "day" neither, "desk" the counter alone. A part that a grain leaves out is -1
-- or empty. Counter 0: not called.
-- The histograms are zlib of 32-bit little-endian lanes, one per bucket (server/reports/histogram.py).
CREATE TABLE rollups (
    branch            INTEGER NOT NULL,
    grain             TEXT NOT NULL,
    day               TEXT NOT NULL,
    hour              INTEGER NOT NULL,
    service           TEXT NOT NULL,
    counter           INTEGER NOT NULL,
    priority          TEXT NOT NULL,
    turns             INTEGER NOT NULL,
    tickets           INTEGER NOT NULL,
    people            INTEGER NOT NULL,
    appointments      INTEGER NOT NULL,
    called            INTEGER NOT NULL,
    served            INTEGER NOT NULL,
    no_show           INTEGER NOT NULL,
    cancelled_visitor INTEGER NOT NULL,
    cancelled_staff   INTEGER NOT NULL,
    transferred       INTEGER NOT NULL,
    expired           INTEGER NOT NULL,
    never_called      INTEGER NOT NULL,
    recalled          INTEGER NOT NULL,
    recalls           INTEGER NOT NULL,
    closed_by_clock   INTEGER NOT NULL,
    within            INTEGER NOT NULL,
    wait_ms           INTEGER NOT NULL,
    walk_n            INTEGER NOT NULL,
    walk_ms           INTEGER NOT NULL,
    service_n         INTEGER NOT NULL,
    service_ms        INTEGER NOT NULL,
    busy_ms           INTEGER NOT NULL,
    wait_max_ms       INTEGER NOT NULL,
    service_max_ms    INTEGER NOT NULL,
    waits             BLOB NOT NULL,
    services          BLOB NOT NULL,
    PRIMARY KEY (branch, grain, day, hour, service, counter, priority)
) WITHOUT ROWID;

-- Open and paused time of each counter on a closed day, cut at the day's bounds.
CREATE TABLE rollup_counters (
    branch   INTEGER NOT NULL,
    day      TEXT NOT NULL,
    counter  INTEGER NOT NULL,
    open_ms  INTEGER NOT NULL,
    break_ms INTEGER NOT NULL,
    PRIMARY KEY (branch, day, counter)
) WITHOUT ROWID;

-- Days whose roll-up is complete; written last.
CREATE TABLE rollup_days (
    branch  INTEGER NOT NULL,
    day     TEXT NOT NULL,
    version INTEGER NOT NULL,   -- of the roll-up's rules
    made_at INTEGER NOT NULL,
    PRIMARY KEY (branch, day)
) WITHOUT ROWID;

CREATE INDEX counter_sessions_from ON counter_sessions (branch, from_at);

-- A counter's sessions are cut at a day's bounds; this finds the ones that reach into it.
CREATE INDEX counter_sessions_to ON counter_sessions (branch, to_at);

-- Secrets of the branch that never leave the server, such as the salt of staff pseudonyms.
CREATE TABLE branch_secrets (
    branch INTEGER NOT NULL,
    name   TEXT NOT NULL,
    value  BLOB NOT NULL,
    PRIMARY KEY (branch, name)
) WITHOUT ROWID;
INSERT INTO branch_secrets (branch, name, value) SELECT id, 'staff-salt', randomblob(32) FROM branches;
CREATE TRIGGER branches_salt AFTER INSERT ON branches BEGIN
    INSERT INTO branch_secrets (branch, name, value) VALUES (new.id, 'staff-salt', randomblob(32));
END;

-- Other programs that are told of each event; "seq" is the last one they confirmed.
CREATE TABLE webhooks (
    id         TEXT PRIMARY KEY,
    branch     INTEGER NOT NULL REFERENCES branches (id),
    url        TEXT NOT NULL,
    secret     TEXT NOT NULL,
    kinds      TEXT NOT NULL,      -- JSON list, empty for all
    seq        INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    error      TEXT,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Alarms that are on; the log holds when each was raised and cleared.
CREATE TABLE alarms (
    branch  INTEGER NOT NULL,
    rule    TEXT NOT NULL,
    subject TEXT NOT NULL,
    value   INTEGER NOT NULL,
    "limit" INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (branch, rule, subject)
) WITHOUT ROWID;

-- Views for reading only (docs/bi.md). Their names and columns are kept; nothing personal, no keys.
CREATE VIEW bi_turns AS
SELECT branches.code AS branch, turns.day, turns.ticket, turns.leg, turns.label, turns.service,
    turns.counter_number AS counter, turns.priority, tickets.language, tickets.channel,
    CASE turns.leg WHEN 1 THEN tickets.people ELSE 0 END AS people,
    CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END AS issued_ms,
    turns.eligible_at AS eligible_ms, turns.first_called_at AS called_ms,
    turns.started_at AS started_ms, turns.ended_at AS ended_ms,
    CASE WHEN turns.first_called_at IS NULL THEN NULL
        WHEN turns.first_called_at > turns.eligible_at THEN turns.first_called_at - turns.eligible_at
        ELSE 0 END AS wait_ms,
    turns.walk_ms, CASE WHEN turns.started_at IS NULL OR turns.ended_at IS NULL THEN NULL
        ELSE turns.service_ms END AS service_ms,
    turns.calls, turns.recalls, turns.state, turns.outcome, turns.outcome_code, turns.ended_by
FROM turns JOIN tickets ON tickets.id = turns.ticket JOIN branches ON branches.id = turns.branch;

CREATE VIEW bi_days AS
SELECT branches.code AS branch, rollups.day, rollups.service, rollups.priority, rollups.turns,
    rollups.tickets, rollups.people, rollups.called, rollups.served, rollups.no_show,
    rollups.cancelled_visitor, rollups.cancelled_staff, rollups.transferred, rollups.expired,
    rollups.never_called, rollups.within, rollups.wait_ms, rollups.wait_max_ms, rollups.service_n,
    rollups.service_ms
FROM rollups JOIN branches ON branches.id = rollups.branch WHERE rollups.grain = 'day';

CREATE VIEW bi_counter_sessions AS
SELECT branches.code AS branch, counter_sessions.number AS counter, counter_sessions.state,
    counter_sessions.reason, counter_sessions.from_at AS from_ms, counter_sessions.to_at AS to_ms
FROM counter_sessions JOIN branches ON branches.id = counter_sessions.branch;
