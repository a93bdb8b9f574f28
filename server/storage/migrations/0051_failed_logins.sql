-- How often somebody failed to log in as this person since the person last did.
ALTER TABLE users ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
