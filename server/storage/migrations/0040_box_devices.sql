-- What an office's own server told of its devices last; the city shows it as of then.
CREATE TABLE box_devices (
    branch  INTEGER PRIMARY KEY REFERENCES boxes (branch),
    at      INTEGER NOT NULL,
    devices TEXT NOT NULL
);
