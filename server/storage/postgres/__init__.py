"""PostgreSQL under the same halls and commands: for a city with several servers.

``wording`` says the program's SQL in PostgreSQL's words, ``connection`` speaks as much of a SQLite
connection as the program uses, ``schema`` makes the tables from the same migrations. ``writer``
and ``store`` are what changes when several processes write: heads are locked in the order of
their numbers, others' events are folded, and a commit without an answer is looked up.
"""
