-- Printers and displays as they were last seen; the log holds every change.
CREATE TABLE equipment (
    branch INTEGER NOT NULL,
    what   TEXT NOT NULL,              -- printer, display
    device TEXT NOT NULL,              -- printers.id, tokens.id
    name   TEXT NOT NULL,
    state  TEXT NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (branch, what, device)
) WITHOUT ROWID;
