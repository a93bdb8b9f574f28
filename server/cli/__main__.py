"""Lets ``python -m server.cli`` do what ``ramah`` does."""

import sys

from server.cli import main

sys.exit(main())
