"""HTTP without a word of ours in it: headers of every answer, conditional requests, refusals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from culture.people import Language
from service.messages.translation import Sentence

EVERY_ANSWER = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer carries. A stylesheet and a feed, which may be kept, say their own Cache-Control."""


@dataclass(eq=False)  # not frozen: Python and Starlette write the traceback into an exception
class Declined(Exception):
    """A request that gets no page of its own but a heading and a sentence. `language` None: the organisation's."""

    status: int
    heading: Sentence
    sentence: Sentence
    language: Language | None = None
    way_back: str = ""  # a path from the root, without its first slash; empty: the start page
    headers: Mapping[str, str] | None = None


def answer(
    content: bytes | str, kind: str = "text/html", status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response with the headers of every answer; `headers` go before them. Text is sent as UTF-8."""
    return Response(content, status, {**EVERY_ANSWER, **(headers or {})}, kind)


def with_headers(page: Response, declined: Declined) -> Response:
    """The page, with the headers of a refusal."""
    page.headers.update(declined.headers or {})
    return page


def see(address: str, headers: Mapping[str, str] | None = None) -> Response:
    """See other (RFC 9110, 15.4.4): a reload then shows again instead of sending again."""
    return answer(b"", status=303, headers={**(headers or {}), "Location": address})


def kept(request: Request, content: bytes, kind: str, headers: Mapping[str, str], revised: datetime | None) -> Response:
    """A response that clients may keep: 304 without content when they have it (RFC 9110, 13), else 200.

    `headers` holds the ETag; `revised` (UTC) is the Last-Modified, None for none.
    """
    known = {**headers, **({"Last-Modified": http_date(revised)} if revised else {})}
    if not fresh(request.headers, headers["ETag"], revised):
        return answer(content, kind, headers=known)
    response = answer(b"", kind, 304, known)
    del response.headers["Content-Type"]
    return response


def fresh(headers: Headers, etag: str, revised: datetime | None) -> bool:
    """Whether the client already has what `etag` names: If-None-Match, and only without it If-Modified-Since.

    The comparison is the weak one (RFC 9110, 13.1.2): a proxy that compresses may have put W/ before our tag, and
    Apache's puts -gzip or -br into it, and asks with that.
    """
    asked = headers.get("if-none-match")
    if asked is not None:
        return asked.strip() == "*" or etag in (_ours(tag) for tag in asked.split(","))
    since = _parsed(headers.get("if-modified-since", ""))
    return since is not None and revised is not None and revised <= since


def _ours(tag: str) -> str:
    return re.sub(r'-(?:gzip|br|zstd|deflate)"$', '"', tag.strip().removeprefix("W/"))


def http_date(moment: datetime) -> str:
    """An HTTP date (RFC 9110, 5.6.7), such as Mon, 30 Nov 2026 06:00:00 GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _parsed(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year of twenty digits is no ValueError
        return None  # RFC 9110, 13.1.3: a date that cannot be read is ignored
    return found if found.tzinfo else found.replace(tzinfo=UTC)
