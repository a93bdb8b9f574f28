-- A tablet at a counter takes words there, and nowhere else: its key names the counter.
ALTER TABLE tokens ADD COLUMN counter INTEGER;
ALTER TABLE pairing_codes ADD COLUMN counter INTEGER;

-- Where a word was given: staff cannot answer for visitors unnoticed.
ALTER TABLE feedback ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE feedback ADD COLUMN device_name TEXT NOT NULL DEFAULT '';
ALTER TABLE feedback ADD COLUMN after_ms INTEGER;  -- from the end of the service to the word
