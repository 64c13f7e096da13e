"""What is asked of Microsoft Graph, and what comes back: frozen values, before and after the wire."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from calendars.microsoft365.wire import Reply

IMMUTABLE = 'IdType="ImmutableId"'
"""Ids that stay when an item is moved to another folder."""

BATCH = 20
"""So many requests are taken in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `path` stands behind the endpoint and begins with a slash; what is in it of people's is quoted already
    (`part`). Or it is a whole link that the server gave, to the next page for one.

    `body` is JSON, or bytes as they are. `makes`: done twice it would make two, so a lost reply is never followed by the
    same request; whoever asks looks first.
    """

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | bytes | None = None
    makes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the status, and the JSON object, empty where there was none. `gone`: there is no such thing (any
    more), and `body` has Microsoft's error."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False


def part(text: str) -> str:
    """An address or id as one part of a path."""
    return quote(text, safe="@")


def target(asked: Ask) -> str:
    """The path with its query, as it stands in a batch and behind the endpoint."""
    query = "&".join(f"{quote(name, safe='$')}={quote(value, safe='$(),:/')}" for name, value in asked.query.items())
    return f"{asked.path}{'&' if '?' in asked.path else '?'}{query}" if query else asked.path


def headers_of(asked: Ask) -> dict[str, str]:
    """The headers of a request: what it wants itself, immutable ids, and what its body is."""
    kind = {"Content-Type": "application/json"} if isinstance(asked.body, Mapping) else {}
    found = {**kind, **asked.headers}
    wanted = found.get("Prefer")
    return {**found, "Prefer": f"{wanted}, {IMMUTABLE}" if wanted else IMMUTABLE}


def batch_of(asked: Sequence[Ask], *, in_order: bool) -> dict[str, Any]:
    """Requests in one, numbered from 0. In order: each depends on the one before it."""

    def one(number: int, ask: Ask) -> dict[str, Any]:
        assert not isinstance(ask.body, bytes), "bytes are sent alone"
        found: dict[str, Any] = {
            "id": str(number),
            "method": ask.method,
            "url": target(ask),
            "headers": headers_of(ask),
        }
        if ask.body is not None:
            found["body"] = ask.body
        if in_order and number:
            found["dependsOn"] = [str(number - 1)]
        return found

    return {"requests": [one(number, ask) for number, ask in enumerate(asked)]}


def replies_of(body: Mapping[str, Any], asked: str) -> dict[int, Reply]:
    """The single replies of a batch by number, in whatever order they came; what cannot be read is left out."""
    return dict(_replies(body.get("responses"), asked))


def _replies(found: Any, asked: str) -> Iterator[tuple[int, Reply]]:
    for one in found if isinstance(found, list) else ():
        if not isinstance(one, Mapping):
            continue
        number, status, headers, body = (one.get(key) for key in ("id", "status", "headers", "body"))
        if not (isinstance(number, str) and number.isdecimal() and isinstance(status, int)):
            continue
        texts = headers.items() if isinstance(headers, Mapping) else ()
        small = {name.lower(): value for name, value in texts if isinstance(value, str)}
        known = body if isinstance(body, Mapping) else {} if body in (None, "") else None
        yield int(number), Reply(status=status, headers=small, body=known, asked=asked)
