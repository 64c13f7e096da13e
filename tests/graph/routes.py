"""Which work an address means: its operation's name, what right it needs, and the function.

Addresses as in the reference, with ids as segments or in brackets (`users('x')/events('y')`), names in any case.
`/calendar/...` and `/calendars/{id}/...` are the same operations as without, on that calendar.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from tests.graph import delta, events, people, reading, schedule, sending
from tests.graph.call import Call, Reply
from tests.graph.errors import GraphError

Work = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """`need` is a key of access.NEEDS. `template` has the path after whom it is about, ids as `{id}`."""

    method: str
    template: str
    need: str
    work: Work

    @property
    def operation(self) -> str:
        return f"{self.method} {self.template}"


MAILBOX = (
    Route("GET", "events", "read calendars", events.list_events),
    Route("POST", "events", "write calendars", events.create),
    Route("GET", "events/{id}", "read calendars", events.get),
    Route("PATCH", "events/{id}", "write calendars", events.update),
    Route("DELETE", "events/{id}", "write calendars", events.delete),
    Route("GET", "events/{id}/instances", "read calendars", events.instances),
    Route("POST", "events/{id}/cancel", "write calendars", events.cancel),
    Route("POST", "events/{id}/permanentDelete", "write calendars", events.purge),
    Route("POST", "events/{id}/accept", "write calendars", events.respond("accepted", "accept")),
    Route("POST", "events/{id}/decline", "write calendars", events.respond("declined", "decline")),
    Route("POST", "events/{id}/tentativelyAccept", "write calendars", events.respond("tentativelyAccepted", "tentativelyAccept")),
    Route("GET", "calendarView/delta", "read calendars", delta.view_delta),
    Route("GET", "calendarView", "read calendars", events.view),
    Route("POST", "getSchedule", "see busy times", schedule.get_schedule),
    Route("GET", "calendar", "read calendars", events.get_calendar),
    Route("DELETE", "calendar", "write calendars", events.delete_calendar),
    Route("GET", "calendars", "read calendars", events.list_calendars),
    Route("POST", "calendars", "write calendars", events.create_calendar),
    Route("POST", "sendMail", "send mail", sending.send_mail),
    Route("POST", "messages", "write mail", sending.create_draft),
    Route("POST", "messages/{id}/send", "send mail", sending.send_draft),
    Route("GET", "mailFolders", "read mail", reading.list_folders),
    Route("POST", "mailFolders", "write mail", reading.create_folder),
    Route("GET", "mailFolders/{id}", "read mail", reading.get_folder),
    Route("GET", "mailFolders/{id}/messages", "read mail", reading.list_messages),
    Route("GET", "messages", "read mail", reading.list_messages),
    Route("GET", "messages/{id}", "read mail", reading.get_message),
    Route("GET", "messages/{id}/$value", "read mail", reading.get_mime),
    Route("PATCH", "messages/{id}", "write mail", reading.update_message),
    Route("POST", "messages/{id}/move", "write mail", reading.move_message),
    Route("DELETE", "messages/{id}", "write mail", reading.delete_message),
    Route("POST", "messages/{id}/permanentDelete", "write mail", reading.purge),
    Route("GET", "mailboxSettings", "read settings", people.mailbox_settings),
)  # fmt: skip
"""Work in a mailbox, after `users/{id}`."""
DIRECTORY = (
    Route("GET", "users", "read users", people.list_users),
    Route("GET", "users/delta", "read users", people.delta_users),
    Route("GET", "users/{id}", "read users", people.get_user),
    Route("GET", "users/{id}/manager", "read users", people.get_manager),
    Route("GET", "groups", "read groups", people.list_groups),
    Route("GET", "groups/delta", "read groups", people.delta_groups),
    Route("GET", "groups/{id}", "read groups", people.get_group),
    Route("GET", "groups/{id}/events", "read groups", people.no_calendar),
    Route("POST", "groups/{id}/events", "read groups", people.no_calendar),
    Route("GET", "groups/{id}/calendarView", "read groups", people.no_calendar),
    Route("GET", "groups/{id}/members", "read groups", people.members),
    Route("GET", "groups/{id}/members/{id}", "read groups", people.members),
    Route("GET", "groups/{id}/transitiveMembers", "read groups", people.transitive_members),
    Route("GET", "groups/{id}/transitiveMembers/{id}", "read groups", people.transitive_members),
)
_BRACKETS = re.compile(r"^(\w+)\('([^']*)'\)$")


def segments(path: str) -> list[str]:
    """The parts of a path after the version, decoded."""
    found: list[str] = []
    for part in path.split("/"):
        plain = unquote(part)
        bracket = _BRACKETS.match(plain)
        found += list(bracket.groups()) if bracket else [plain]
    return [part for part in found if part]


def find(call: Call) -> Route:
    """The route of a request; sets whom it is about, its path and its operation. Raises GraphError where there is none."""
    parts = list(call.path)
    first = parts[0].lower() if parts else ""
    if first == "me":
        raise GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
    if first == "users" and len(parts) > 1:
        call.who = parts[1]
    route = _match(call.method, parts, DIRECTORY)
    if route is None and first == "users" and len(parts) > 2:
        parts = _calendar_of(call, parts[2:])
        route = _match(call.method, parts, MAILBOX)
    if route is None:
        raise _no_route(call, parts)
    call.path = tuple(
        part.lower() if "{" not in name else part for part, name in zip(parts, route.template.split("/"), strict=True)
    )
    call.operation = route.operation
    return route


def _calendar_of(call: Call, parts: list[str]) -> list[str]:
    """The path without the calendar, which is kept as it came: its id is read when the mailbox is open."""
    first = parts[0].lower()
    if first in ("calendargroup", "calendargroups"):
        parts = parts[2 if first.endswith("s") else 1 :]
        first = parts[0].lower() if parts else ""
    if first == "calendar":
        return parts[1:] or ["calendar"]
    if first == "calendars" and len(parts) > 1:
        call.calendar = parts[1]
        return parts[2:] or ["calendar"]
    return parts


def _match(method: str, parts: list[str], routes: tuple[Route, ...]) -> Route | None:
    fixed = [route for route in routes if route.method == method and _fits(parts, route.template.split("/"))]
    return min(fixed, key=lambda route: route.template.count("{"), default=None)


def _fits(parts: list[str], names: list[str]) -> bool:
    if len(parts) != len(names):
        return False
    return all(
        name == "{id}" or part.lower().removeprefix("microsoft.graph.") == name.lower()
        for part, name in zip(parts, names, strict=True)
    )


def _no_route(call: Call, parts: list[str]) -> GraphError:
    known = any(_match(other, parts, MAILBOX + DIRECTORY) for other in ("GET", "POST", "PATCH", "DELETE"))
    if known:
        return GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
    segment = parts[-1] if parts else ""
    return GraphError(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def perform(call: Call, route: Route) -> Reply:
    """The work itself. Raises GraphError: rights first, then the mailbox."""
    if route in DIRECTORY:
        call.rights.check_directory(route.need)
        return route.work(call)
    world = call.world
    user = world.directory.find(call.who)
    address = call.who.lower() if user is None else (user.mail or user.userPrincipalName).lower()
    if user is not None or address in world.mailboxes:
        call.rights.check_mailbox(route.need, address)
    call.box = world.open(call.who)
    if call.calendar != "calendar":
        call.calendar = events.calendar_key(call, call.calendar)
    return route.work(call)
