-- What visitors read of a paused service, in each language of the hall: {"id": "...", "en": "..."}.
ALTER TABLE paused_services ADD COLUMN words TEXT NOT NULL DEFAULT '{}';
