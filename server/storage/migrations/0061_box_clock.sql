-- How far an office's clock was ahead of the city's when they talked last, in ms; NULL: nobody
-- knows. The city keeps it with the box, the office with its link.
ALTER TABLE boxes ADD COLUMN clock_ms INTEGER;
ALTER TABLE city_links ADD COLUMN clock_ms INTEGER;
