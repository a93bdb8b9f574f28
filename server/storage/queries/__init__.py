"""Every question the program asks of its tables, by subject; SQL stands nowhere outside storage."""
