"""Owns what all pages share: tokens, base styles, socket client, words, page rendering."""
