"""Keeps the log and what follows from it: transactions, migrations, queries. SQLite."""
