-- Who waits, and in which order, is kept in memory (server/domain/hall.py), folded from the log.
DROP TABLE lines;
DROP INDEX turns_line;
DROP INDEX turns_reserved;
DROP INDEX turns_slots;
