"""One city: offices with a server of their own send their logs here, and all are read together."""
