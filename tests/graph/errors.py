"""A refusal on its way out: status, code and message, as Microsoft Graph words them.

Shape: learn.microsoft.com/graph/errors. Codes: each where it is raised; guesses are marked [U].
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any


class GraphError(Exception):
    """Answered instead of what was asked for. `headers` go along, Retry-After for one."""

    def __init__(self, status: int, code: str, message: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.headers = status, code, message or code, dict(headers or {})

    def body(self, now: datetime, client_request_id: str) -> dict[str, Any]:
        request = str(uuid.uuid4())
        inner = {"date": f"{now:%Y-%m-%dT%H:%M:%S}", "request-id": request, "client-request-id": client_request_id}
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def bad(code: str, message: str) -> GraphError:
    return GraphError(400, code, message)


def gone(message: str = "The specified object was not found in the store.") -> GraphError:
    return GraphError(404, "ErrorItemNotFound", message)
