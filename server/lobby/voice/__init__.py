"""The voice of the hall: what is said for a call, and the clips it is said with."""
