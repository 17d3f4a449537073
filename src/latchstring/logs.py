"""Structured logs: JSON lines, or readable ones on a terminal. Nothing that is logged is ever a secret."""

import logging
import re
import sys
import traceback
from typing import Literal

import structlog

#: Our credentials, API keys and digests, wherever they stand in a text.
_SECRETS = re.compile(r"\bls[a-z]{2}_\w+|\b[0-9a-fA-F]{32,}\b|\$argon2\S+")


def configure_logging(level: str, form: Literal["json", "console"]) -> None:
    """Set up logging for this process: ours, and warnings of the libraries in the same form."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_told),
    ]
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    rendering = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=rendering, foreign_pre_chain=processors)
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _told(exc_info: structlog.typing.ExcInfo) -> str:
    """Where an exception came from and what it says. Never the values of variables, which hold secrets."""
    told = "".join(traceback.format_exception(*exc_info))
    return _SECRETS.sub("…", told)
