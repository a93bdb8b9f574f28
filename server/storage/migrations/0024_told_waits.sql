-- Wait ranges told after a number was taken, as on the phone page: a sample, beside the log. Before this
-- they were events ("quoted"), which every screen and webhook had to pass over.
CREATE TABLE told_waits (
    branch INTEGER NOT NULL REFERENCES branches (id),
    at INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    channel TEXT NOT NULL,
    ahead INTEGER NOT NULL,
    model TEXT NOT NULL,
    low INTEGER,
    high INTEGER
);
