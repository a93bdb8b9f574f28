-- Offices that run a server of their own and send their log here. Who stands in this table is ruled
-- over there: nobody decides here, and "branches.seq" is how far its log has come.
CREATE TABLE boxes (
    branch   INTEGER PRIMARY KEY REFERENCES branches (id),
    history  TEXT,                          -- of its log; NULL before the first part came
    newest   INTEGER NOT NULL DEFAULT 0,    -- the last event that it has, as it said
    version  TEXT NOT NULL DEFAULT '',      -- of its program, as it said
    heard_at INTEGER
);
-- Events that came before those they stand on.
CREATE TABLE events_ahead (
    branch INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    data   TEXT NOT NULL,
    PRIMARY KEY (branch, seq)
) WITHOUT ROWID;

-- Where this server sends a branch's log; "seq" is the last event that the city confirmed.
CREATE TABLE city_links (
    branch   INTEGER PRIMARY KEY REFERENCES branches (id),
    url      TEXT NOT NULL,
    token    TEXT NOT NULL,
    seq      INTEGER NOT NULL DEFAULT 0,
    error    TEXT,
    told_at  INTEGER
);
