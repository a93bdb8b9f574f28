-- Results as they were published: what anybody may read, and nothing that was not in them then.
CREATE TABLE results_published (
    id           TEXT PRIMARY KEY,
    branch       INTEGER NOT NULL REFERENCES branches (id),
    first        TEXT NOT NULL,
    last         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    by           TEXT NOT NULL,
    reports      TEXT NOT NULL,   -- by language, as JSON
    withdrawn_at INTEGER,
    withdrawn_by TEXT
);
CREATE INDEX results_published_branch ON results_published (branch, last) WHERE withdrawn_at IS NULL;
