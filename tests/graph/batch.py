"""$batch: up to twenty requests in one, each answered for itself.

From the reference: `id`, `method`, relative `url`; `dependsOn` names ids that come earlier, and what depended on a failure
is 424; the answers come in any order (here: turned round); a request with a body needs its Content-Type, or the whole batch
is refused; bytes travel as base64. Names other than `dependsOn` are ignored, whatever they meant.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from tests.graph.errors import GraphError, bad

MOST = 20
METHODS = frozenset(("GET", "POST", "PATCH", "PUT", "DELETE"))


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch."""

    id: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    depends: tuple[str, ...]


def read(body: bytes) -> list[Part]:
    """Raises GraphError 400 where the whole batch is refused."""
    try:
        requests = json.loads(body)["requests"]
        assert isinstance(requests, list)
    except (ValueError, KeyError, TypeError, AssertionError):
        raise bad("BadRequest", "Invalid batch payload format.") from None
    if len(requests) > MOST:
        raise bad("BadRequest", f"Number of batch request steps exceeds the maximum value of {MOST}.")
    parts: list[Part] = []
    for one in requests:
        parts.append(_part(one, {part.id for part in parts}))
    return parts


def _part(one: dict[str, Any], before: set[str]) -> Part:
    id_, method, url = str(one.get("id") or ""), str(one.get("method") or "").upper(), str(one.get("url") or "")
    if not id_ or method not in METHODS or not url:
        raise bad("BadRequest", "Invalid batch payload format: a request needs its id, method and url.")
    if id_ in before:
        raise bad("BadRequest", f"Duplicate batch request id '{id_}'.")
    if "://" in url:
        raise bad("BadRequest", f"Invalid url '{url}' in a batch request: it must be relative.")
    headers = {str(name).lower(): str(value) for name, value in (one.get("headers") or {}).items()}
    depends = tuple(str(each) for each in one.get("dependsOn") or ())
    for each in depends:
        if each not in before:
            raise bad("BadRequest", f"Invalid dependsOn of request '{id_}': '{each}' comes no earlier.")
    if "body" in one and "content-type" not in headers:
        raise bad("BadRequest", f"Write request id : {id_} does not contain Content-Type header or body.")
    if method in ("POST", "PATCH", "PUT") and "body" not in one and not url.partition("?")[0].endswith("/cancel"):
        raise bad("BadRequest", f"Write request id : {id_} does not contain Content-Type header or body.")
    return Part(id_, method, url.lstrip("/"), headers, _body(one.get("body")), depends)


def _body(value: Any) -> bytes:
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def width(parts: list[Part]) -> int:
    """How many of these run at once: those that wait for nobody, at most four."""
    return min(4, max(1, sum(not part.depends for part in parts))) if parts else 0


def failed(part: Part, statuses: dict[str, int]) -> GraphError | None:
    """424 where something that it depends on went wrong."""
    if any(statuses[each] >= 400 for each in part.depends):
        return GraphError(424, "FailedDependency", "The request failed because a request it depends on failed.")
    return None


def answer(id_: str, status: int, headers: dict[str, str], value: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": id_, "status": status, "headers": {"Cache-Control": "private", **headers}}
    if isinstance(value, bytes):
        shown["body"] = base64.b64encode(value).decode()
    elif value is not None:
        shown["headers"]["Content-Type"] = "application/json; odata.metadata=minimal; odata.streaming=true"
        shown["body"] = value
    return shown
