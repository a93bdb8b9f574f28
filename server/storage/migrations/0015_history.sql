-- A history has a name of its own, drawn when it begins and anew when a backup is brought back: the
-- same event number in two histories is two events.
ALTER TABLE branches ADD COLUMN history TEXT NOT NULL DEFAULT '';
UPDATE branches SET history = lower(hex(randomblob(8)));
CREATE TRIGGER branches_begin AFTER INSERT ON branches WHEN NEW.history = '' BEGIN
    UPDATE branches SET history = lower(hex(randomblob(8))) WHERE id = NEW.id;
END;
