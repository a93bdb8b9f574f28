"""The rules of the queue: pure code, no I/O, no clock of its own, no import from other rooms."""
