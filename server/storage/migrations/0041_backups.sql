-- The plan for backups of the whole server, and what came of it: newest last.
CREATE TABLE backup_plan (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    folder TEXT NOT NULL,
    at     TEXT NOT NULL,              -- HH:MM on the clock of the first office
    keep   INTEGER NOT NULL,           -- so many files stay
    public TEXT NOT NULL DEFAULT '',   -- the key they are encrypted for; '' for none
    since  INTEGER NOT NULL,
    asked  INTEGER NOT NULL DEFAULT 0  -- somebody wants one now
);
CREATE TABLE backups_made (
    id    INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    file  TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    error TEXT NOT NULL DEFAULT ''     -- why there is none
);
