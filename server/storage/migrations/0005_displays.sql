-- What the lobby screens show and how; facts beside the event log, replay does not need them.
-- Settings are versions, never edited in place: the newest of a device or playlist counts.

CREATE TABLE display_settings (
    device   TEXT NOT NULL,              -- tokens.id
    version  INTEGER NOT NULL,
    branch   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (device, version)
) WITHOUT ROWID;

CREATE TABLE playlists (
    branch  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    items   TEXT NOT NULL,               -- empty list: the playlist is gone
    PRIMARY KEY (branch, name, version)
) WITHOUT ROWID;

CREATE TABLE media (
    id         TEXT PRIMARY KEY,
    branch     INTEGER NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,            -- image, video, text
    type       TEXT NOT NULL,            -- media type of the file
    file       TEXT NOT NULL DEFAULT '', -- name in DATA/media; empty for a text
    bytes      INTEGER NOT NULL DEFAULT 0,
    width      INTEGER NOT NULL DEFAULT 0,
    height     INTEGER NOT NULL DEFAULT 0,
    seconds    REAL NOT NULL DEFAULT 0,  -- of a video
    text       TEXT NOT NULL DEFAULT '',
    added_at   INTEGER NOT NULL,
    added_by   TEXT NOT NULL,
    removed_at INTEGER
);
CREATE INDEX media_present ON media (branch, added_at) WHERE removed_at IS NULL;
