"""Owns how the server's own log is written: to standard error, one line an event."""

from __future__ import annotations

import logging
import sys

import structlog
from aiohttp.http_exceptions import HttpProcessingError


def set_up_logging(*, as_json: bool) -> None:
    """Send structlog and the standard library's loggers to standard error.

    Called before anything that would set a handler of its own is imported.
    """
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        # never the pretty ones it takes where it can: they show what variables hold, passwords too,
        # and take a third of a second each
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if as_json else _unchanged,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("aiohttp.server").addFilter(_WithoutTraceback())
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s"
    )


class _WithoutTraceback(logging.Filter):
    """Tells a request that was not HTTP in one line: the fault is the sender's, not ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record; drop the traceback of a malformed request."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            record.exc_info, record.exc_text = None, None
            record.msg, record.args = "malformed request: %s", (type(error).__name__,)
        return True


def _unchanged(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return event
