-- Which closed days hold turns of a kind, so that the log of many years is not read day after day
-- for what is rare. Written with a day's roll-up; a day that is counted again may keep a bit too many.
CREATE TABLE log_kinds (
    branch   INTEGER NOT NULL,
    month    TEXT NOT NULL,
    prefix   TEXT NOT NULL,     -- of the number
    service  TEXT NOT NULL,
    counter  INTEGER NOT NULL,  -- 0: not called
    priority TEXT NOT NULL,
    outcome  TEXT NOT NULL,     -- else the state
    channel  TEXT NOT NULL,
    days     INTEGER NOT NULL,  -- one bit a day of the month, the lowest for day 0
    PRIMARY KEY (branch, month, prefix, service, counter, priority, outcome, channel)
) WITHOUT ROWID;
