"""The tenant's users and groups, with a record of changes for delta."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.graph.errors import GraphError

NAMESPACE = uuid.UUID("5e9f1c7a-6d2f-4f6e-9a35-0d7e3b8a41c2")


@dataclass(slots=True, eq=False)
class User:
    """As the reference's user; `more` has what has no place of its own here."""

    id: str
    userPrincipalName: str  # noqa: N815 - Microsoft's names, as they go out
    displayName: str  # noqa: N815
    mail: str | None = None
    accountEnabled: bool = True  # noqa: N815
    userType: str | None = "Member"  # noqa: N815
    manager: str | None = None  # an id
    more: dict[str, Any] = field(default_factory=dict)

    def value(self) -> dict[str, Any]:
        names = ("id", "userPrincipalName", "displayName", "mail", "accountEnabled", "userType")
        return {name: getattr(self, name) for name in names} | self.more


@dataclass(slots=True, eq=False)
class Group:
    """`members` are ids of users and groups, in the order they came."""

    id: str
    displayName: str  # noqa: N815
    mail: str | None = None
    members: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def value(self) -> dict[str, Any]:
        named = {"id": self.id, "displayName": self.displayName, "mail": self.mail}
        usual = {"mailEnabled": self.mail is not None, "securityEnabled": True, "groupTypes": [], "description": None}
        return named | usual | {"mailNickname": self.displayName.replace(" ", "")} | self.more


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the record: `kind` is user, group, joined, left; `who` the user or group, `member` who came or went."""

    kind: str
    who: str
    member: str = ""
    gone: bool = False


@dataclass(slots=True)
class Directory:
    """`epoch` rises when the server forgets what it told whom: all delta links are dead then."""

    epoch: int = 0
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    _upns: dict[str, str] = field(default_factory=dict)

    # What an administrator does

    def add_user(self, upn: str, **known: Any) -> User:
        """Names as the reference's user has them; what is not said is as for an ordinary employee."""
        own: dict[str, Any] = {"mail": upn}
        own |= {name: known.pop(name) for name in ("mail", "accountEnabled", "userType", "manager") if name in known}
        id_ = known.pop("id", None) or str(uuid.uuid5(NAMESPACE, upn.lower()))
        name = known.pop("displayName", upn.partition("@")[0].title())
        user = User(id_, upn, name, more=known, **own)
        self.users[user.id] = user
        self._upns[upn.lower()] = user.id
        self.changes.append(Change("user", user.id))
        return user

    def change_user(self, who: str, **known: Any) -> User:
        user = self.user(who)
        for name, value in known.items():
            if name in User.__slots__ and name != "more":
                setattr(user, name, value)
            else:
                user.more[name] = value
        self._upns = {one.userPrincipalName.lower(): one.id for one in self.users.values()}
        self.changes.append(Change("user", user.id))
        return user

    def remove_user(self, who: str) -> None:
        user = self.user(who)
        for group in list(self.groups.values()):
            if user.id in group.members:
                self.leave(group.id, user.id)
        del self.users[user.id]
        self._upns.pop(user.userPrincipalName.lower(), None)
        self.changes.append(Change("user", user.id, gone=True))

    def add_group(self, name: str, members: Iterable[str] = (), *, mail: str | None = None, **more: Any) -> Group:
        """`members` are addresses, principal names or ids, of groups too."""
        id_ = more.pop("id", None) or str(uuid.uuid5(NAMESPACE, f"group {name}"))
        group = self.groups[id_] = Group(id_, name, mail, more=more)
        self.changes.append(Change("group", group.id))
        self.join(group.id, *members)
        return group

    def join(self, group: str, *members: str) -> None:
        found = self.groups[group]
        for member in members:
            id_ = member if member in self.groups else self.user(member).id
            if id_ not in found.members:
                found.members.append(id_)
                self.changes.append(Change("joined", group, id_))

    def leave(self, group: str, *members: str) -> None:
        for member in members:
            id_ = member if member in self.groups or member in self.users else self.user(member).id
            self.groups[group].members.remove(id_)
            self.changes.append(Change("left", group, id_))

    def remove_group(self, group: str) -> None:
        for other in self.groups.values():
            if group in other.members:
                self.leave(other.id, group)
        del self.groups[group]
        self.changes.append(Change("group", group, gone=True))

    # What requests ask of it

    def find(self, who: str) -> User | None:
        """By id or principal name; a mail address is no key here."""
        return self.users.get(who.lower()) or self.users.get(self._upns.get(who.lower(), ""))

    def user(self, who: str) -> User:
        found = self.find(who)
        if found is None:
            raise missing(who)
        return found

    def group(self, id_: str) -> Group:
        if id_ not in self.groups:
            raise missing(id_)
        return self.groups[id_]

    def object(self, id_: str) -> User | Group:
        return self.users[id_] if id_ in self.users else self.groups[id_]

    def transitive(self, group: Group) -> list[str]:
        """All that are in a group or in one inside it, once each, groups too."""
        found: dict[str, None] = {}
        for id_ in self._inside(group, found):
            found.setdefault(id_)
        return list(found)

    def _inside(self, group: Group, found: dict[str, None]) -> Iterator[str]:
        for id_ in list(group.members):
            if id_ in found:
                continue
            yield id_
            if id_ in self.groups:
                yield from self._inside(self.groups[id_], found)


def missing(what: str) -> GraphError:
    text = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", text)
