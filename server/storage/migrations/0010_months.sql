-- Roll-ups of whole months, for reports about counters over many days. Their rows stand in "rollups"
-- with a month (YYYY-MM) in "day" and the grain "month-counter" or "month-desk". This says of which
-- days a month was made; when one of them is counted again, the month no longer holds.
CREATE TABLE rollup_months (
    branch  INTEGER NOT NULL,
    month   TEXT NOT NULL,
    version INTEGER NOT NULL,
    days    INTEGER NOT NULL,
    made    INTEGER NOT NULL,   -- sum of made_at of the days
    PRIMARY KEY (branch, month)
) WITHOUT ROWID;
