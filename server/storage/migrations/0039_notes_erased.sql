-- Up to which business day the notes about numbers are erased, in the log as well.
CREATE TABLE notes_erased (
    branch INTEGER PRIMARY KEY REFERENCES branches (id),
    day    TEXT NOT NULL
);
