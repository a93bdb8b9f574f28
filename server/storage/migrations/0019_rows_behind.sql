-- In a rush the log is written first and the rows of tickets, turns and calls a moment later. Which
-- event they hold is kept, so that whoever opens the file after a crash writes the missing ones.
ALTER TABLE branches ADD COLUMN rows_seq INTEGER NOT NULL DEFAULT 0;
UPDATE branches SET rows_seq = seq;
