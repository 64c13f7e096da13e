"""What is asked of Microsoft Graph, and what comes back: frozen values, before and after the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `path` stands behind the endpoint and begins with a slash; what is in it of people's is quoted already.

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
    more)."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
