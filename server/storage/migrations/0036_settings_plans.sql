-- Settings that are not in force: one draft a person, and changes planned for a moment.
CREATE TABLE settings_plans (
    id       TEXT PRIMARY KEY,
    branch   INTEGER NOT NULL REFERENCES branches (id),
    kind     TEXT NOT NULL,        -- draft, planned
    base     INTEGER NOT NULL,     -- the version of the settings that it was made from
    settings TEXT NOT NULL,
    due_at   INTEGER,              -- of what is planned
    actor    TEXT NOT NULL,
    role     TEXT NOT NULL,
    name     TEXT NOT NULL,
    made_at  INTEGER NOT NULL,
    trouble  TEXT NOT NULL DEFAULT ''   -- why it could not be put in force, as JSON
);
CREATE INDEX settings_plans_due ON settings_plans (due_at) WHERE kind = 'planned' AND trouble = '';
CREATE INDEX settings_plans_of ON settings_plans (branch, kind);
