"""The rules of the queue: pure code, no I/O, no clock of its own, nothing imported from other rooms."""
