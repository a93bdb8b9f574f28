-- Somebody at a kiosk asked for a person; open until a colleague takes it.
CREATE TABLE help_requests (
    id          TEXT PRIMARY KEY,
    branch      INTEGER NOT NULL,
    day         TEXT NOT NULL,
    device      TEXT NOT NULL,     -- token of the kiosk, or the person who asked
    device_name TEXT NOT NULL,
    at          INTEGER NOT NULL,
    taken_at    INTEGER,
    taken_by    TEXT
) WITHOUT ROWID;
CREATE INDEX help_requests_open ON help_requests (branch, day, device) WHERE taken_at IS NULL;
