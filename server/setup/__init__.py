"""Setting an office up in the browser, from an empty folder to the first admin."""
