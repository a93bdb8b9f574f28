"""What a server needs, loaded once before servers are forked; see ``forked``."""

import server.app
import server.cli
import server.running
from web.i18n import Catalogs

Catalogs.load()
__all__ = ["server"]
