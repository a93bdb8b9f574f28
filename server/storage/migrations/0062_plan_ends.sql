-- A planned change that takes another one back at its end: which one; it waits until that is in force.
ALTER TABLE settings_plans ADD COLUMN follows TEXT NOT NULL DEFAULT '';
