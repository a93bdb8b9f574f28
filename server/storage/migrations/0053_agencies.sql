-- Whose halls somebody of one agency reads; "" for everybody else, who belongs to a branch or to the city.
ALTER TABLE users ADD COLUMN agency TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN agency TEXT NOT NULL DEFAULT '';
