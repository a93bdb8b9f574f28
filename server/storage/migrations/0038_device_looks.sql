-- How a device was when it was last heard, as it told: kept so that a device that is switched off
-- still says when and how it was in use. Not in the log: it changes by the minute and decides nothing.
CREATE TABLE device_looks (
    device TEXT PRIMARY KEY REFERENCES tokens (id),
    branch INTEGER NOT NULL REFERENCES branches (id),
    at     INTEGER NOT NULL,
    look   TEXT NOT NULL
) WITHOUT ROWID;
