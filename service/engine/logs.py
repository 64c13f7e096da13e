"""Logs: for a person on a terminal, JSON lines otherwise; addresses redacted on request."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from service.settings.sections import LoggingSection

ADDRESS = re.compile(r"[\w.+%-]+@([\w-]+\.[\w.-]+)")


def start_logging(section: LoggingSection) -> None:
    """Send the log to standard error, in the form the config asks for."""
    human = section.format == "human" or (section.format == "auto" and sys.stderr.isatty())
    handler = _Stderr()
    handler.setFormatter(_Human() if human else _Lines())
    if section.redact:
        handler.addFilter(_redact)
    logging.getLogger("uvicorn").setLevel("WARNING")  # it tells of its own start and end; we do that
    logging.basicConfig(level=section.level.upper(), handlers=[handler], force=True)


def _redact(record: logging.LogRecord) -> bool:
    """Leave of every address only where it is: who somebody is stays out of the log."""
    record.msg = ADDRESS.sub(r"[...]@\1", record.getMessage())
    record.args = ()
    return True


class _Stderr(logging.StreamHandler[TextIO]):
    """Standard error as it is when a line is written: while a progress bar stands there, the line comes above it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class _Human(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
