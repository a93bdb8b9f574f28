-- Which of the servers of one store has a branch, by the name it renews its lease under; "" for none.
-- A hall in a file has one server, which has all: there it stays empty.
ALTER TABLE branches ADD COLUMN owner TEXT NOT NULL DEFAULT '';
