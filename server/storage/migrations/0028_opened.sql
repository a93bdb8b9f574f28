-- The order of the log is the order of the events that opened its turns, in every store: SQLite's
-- own row numbers said it until now. A first turn's place in line is the event that gave the number.
ALTER TABLE turns ADD COLUMN opened INTEGER NOT NULL DEFAULT 0;
UPDATE turns SET opened = arrival;
UPDATE turns SET opened = began.seq FROM (
    SELECT data ->> 'ticket' AS ticket, data ->> 'to_leg' AS leg, MAX(seq) AS seq FROM events
    WHERE data ->> 'kind' IN ('transferred', 'continued') GROUP BY 1, 2
) AS began WHERE turns.ticket = began.ticket AND turns.leg = began.leg;
DROP INDEX turns_day;
CREATE INDEX turns_day ON turns (branch, day, opened);
DROP INDEX turns_label;
CREATE INDEX turns_label ON turns (branch, label, day, opened);
