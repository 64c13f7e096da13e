"""A request on its way in and its answer on its way out, and the line of the log that it leaves."""

from dataclasses import dataclass

from tests.graph.call import Reply
from tests.graph.faults import Fault


@dataclass(frozen=True, slots=True)
class Request:
    """One request, or one inside a batch (`batch` is that batch's number). `code` is Microsoft's, NoError, or what happened
    to the connection: cut, lost, hang, html, garbage. `mailbox` is whose address was asked for; empty in the directory."""

    number: int
    operation: str
    mailbox: str
    code: str
    status: int
    fault: str | None
    batch: int | None = None
    client_request_id: str = ""


@dataclass(slots=True)
class Asked:
    """A request as it came. `root` is the address of the version; `target` what follows it."""

    method: str
    root: str
    target: str
    headers: dict[str, str]
    body: bytes
    batch: int | None = None


@dataclass(slots=True)
class Outcome:
    """What goes back; with `broken` the connection does what that fault says."""

    reply: Reply
    broken: Fault | None = None
    request: Request | None = None
