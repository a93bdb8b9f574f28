-- Invitations of people who have no password yet; only the hash of the code is kept.
CREATE TABLE invitations (
    user       TEXT PRIMARY KEY REFERENCES users (id),
    hash       TEXT NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What a list of somebody's log-ins says of each.
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN began_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN place TEXT NOT NULL DEFAULT '';    -- network address
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT '';     -- phone, tablet, computer
UPDATE sessions SET id = lower(hex(randomblob(12)));
CREATE INDEX sessions_of ON sessions (user);
