-- A session that nobody has touched for a while is locked, and opened by a short PIN.
ALTER TABLE users ADD COLUMN pin TEXT;  -- its hash
ALTER TABLE sessions ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
