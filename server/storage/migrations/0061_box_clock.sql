-- How far an office's clock was ahead of the city's when it came last, in ms; NULL: nobody knows.
ALTER TABLE boxes ADD COLUMN clock_ms INTEGER;
