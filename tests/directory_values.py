"""A directory in memory, asked as a session of Microsoft Graph is, and a house whose people come from a group in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from calendars.channel import ChannelError
from calendars.microsoft365.requests import Answer, Ask
from service.engine.engine import Engine
from service.messages.translation import Sentence
from service.settings.people_source import collect
from tests.service_values import CONFIG

STAFF = "alle@x.example"
PAGE = 999

SECTION = """
[people]
group = "{group}"
{more}
[microsoft365]
tenant = "x.example"
client = "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00"
secret_file = "secret"
"""


def id_of(name: str) -> str:
    return str(uuid5(UUID(int=0), name))


@dataclass(slots=True)
class Directory:
    """`users` by id as Graph names their properties, `groups` by address with the ids in them and in groups inside.
    `managers` by id. `failing` requests are refused: by number, counted from 1. `asked` are the paths so far, `blind`
    that users may not be read."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=lambda: {STAFF: []})
    managers: dict[str, str] = field(default_factory=dict)
    failing: tuple[int, ...] = ()
    asked: list[str] = field(default_factory=list)
    blind: bool = False

    def add(self, name: str, *groups: str, **more: Any) -> str:
        """An employee in these groups, of the staff too."""
        key = id_of(name)
        first, _, last = name.partition(" ")
        usual: dict[str, Any] = {
            "displayName": name,
            "givenName": first,
            "surname": last,
            "mail": f"{first.lower()}@x.example",
        }
        usual |= {"accountEnabled": True, "userType": "Member", "department": "Plan", "employeeId": None}
        self.users[key] = {"id": key, **usual, **more}
        for group in (STAFF, *groups):
            self.groups.setdefault(group, []).append(key)
        return key

    def ask(self, address: str, asked: Ask) -> Answer:
        self.asked.append(asked.path)
        if len(self.asked) in self.failing:
            raise ChannelError("Microsoft Graph is busy.", about="server")
        known = {id_of(one): one for one in self.groups}
        if asked.path == "/groups":
            found = [one for one in known if asked.query["$filter"] == f"mail eq '{known[one]}'"]
            return Answer(status=200, body={"value": [self._group(one, known[one]) for one in found]})
        key = asked.path.rpartition("/")[2]
        if key in known:
            return Answer(status=200, body=self._group(key, known[key]))
        return Answer(status=404, gone=True)

    def _group(self, key: str, address: str) -> dict[str, Any]:
        return {"id": key, "displayName": address.partition("@")[0].title()}

    def ask_all(self, address: str, asked: Sequence[Ask]) -> list[Answer | ChannelError]:
        self.asked += ["/$batch"] * -(-len(asked) // 20)
        found = [self.managers.get(one.path.split("/")[2]) for one in asked]
        return [Answer(status=200, body={"id": one}) if one else Answer(status=404, gone=True) for one in found]

    def pages(self, address: str, asked: Ask) -> Iterator[dict[str, Any]]:
        names = asked.query["$select"].split(",")
        assert asked.query["$count"] == "true"
        assert asked.headers == {"ConsistencyLevel": "eventual"}
        group = asked.path.split("/")[2]
        (members,) = [found for one, found in self.groups.items() if id_of(one) == group]
        size = int(asked.query["$top"])
        assert size <= PAGE
        for at in range(0, len(members) or 1, size):
            self.asked.append(asked.path)
            if len(self.asked) in self.failing:
                raise ChannelError("Microsoft Graph is busy.", about="server")
            yield {"value": [self._user(one, names) for one in members[at : at + size]]}

    def _user(self, key: str, names: list[str]) -> dict[str, Any]:
        known = {"id": key} if self.blind else self.users.get(key, {"id": key})
        return {name: known.get(name) for name in names}


def write_house(folder: Path, group: str = STAFF, more: str = "", channel: str = "invite") -> Path:
    """A config whose people come from that group."""
    text = CONFIG.format(
        transport="folder", channel=channel, window="07:00-17:00", closed="", port=1, zone="Europe/Copenhagen"
    )
    file = folder / "config.toml"
    file.write_text(text + SECTION.format(group=group, more=more), "utf-8")
    return file


def fetch(engine: Engine, directory: Directory, now: datetime) -> Sentence | None:
    """What the service does each hour."""
    return collect(engine.inputs.source, lambda _: directory, now)
