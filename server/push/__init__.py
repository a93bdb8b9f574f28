"""Pushes events to screens: a snapshot, then every event in order."""
