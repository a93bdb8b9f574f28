-- Days are compared with their roll-ups by the order of the log: moments can go back with the clock.
-- The event after which a day was last not what it had been before: closed, or taken back.
ALTER TABLE days ADD COLUMN changed_seq INTEGER NOT NULL DEFAULT 0;
-- The last event that a roll-up has seen.
ALTER TABLE rollup_days ADD COLUMN upto INTEGER NOT NULL DEFAULT 0;
-- Served for a while, then held, and so found by the day's end.
ALTER TABLE rollups ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0;
