"""A plain client of the server, for its own tests: requests, a token, and nothing that helps."""

from dataclasses import dataclass, field
from typing import Any

import requests

from tests.graph.server import CLIENT, SECRET, GraphServer

KEY = "String {c2a3a1f4-6f0e-4d0f-9f3a-7c1d3b0a5e21} Name aikultur key"


@dataclass
class Client:
    """`server.url` with a token. Paths begin with `/users/...`; query options go as keywords do in the reference."""

    server: GraphServer
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.token = self.token or ask_token(self.server).json()["access_token"]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        url = path if path.startswith("http") else f"{self.server.url}/v1.0{path}"
        sent = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        return self.session.request(method, url, json=body, headers=sent, timeout=20)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> requests.Response:
        return self.ask("DELETE", path, **headers)

    def values(self, path: str, **headers: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        link: str | None = path
        while link:
            answer = self.get(link, **headers)
            assert answer.status_code == 200, answer.text
            found += answer.json()["value"]
            link = answer.json().get("@odata.nextLink")
        return found

    def batch(self, *parts: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The answers of a batch by their ids; ids are 1, 2, ... where none is given."""
        numbered = [{"id": str(number), **part} for number, part in enumerate(parts, 1)]
        answer = self.post("/$batch", {"requests": numbered})
        assert answer.status_code == 200, answer.text
        return {one["id"]: one for one in answer.json()["responses"]}


def ask_token(server: GraphServer, secret: str = SECRET, client: str = CLIENT, **more: str) -> requests.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": client,
        "client_secret": secret,
        "scope": "https://graph.microsoft.com/.default",
    } | more
    url = f"{server.authority}/oauth2/v2.0/token"
    return requests.post(url, data=form, verify=str(server.ca_file), timeout=20)


def wall(text: str, zone: str = "Romance Standard Time") -> dict[str, str]:
    return {"dateTime": f"{text}:00" if len(text) == 16 else text, "timeZone": zone}


def weekly(first: str, last: str, *days: str) -> dict[str, Any]:
    every = list(days) or ["monday", "tuesday", "wednesday", "thursday", "friday"]
    return {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": every, "firstDayOfWeek": "monday"},
        "range": {"type": "endDate", "startDate": first, "endDate": last},
    }


def block(first: str, last: str, **more: Any) -> dict[str, Any]:
    """Ten minutes at 12.30 on working days, as the product may write them."""
    return {
        "subject": "AI-tid",
        "body": {"contentType": "text", "content": "Ti minutter."},
        "start": wall(f"{first}T12:30"),
        "end": wall(f"{first}T12:40"),
        "recurrence": weekly(first, last),
        "showAs": "free",
        "isReminderOn": False,
        "singleValueExtendedProperties": [{"id": KEY, "value": "block/1"}],
    } | more


def guest_list(*addresses: str) -> list[dict[str, Any]]:
    return [{"type": "required", "emailAddress": {"address": address}} for address in addresses]
