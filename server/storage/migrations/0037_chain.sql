-- Each deed's hash is over the one before and its own content, per branch, so that nobody changes,
-- drops or moves one unseen. Who, about what and from where are in the hash by a salted seal only:
-- they can be forgotten, and the chain holds. Older rows are taken in when the server next keeps house.
ALTER TABLE deeds ADD COLUMN seq INTEGER;
ALTER TABLE deeds ADD COLUMN salt TEXT NOT NULL DEFAULT '';
ALTER TABLE deeds ADD COLUMN seal TEXT NOT NULL DEFAULT '';
ALTER TABLE deeds ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX deeds_seq ON deeds (branch, seq);

CREATE TABLE deed_chains (
    branch     INTEGER PRIMARY KEY REFERENCES branches (id),
    seq        INTEGER NOT NULL,  -- of the newest
    hash       TEXT NOT NULL,     -- of the newest: the head
    begun_at   INTEGER NOT NULL,
    found      INTEGER NOT NULL,  -- so many older rows were taken in as they were
    forgot     INTEGER NOT NULL,  -- the last one that was deleted for its age, 0 for none
    forgot_hash TEXT NOT NULL     -- its hash: the first kept one builds on it
);
