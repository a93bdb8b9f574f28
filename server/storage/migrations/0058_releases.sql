-- Which version of the program an office's own server may take: in the city as somebody said it, there as it came.
CREATE TABLE releases (
    branch  INTEGER PRIMARY KEY REFERENCES branches (id),
    version TEXT    NOT NULL,  -- '' when that was taken back
    name    TEXT    NOT NULL,  -- who said so
    at      INTEGER NOT NULL,  -- in the city's time; another one is another word
    took_at INTEGER            -- in the city: when the office's server first came with it
);
