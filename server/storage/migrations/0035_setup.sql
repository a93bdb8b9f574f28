-- How far the set-up in the browser is: its one-time code, the browser that holds it, and what was
-- typed so far. One row; it ends with the office that it makes.
CREATE TABLE setup (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code TEXT,
    code_ends INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    holder_ends INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT '',
    branch INTEGER REFERENCES branches (id),
    beside_demo INTEGER NOT NULL DEFAULT 0
);
INSERT INTO setup (id) VALUES (1);
