"""One HTTP request to Microsoft, and what came back. Nothing is tried again, followed or remembered here.

Connections are verified whatever the environment says, and a proxy is only the one in the config.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from calendars.microsoft365.settings import Microsoft365
from calendars.server.not_sent import was_sent

MOST_AT_ONCE = 8
"""Connections in all. A mailbox takes four, and two mailboxes at a time keep up with every limit that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back. `headers` by names in small letters; `body` is the JSON object, None where there was something
    else; `asked` is the id that the request carried."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = field(default_factory=dict)
    asked: str = ""

    @property
    def is_page(self) -> bool:
        return "html" in self.headers.get("content-type", "")


class NoReply(Exception):
    """Nothing came back. `sent`: the request may have been carried out. `why` is what the library said."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.why, self.sent = why, sent


class Http:
    """Connections to one tenant, for all threads. `post` and `get` are as msal wants its client."""

    def __init__(self, server: Microsoft365, ca_file: Path | None) -> None:
        self._timeout = server.timeout_seconds
        self._verify = str(ca_file) if ca_file else True
        self._proxies = {"http": server.proxy, "https": server.proxy} if server.proxy else {}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"User-Agent": "aikultur", "Accept": "application/json"})
        # Whoever balances the load would keep all of us in one place, and a login page would be believed.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=MOST_AT_ONCE, max_retries=0))

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """The reply, whatever its status. Raises NoReply."""
        asked = str(uuid.uuid4())
        answer = self._request(method, url, data=body, headers={**headers, "client-request-id": asked})
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(status=answer.status_code, headers=found, body=_object(answer.content), asked=asked)

    def get(self, url: str, **given: Any) -> requests.Response:
        return self._request("GET", url, **given)

    def post(self, url: str, **given: Any) -> requests.Response:
        return self._request("POST", url, **given)

    def close(self) -> None:
        self._session.close()

    def _request(self, method: str, url: str, **given: Any) -> requests.Response:
        known: dict[str, Any] = {"timeout": self._timeout, "verify": self._verify, "proxies": self._proxies}
        try:
            answer = self._session.request(method, url, **{**given, **known, "allow_redirects": False})
        except OSError as error:  # requests' own are, and so is a ca_file that is not there
            why = f"{type(error).__name__} {error}"
            raise NoReply(why, sent=was_sent(why)) from error
        return answer


def _object(content: bytes) -> Mapping[str, Any] | None:
    """The JSON object; empty where there was nothing, None where there was something else."""
    if not content.strip():
        return {}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
