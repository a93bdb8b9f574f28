"""Devices of the halls: how they ask to be let in, and what they tell of themselves."""
