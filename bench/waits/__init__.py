"""Judges what visitors are told of their wait, against simple rules, on days made up by seed."""
