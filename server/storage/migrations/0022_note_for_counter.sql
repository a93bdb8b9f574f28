-- What whoever gave a number wants the counter to know.
ALTER TABLE tickets ADD COLUMN note_for_counter TEXT;
