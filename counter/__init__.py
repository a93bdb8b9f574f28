"""Owns the staff console: the page where visitors are called and served."""
