-- What somebody of the city wishes for a device of an office: in the city as it was said and what came of it, at the
-- office's own server as it was done, so that it is done once.
CREATE TABLE device_wishes (
    id       TEXT    NOT NULL PRIMARY KEY,
    branch   INTEGER NOT NULL REFERENCES branches (id),
    device   TEXT    NOT NULL,            -- id of its key in the office
    was      TEXT    NOT NULL,            -- what the device was called when it was wished
    act      TEXT    NOT NULL,            -- reload, rename, end
    name     TEXT    NOT NULL,            -- what it shall be called; '' for the other acts
    by       TEXT    NOT NULL,            -- whose wish it is
    at       INTEGER NOT NULL,
    state    TEXT    NOT NULL,            -- waiting, done, away, gone, refused
    ended_at INTEGER
);
CREATE INDEX device_wishes_of ON device_wishes (branch, at);
