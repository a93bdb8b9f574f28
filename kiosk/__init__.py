"""The touchscreen at the door: its page, assets and routes."""
