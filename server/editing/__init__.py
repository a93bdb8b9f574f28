"""Changing the settings of an office on pages: forms, what a change means, drafts, and files."""
