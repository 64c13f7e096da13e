"""The body of a POST: read up to a limit, and the form in it. Whoever posts may be anybody, whatever the link says."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from culture.people import Language
from service.messages.translation import Sentence
from service.pages.answer import Declined

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

LARGEST_BODY = 16 * 1024
"""Bytes of a POST that are read. Our longest form is below one KB; the rest is room for a mailbox's own parts."""

MOST_FIELDS = 100
"""Fields of a form: ours have fourteen. What is more costs time and is nobody's choice."""

LONGEST_KIND = 400
"""Letters of a Content-Type: a boundary has at most seventy (RFC 2046, 5.1.1)."""

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"

Fields = Mapping[str, list[str]]
"""A posted form: the values of each name, in the order they came."""

# What it warns of is answered to whoever sent it; in the log it would be a stranger's to fill.
logging.getLogger("python_multipart").setLevel("CRITICAL")


class NoForm(ValueError):
    """The body is no form that is read here."""


async def body_of(request: Request, largest: int, language: Language) -> bytes:
    """The body of a POST. Raises Declined: 413 when it is larger than `largest` bytes, without reading on; 400, which
    reaches nobody, when the connection ends before it."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > largest:
                count = {"count": largest // 1024}
                sentence = Sentence("A form here holds at most {count} KB.", count)
                raise Declined(413, Sentence("That was too much"), sentence, language)
    except ClientDisconnect:
        # Not let through: each would be a traceback in the log.
        sentence = Sentence("Nothing has been changed. Open your page and try again there.")
        raise Declined(400, Sentence("This form cannot be read"), sentence, language) from None
    return bytes(body)


def form_of(kind: str, body: bytes) -> Fields:
    """The fields of a form as browsers post it; `kind` is its Content-Type. None in an empty body. Raises NoForm."""
    if not body:
        return {}
    if _media_type(kind) != URLENCODED:
        raise NoForm(kind)
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise NoForm(str(error)) from None


def mailbox_form_of(kind: str, body: bytes) -> Fields:
    """The same, of a mailbox: it may post multipart/form-data as well (RFC 8058, 3.2). Raises NoForm."""
    return _parts(kind, body) if _media_type(kind) == MULTIPART else form_of(kind, body)


def _media_type(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _parts(kind: str, body: bytes) -> Fields:
    if len(kind) > LONGEST_KIND:
        raise NoForm("a Content-Type so long")
    found = _Parts()
    boundary = parse_options_header(kind)[1].get(b"boundary")
    if not boundary:
        raise NoForm("no boundary")
    try:
        MultipartParser(boundary, found.callbacks()).write(body)
    except FormParserError as error:
        raise NoForm(str(error)) from None
    if not found.whole:
        raise NoForm("without an end")
    return found.fields


class _Parts:
    """What the parser calls, and the fields that come of it. Headers of a part but its name say nothing to us."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.whole = False
        self._parts = 0
        self._begin()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_part_data": lambda data, start, end: self._content.extend(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._end_all,
        }

    def _begin(self) -> None:
        self._header, self._value, self._content = bytearray(), bytearray(), bytearray()
        self._name: bytes | None = None

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._name = parse_options_header(bytes(self._value))[1].get(b"name")
        self._header, self._value = bytearray(), bytearray()

    def _end(self) -> None:
        self._parts += 1
        if self._parts > MOST_FIELDS:
            raise FormParserError("too many fields")
        if self._name is not None:
            value = self._content.decode("utf-8", "replace").strip()
            self.fields.setdefault(self._name.decode("utf-8", "replace"), []).append(value)

    def _end_all(self) -> None:
        self.whole = True
