-- Why the city does not take what an office's own server sends, as a problem's name; '' while it does.
ALTER TABLE boxes ADD COLUMN refused TEXT NOT NULL DEFAULT '';
