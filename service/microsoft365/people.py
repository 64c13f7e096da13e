"""People from a group in Microsoft 365: its members and theirs, as rows of a people file.

The group is read whole each time, a thousand members to a request: members of groups in it have no delta, and a delta of
users would tell of everybody in the tenant (docs/decisions.md).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from calendars.channel import ChannelError
from calendars.microsoft365.requests import Answer, Ask
from service.settings.group_copy import Cells, GroupCopy, NotRead
from service.settings.people_file import language_names
from service.settings.sections import PeopleAttributes, PeopleGroups, PeopleSection

PAGE = "999"
"""The most that the directory gives at once."""

ADVANCED = {"ConsistencyLevel": "eventual"}
"""What the directory wants for a list of one type alone, with $count (learn.microsoft.com/graph/aad-advanced-queries)."""

OURS = ("id", "displayName", "givenName", "surname", "mail", "accountEnabled", "userType")
"""What is read of a member besides the attributes that the config names."""

MANAGERS_AGAIN = timedelta(days=1)
"""How often it is asked whom people report to: once for each of them, twenty to a request."""

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

DAY, LOOKED_BACK = timedelta(days=1), timedelta(days=400)
"""As long as letters are kept, it is remembered when somebody was away: whoever asks why they had no turn is told."""

User = Mapping[str, Any]
Away = Mapping[str, Sequence[Sequence[str]]]


class Directory(Protocol):
    """Who does the requests: the session."""

    def ask(self, address: str, asked: Ask) -> Answer: ...
    def ask_all(self, address: str, asked: list[Ask]) -> list[Answer | ChannelError]: ...
    def pages(self, address: str, asked: Ask) -> Iterable[Mapping[str, Any]]: ...


def read(people: PeopleSection, session: Directory, before: GroupCopy | None, now: datetime) -> GroupCopy:
    """The members of the group as they are at `now`, in the organisation's zone. Raises ChannelError and NotRead; then nothing of it counts."""
    attributes = people.attributes or PeopleAttributes()
    assert people.group
    group, called = _group(session, people.group)
    users = {user["id"]: user for user in _members(session, group, _selected(attributes))}
    _refuse_blanks(users.values(), called)
    here = {key: user for key, user in users.items() if _works_here(user)}
    managers, managers_read = _managers(session, here, attributes, before, now)
    groups = people.groups or PeopleGroups()
    ambassadors, leaders = _in_group(session, groups.ambassador), _in_group(session, groups.manager)
    roles = {"ambassador": ambassadors, "manager": leaders | set(managers.values())}
    disabled = sum(not user["accountEnabled"] for user in users.values())
    return GroupCopy(
        called=called,
        members=tuple(_cells(user, attributes, roles) for _, user in sorted(here.items())),
        left_out={"disabled": disabled, "guests": len(users) - len(here) - disabled},
        managers=managers,
        managers_read=managers_read,
        away=_away(here, _in_group(session, groups.away), before.away if before else {}, now.date()),
    )


def _group(session: Directory, named: str) -> tuple[str, str]:
    """The id and the name of a group, by its id or its mail address."""
    query = {"$select": "id,displayName"}
    if ID.fullmatch(named):
        answer = session.ask("", Ask(method="GET", path=f"/groups/{named}", query=query))
        found = [] if answer.gone else [answer.body]
    else:
        value = named.replace("'", "''")
        answer = session.ask("", Ask(method="GET", path="/groups", query={**query, "$filter": f"mail eq '{value}'"}))
        found = answer.body.get("value", [])
    if not found:
        text = 'Microsoft 365 has no group with the id or mail address "{group}". Write the object id of one that is there.'
        raise NotRead(text, group=named)
    if len(found) > 1:
        text = '{count} groups in Microsoft 365 have the mail address "{group}". Write the object id of the one that is meant.'
        raise NotRead(text, count=len(found), group=named)
    return str(found[0]["id"]), str(found[0].get("displayName") or named)


def _members(session: Directory, group: str, select: str) -> Iterator[User]:
    """The users in a group and in the groups inside it; one who is in several comes perhaps more than once."""
    query = {"$select": select, "$top": PAGE, "$count": "true"}
    path = f"/groups/{group}/transitiveMembers/microsoft.graph.user"
    for page in session.pages("", Ask(method="GET", path=path, query=query, headers=ADVANCED)):
        yield from page.get("value", [])


def _selected(attributes: PeopleAttributes) -> str:
    named = (attributes.number, attributes.department, attributes.language)
    return ",".join(dict.fromkeys((*OURS, *(one.partition(".")[0] for one in named))))


def _refuse_blanks(users: Collection[User], called: str) -> None:
    """Without the right to read users a member comes as an id and nothing else, with a lesser one without what matters
    here. Every account that may be read is either enabled or not."""
    blank = sum(not isinstance(user.get("accountEnabled"), bool) for user in users)
    if blank:
        raise NotRead(
            'of {count} members of "{group}" Microsoft 365 tells nothing. Give the application the right User.Read.All; it takes some minutes to work.',
            count=blank,
            group=called,
        )


def _works_here(user: User) -> bool:
    """Whether it is the account of somebody who works here. Accounts from before 2014 have no type, and are members."""
    return bool(user["accountEnabled"]) and user.get("userType") != "Guest"


def _managers(
    session: Directory, here: Collection[str], attributes: PeopleAttributes, before: GroupCopy | None, now: datetime
) -> tuple[Mapping[str, str], str]:
    """By account whom they report to, and when that was read as a whole."""
    if not attributes.manager:
        return {}, ""
    known = before.managers if before and before.managers_read else {}
    since = before.managers_read if before and known else now.isoformat()
    if now - datetime.fromisoformat(since) >= MANAGERS_AGAIN:
        known, since = {}, now.isoformat()
    new = sorted(set(here) - set(known))
    asked = [Ask(method="GET", path=f"/users/{one}/manager", query={"$select": "id"}) for one in new]
    found = {one: known[one] for one in here if one in known}
    for account, answer in zip(new, session.ask_all("", asked), strict=True):
        if isinstance(answer, ChannelError):
            raise answer
        found[account] = "" if answer.gone else str(answer.body["id"])
    return found, since


def _in_group(session: Directory, named: str | None) -> frozenset[str]:
    """The accounts in a group of a role; nobody where none is named."""
    if named is None:
        return frozenset()
    return frozenset(str(user["id"]) for user in _members(session, _group(session, named)[0], "id"))


def _away(here: Collection[str], now_away: Collection[str], before: Away, today: date) -> Away:
    """By account the days on which they were seen in the group of those who are away, as far back as is looked."""
    found = {}
    for account in here:
        spans = [span for span in before.get(account, ()) if not span[1] or span[1] >= f"{today - LOOKED_BACK}"]
        if account in now_away and not (spans and not spans[-1][1]):
            spans.append((f"{today}", ""))
        elif account not in now_away and spans and not spans[-1][1]:
            spans[-1] = (spans[-1][0], f"{max(today - DAY, date.fromisoformat(spans[-1][0]))}")
        if spans:
            found[account] = tuple(spans)
    return found


def _cells(user: User, attributes: PeopleAttributes, roles: Mapping[str, Collection[str]]) -> Cells:
    """A member as a row of a people file; what is not there is left out."""
    first, last = _text(user, "givenName"), _text(user, "surname")
    named = {"first_name": first, "last_name": last} if first and last else {"name": _text(user, "displayName")}
    cells = {
        "account": str(user["id"]),
        "number": _text(user, attributes.number),
        "email": _text(user, "mail"),
        **named,
        "department": _text(user, attributes.department),
        "language": _language(_text(user, attributes.language)),
        "roles": ", ".join(role for role, accounts in sorted(roles.items()) if user["id"] in accounts),
    }
    return {column: cell for column, cell in cells.items() if cell}


def _language(text: str) -> str:
    """Of "da-DK" the "da"; empty for a language that we do not write, for nobody chose it here."""
    names = language_names()
    return next((one for one in (text.lower(), text.partition("-")[0].lower()) if one in names), "")


def _text(user: User, attribute: str) -> str:
    """What an attribute holds, where that is a text or a number; `outer.inner` is one inside another."""
    value: Any = user
    for name in attribute.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
