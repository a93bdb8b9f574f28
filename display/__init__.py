"""The lobby screen: its page, assets and routes."""
