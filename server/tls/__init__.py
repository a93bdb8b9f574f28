"""The room of TLS: the hall's own authority, and certificates that are kept fresh."""

FOLDER = "tls"
"""In the data folder, for its owner alone. What is in it is in no backup."""
