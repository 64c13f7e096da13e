"""Logs: for a person on a terminal, JSON lines otherwise; addresses redacted on request."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from culture.people import Language
from service.messages.disk_faults import told
from service.messages.faults import Fault
from service.messages.relayed import Relayed
from service.messages.translation import Sentence, say
from service.settings.sections import LoggingSection

OURS = ("aikultur", "store")
"""What our own logs are called; every other is a library's."""

ADDRESS = re.compile(r"[\w.+%-]+@([\w-]+\.[\w.-]+)")


def start_logging(section: LoggingSection, language: Language) -> None:
    """Send the log to standard error, in the form the config asks for: to a person in `language`."""
    human = section.format == "human" or (section.format == "auto" and sys.stderr.isatty())
    handler = _Stderr()
    handler.setFormatter(_Human(language, redact=section.redact) if human else _Lines(redact=section.redact))
    logging.getLogger("uvicorn").setLevel("WARNING")  # it tells of its own start and end; we do that
    logging.basicConfig(level=section.level.upper(), handlers=[handler], force=True)


def _redacted(text: str) -> str:
    """Leave of every address only where it is: who somebody is stays out of the log."""
    return ADDRESS.sub(r"[...]@\1", text)


class _Stderr(logging.StreamHandler[TextIO]):
    """Standard error as it is when a line is written: while a progress bar stands there, the line comes above it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class _Human(logging.Formatter):
    def __init__(self, language: Language, *, redact: bool) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")
        self._language, self._redact = language, redact

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        text = said(record, self._language)
        record.message = _redacted(text) if self._redact else text
        return super().formatMessage(record)


def said(record: logging.LogRecord, language: Language) -> str:
    """A line of the log for a person. What others log (uvicorn, asyncio) is theirs, and stays in their words."""
    if record.name.partition(".")[0] not in OURS:
        return f'{record.name}: "{record.getMessage()}"'
    message = str(record.msg)
    text = message if "{" in message else say(language, message)
    args = record.args if isinstance(record.args, tuple) else ()
    return text % tuple(_said(one, language) for one in args) if args else text


def _said(value: object, language: Language) -> object:
    """What is filled in, in that language where it can be said in it."""
    if isinstance(value, Fault | Sentence):
        return value.said(language)
    if isinstance(value, Exception):
        return told(value, language)
    return Relayed(value).said(language) if isinstance(value, str) else value


class _Lines(logging.Formatter):
    def __init__(self, *, redact: bool) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _redacted(text) if self._redact else text,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
