-- Up to which number papers are out that this log does not know, after an older backup came back.
CREATE TABLE numbers_elsewhere (
    branch INTEGER NOT NULL REFERENCES branches (id),
    day TEXT NOT NULL,
    prefix TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (branch, day, prefix)
) WITHOUT ROWID;
