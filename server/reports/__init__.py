"""Reads the log for people: one row per turn, and a day in numbers."""
