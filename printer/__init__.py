"""The printer room: ticket layout -> ESC/POS bytes -> transport, and the spool that retries."""
