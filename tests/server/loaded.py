"""What a server needs, loaded once before servers are forked; see ``forked``."""

import server.app
import server.cli
import server.running

__all__ = ["server"]
