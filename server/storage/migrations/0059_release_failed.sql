-- Which version an office's own server went back from, or works with badly, as it told the city; '' for none.
ALTER TABLE releases ADD COLUMN failed TEXT NOT NULL DEFAULT '';
