"""A realistic office to try Ramah with."""
