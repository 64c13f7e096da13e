"""The directory as it is asked: users, groups, members, and what has changed since (delta).

From the reference: only a few properties come without `$select`; pages of 100, `$top` to 999, `$skiptoken`; `$count`, `ne`,
`not`, `endsWith`, `$search` and casts need `ConsistencyLevel: eventual` with `$count=true`, on every page, and the count
stands on the first page only; members without the right to read users have an id and nulls; members in a delta are
`members@delta`, over several pages where they are many, and one who has left is `@removed`.
"""

import base64
import binascii
import json
from typing import Any

from tests.graph.call import Call, Reply
from tests.graph.directory import Change, Group, User, missing
from tests.graph.errors import GraphError, bad
from tests.graph.pages import next_link, page
from tests.graph.query import names_in, ordered, read_filter, selected
from tests.graph.render import expansions, options, select

USUAL_USER = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
]
LISTS = frozenset(("businessPhones", "proxyAddresses", "otherMails", "groupTypes", "assignedLicenses"))
ADVANCED = frozenset(("ne", "not", "endswith"))
PER_DELTA_PAGE = 200


def _user(user: User, names: list[str] | None) -> dict[str, Any]:
    wanted = USUAL_USER if names is None else ["id", *names]
    known = user.value()
    return {name: known.get(name, [] if name in LISTS else None) for name in dict.fromkeys(wanted)}


def _member(call: Call, id_: str, names: list[str] | None) -> dict[str, Any]:
    found = call.world.directory.object(id_)
    if isinstance(found, Group):
        return {"@odata.type": "#microsoft.graph.group"} | selected(found.value(), names)
    value = _user(found, names)
    if not call.rights.has("read users"):
        value = {name: value[name] if name == "id" else None for name in value}
    return {"@odata.type": "#microsoft.graph.user"} | value


def _check_advanced(call: Call, *, cast: bool = False) -> None:
    """Raises GraphError 400 for what the directory answers only when it is asked for in so many words."""
    names = {name.lower() for name in names_in(call.query.get("$filter", ""))}
    wants = cast or bool(names & ADVANCED) or "$search" in call.query or "$count" in call.query
    eventual = call.headers.get("consistencylevel", "").lower() == "eventual"
    counted = call.query.get("$count", "").lower() == "true"
    if wants and not (eventual and (counted or "$search" in call.query)):
        text = "Unsupported Query. Request requires the header ConsistencyLevel with value eventual, and $count=true."
        raise bad("Request_UnsupportedQuery", text)


def _answer(call: Call, kind: str, found: list[Any], show: Any, key: Any) -> Reply:
    """A page of a list: filtered, ordered, shown."""
    if "$skip" in call.query:
        raise bad("Request_BadRequest", "Query option 'Skip' is not allowed here: follow @odata.nextLink.")
    if call.query.get("$filter"):
        test = read_filter(call.query["$filter"])
        found = [one for one in found if test(key(one))]
    if call.query.get("$orderby"):
        found = ordered(found, call.query["$orderby"], key)
    shown, more = page(call, found, usual=100, most=999, skip="$skiptoken", full=call.world.full_page)
    answer: dict[str, Any] = {"@odata.context": f"{call.root}/$metadata#{kind}"}
    if call.query.get("$count", "").lower() == "true" and "$skiptoken" not in call.query:
        answer["@odata.count"] = len(found)
    if more:
        answer["@odata.nextLink"] = more
    return Reply(200, answer | {"value": [show(one) for one in shown]})


def _manager(call: Call, user: User) -> dict[str, Any]:
    if user.manager is None:
        raise missing(f"manager of {user.id}")
    boss = call.world.directory.user(user.manager)
    return {"@odata.type": "#microsoft.graph.user"} | _user(boss, None)


def _shown_user(call: Call, user: User) -> dict[str, Any]:
    value = _user(user, select(call, "user"))
    for name, inner in expansions(call.query.get("$expand", "")).items():
        if name == "manager" and user.manager is not None:
            chosen = options(inner).get("$select")
            boss = call.world.directory.user(user.manager)
            names = None if chosen is None else [each.strip() for each in chosen.split(",")]
            value["manager"] = {"@odata.type": "#microsoft.graph.user"} | _user(boss, names)
        elif name and name != "manager":
            raise bad("BadRequest", f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")
    return value


def list_users(call: Call) -> Reply:
    _check_advanced(call)
    users = list(call.world.directory.users.values())
    return _answer(call, "users", users, lambda one: _shown_user(call, one), lambda one: one.value())


def get_user(call: Call) -> Reply:
    user = call.world.directory.user(call.who)
    return Reply(200, {"@odata.context": f"{call.root}/$metadata#users/$entity"} | _shown_user(call, user))


def get_manager(call: Call) -> Reply:
    return Reply(200, _manager(call, call.world.directory.user(call.who)))


def mailbox_settings(call: Call) -> Reply:
    box = call.mailbox
    language = call.world.user_of(box).more.get("preferredLanguage") or "da-DK"
    return Reply(
        200,
        {
            "timeZone": box.zone_name,
            "language": {"locale": language, "displayName": language},
            "dateFormat": "dd-MM-yyyy",
            "timeFormat": "HH:mm",
            "archiveFolder": None,
            "userPurpose": "user",
        },
    )


# Groups


MOST_EXPANDED = 20


def _shown_group(call: Call, group: Group) -> dict[str, Any]:
    value = selected(group.value(), select(call, "group"))
    for name, inner in expansions(call.query.get("$expand", "")).items():
        if name == "members":
            chosen = options(inner).get("$select")
            names = None if chosen is None else [each.strip() for each in chosen.split(",")]
            value["members"] = [_member(call, id_, names) for id_ in group.members[:MOST_EXPANDED]]
        elif name:
            raise bad("BadRequest", f"Could not find a property named '{name}' on type 'microsoft.graph.group'.")
    return value


def list_groups(call: Call) -> Reply:
    _check_advanced(call)
    groups = list(call.world.directory.groups.values())
    return _answer(call, "groups", groups, lambda one: _shown_group(call, one), lambda one: one.value())


def get_group(call: Call) -> Reply:
    group = call.world.directory.group(call.path[1])
    return Reply(200, {"@odata.context": f"{call.root}/$metadata#groups/$entity"} | _shown_group(call, group))


def no_calendar(call: Call) -> Reply:
    """Calendars of groups are closed to applications: no application permission is listed for them."""
    call.world.directory.group(call.path[1])
    raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def members(call: Call) -> Reply:
    return _members(call, call.world.directory.group(call.path[1]).members)


def transitive_members(call: Call) -> Reply:
    directory = call.world.directory
    return _members(call, directory.transitive(directory.group(call.path[1])))


def _members(call: Call, ids: list[str]) -> Reply:
    cast = call.path[3].rpartition(".")[2] if len(call.path) > 3 else ""
    _check_advanced(call, cast=bool(cast))
    directory = call.world.directory
    if cast:
        wanted = {"user": User, "group": Group}.get(cast)
        if wanted is None:
            raise bad("BadRequest", f"Resource not found for the segment '{call.path[3]}'.")
        ids = [id_ for id_ in ids if isinstance(directory.object(id_), wanted)]
    kind = f"{cast}s" if cast else "directoryObjects"
    names = select(call, "user")
    return _answer(
        call, kind, list(ids), lambda one: _member(call, one, names), lambda one: directory.object(one).value()
    )


# Delta


def delta_groups(call: Call) -> Reply:
    return _delta(call, "groups")


def delta_users(call: Call) -> Reply:
    return _delta(call, "users")


def _delta(call: Call, kind: str) -> Reply:
    """First everything, later what has changed, each page with the address of the next or of the next round."""
    state = _state(call, kind)
    rows = _all(call, kind, state) if state["since"] is None else _changed(call, kind, state)
    shown = rows[state["from"] : state["from"] + PER_DELTA_PAGE]
    answer: dict[str, Any] = {"@odata.context": f"{call.root}/$metadata#{kind}", "value": shown}
    over = state["from"] + PER_DELTA_PAGE
    if over < len(rows):
        answer["@odata.nextLink"] = _link(call, "$skiptoken", state | {"from": over})
    else:
        fresh = {"since": state["until"], "until": None, "from": 0}
        answer["@odata.deltaLink"] = _link(call, "$deltatoken", state | fresh)
    return Reply(200, answer)


def _state(call: Call, kind: str) -> dict[str, Any]:
    token = call.query.get("$skiptoken") or call.query.get("$deltatoken")
    directory = call.world.directory
    if token == "latest":
        return {"kind": kind, "epoch": directory.epoch, "since": len(directory.changes), **_asked(call)}
    if token is None:
        return {"kind": kind, "epoch": directory.epoch, "since": None, **_asked(call)}
    try:
        state: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError):
        raise bad("Directory_InvalidSkipToken", "The specified page token value is not valid.") from None
    if state["kind"] != kind or state["epoch"] != directory.epoch:
        again = {"Location": f"{call.address}?$deltatoken="}
        raise GraphError(410, "syncStateNotFound", "The sync state is not found. Start again.", again)
    if state["until"] is None:
        state["until"] = len(directory.changes)
    return state


def _asked(call: Call) -> dict[str, Any]:
    asked = {"until": len(call.world.directory.changes), "from": 0}
    return asked | {"select": call.query.get("$select"), "filter": call.query.get("$filter")}


def _link(call: Call, name: str, state: dict[str, Any]) -> str:
    token = base64.urlsafe_b64encode(json.dumps(state).encode()).decode()
    call.query.clear()
    return next_link(call, {name: token})


def _names(state: dict[str, Any]) -> list[str] | None:
    return None if state["select"] is None else [name.strip() for name in state["select"].split(",")]


def _wanted(state: dict[str, Any], value: dict[str, Any]) -> bool:
    return state["filter"] is None or bool(read_filter(state["filter"])(value))


def _all(call: Call, kind: str, state: dict[str, Any]) -> list[dict[str, Any]]:
    directory, names = call.world.directory, _names(state)
    if kind == "users":
        return [_user(user, names) for user in directory.users.values() if _wanted(state, user.value())]
    rows = []
    for group in directory.groups.values():
        if _wanted(state, group.value()):
            rows += _group_rows(call, group, selected(group.value(), names), group.members, names)
    return rows


def _group_rows(
    call: Call, group: Group, value: dict[str, Any], members: list[str], names: list[str] | None
) -> list[dict[str, Any]]:
    """A group once, or, with many members, again and again with some of them each time."""
    if names is not None and "members" not in names:
        return [value]
    each = 100
    parts = [members[at : at + each] for at in range(0, len(members), each)] or [[]]
    shown = [[{"@odata.type": _type(call, id_), "id": id_} for id_ in part] for part in parts]
    rows: list[dict[str, Any]] = [value]
    rows += [{"id": group.id} for _ in shown[1:]]
    return [{**row, "members@delta": part} if part else row for row, part in zip(rows, shown, strict=True)]


def _type(call: Call, id_: str) -> str:
    return f"#microsoft.graph.{'group' if id_ in call.world.directory.groups else 'user'}"


def _changed(call: Call, kind: str, state: dict[str, Any]) -> list[dict[str, Any]]:
    changes = call.world.directory.changes[state["since"] : state["until"]]
    if kind == "users":
        ids = dict.fromkeys(one.who for one in changes if one.kind == "user")
        return [row for id_ in ids if (row := _changed_user(call, id_, state)) is not None]
    ids = dict.fromkeys(one.who for one in changes if one.kind != "user")
    return [row for id_ in ids if (row := _changed_group(call, id_, changes, state)) is not None]


def _changed_user(call: Call, id_: str, state: dict[str, Any]) -> dict[str, Any] | None:
    user = call.world.directory.users.get(id_)
    if user is None:
        return {"id": id_, "@removed": {"reason": "changed"}}
    return _user(user, _names(state)) if _wanted(state, user.value()) else None


def _changed_group(call: Call, id_: str, changes: list[Change], state: dict[str, Any]) -> dict[str, Any] | None:
    directory, names = call.world.directory, _names(state)
    group = directory.groups.get(id_)
    if group is None:
        return {"id": id_, "@removed": {"reason": "changed"}}
    if not _wanted(state, group.value()):
        return None
    row: dict[str, Any] = {"id": id_}
    if any(one == Change("group", id_) for one in changes):
        row = selected(group.value(), names)
    last = {one.member: one.kind for one in changes if one.who == id_ and one.member}
    told: list[dict[str, Any]] = []
    for member, kind in last.items():
        entry: dict[str, Any] = {"@odata.type": _type(call, member), "id": member}
        told.append(entry if kind == "joined" else entry | {"@removed": {"reason": "deleted"}})
    if told and (names is None or "members" in names):
        row["members@delta"] = told
    return row if len(row) > 1 or names is None else None
