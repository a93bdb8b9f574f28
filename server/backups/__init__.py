"""Backups by plan: one checked file a day in a folder that the technician chose, the oldest go."""
