-- Appointments: a turn with a due time waits in a line of its own, ordered by the moment from
-- which it may be called, so that one for the afternoon never stands before the others.
ALTER TABLE turns ADD COLUMN due INTEGER;
DROP INDEX turns_line;
CREATE INDEX turns_line ON turns (branch, day, service, priority, arrival)
    WHERE state = 'waiting' AND for_counter = '' AND due IS NULL;
CREATE INDEX turns_slots ON turns (branch, day, service, eligible_at, arrival)
    WHERE state = 'waiting' AND for_counter = '' AND due IS NOT NULL;
ALTER TABLE lines ADD COLUMN booked INTEGER NOT NULL DEFAULT 0 CHECK (booked >= 0);

-- When a break is meant to end.
ALTER TABLE counters ADD COLUMN until INTEGER;

-- Services a person can serve, as a JSON list of codes; NULL for all of the counter's.
ALTER TABLE users ADD COLUMN skills TEXT;

-- The line of text that the displays of a branch show now.
CREATE TABLE notices (
    branch INTEGER PRIMARY KEY,
    notice TEXT NOT NULL,
    until  INTEGER,
    since  INTEGER NOT NULL
);
