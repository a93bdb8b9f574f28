"""Owns the manager's page: the day in numbers, the hall as it is now, and every turn of a day."""
