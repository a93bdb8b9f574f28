-- What the city prepared for an office: in the city as it was made, at the office's own server as it came.
CREATE TABLE prepared (
    branch    INTEGER PRIMARY KEY REFERENCES branches (id),
    version   INTEGER NOT NULL,            -- one more with each change, also when it is taken back
    base      INTEGER NOT NULL,            -- version of the office's settings that it was made from
    settings  TEXT    NOT NULL,            -- JSON; '' for none
    people    TEXT    NOT NULL,            -- JSON: who shall be invited
    name      TEXT    NOT NULL,            -- who prepared it
    at        INTEGER NOT NULL,
    had       INTEGER NOT NULL DEFAULT 0,  -- in the city: the version that the office's server has
    put_aside INTEGER NOT NULL DEFAULT 0   -- the version that the office does not want for now
);
