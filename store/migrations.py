"""How records of an older aikultur are brought into today's shape. Pure.

The schema goes up only with a function here. A store of an older schema is migrated when it is opened: its
generation is kept as a backup, and a new one begins with what the functions made of its records.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from store.state import Fields, Tables

Migration = Callable[[Tables], Tables]
"""Gets all tables, which it may change, and gives back those of the next schema."""


def concerns_of_a_month(tables: Tables) -> Tables:
    """Concerns keep the month, where they kept the day, and in larger departments which; and stand in no order."""

    def of_a_month(key: str, one: Fields) -> Fields:
        return {"id": key, "month": str(one.get("day", ""))[:7], "text": one.get("text", "")}

    concerns = tables.get("concerns", {})
    kept = {key: _tried(partial(of_a_month, key), one) for key, one in sorted(concerns.items())}
    return {**tables, "concerns": kept} if concerns else tables


def ids_for_texts(tables: Tables) -> Tables:
    """What was an English text in records of the relay and the revisit list is an id, what a deed was about stands in a
    field of its own, and a meeting on a server is about a subject, which need be no turn. A text that nobody knows
    stays, and its record is one that cannot be read."""
    brought = {"turns": _turn, "learnings": _learning, "revisits": _revisit, "meetings": _meeting}
    return {
        name: {key: _tried(brought[name], one) for key, one in documents.items()} if name in brought else documents
        for name, documents in tables.items()
    }


IDS = {
    "asked to swap": "swap-asked",
    "could not be there": "could-not",
    "day off": "day-off",
    "longest ago": "longest-ago",
    "meeting cancelled": "meeting-cancelled",
    "no longer needed": "not-needed",
    "no relay here any more": "no-relay",
    "no room": "no-room",
    "not here": "not-here",
    "not reached": "not-reached",
    "not told": "not-told",
    "not yet": "not-yet",
    "seated already": "seated",
    "settling in": "settling-in",
    "still not": "still-not",
    "too short": "too-short",
    "use case": "use-case",
    "works now": "works-now",
}
"""The texts of schema 2 whose ids are others; for all others the text is the id."""


def _id(text: str) -> str:
    return IDS.get(text, text)


def _tried(bring: Callable[[Fields], Fields], document: Fields) -> Fields:
    """The document as `bring` makes it; as it stands where it has no such shape, for then nobody could read it before."""
    try:
        return bring(document)
    except (
        Exception
    ):  # a record is data, and can be wrong in any way: it is about this record alone, and must not shut the store
        return document


def _with(document: Fields, **parts: Callable[[Any], Any]) -> Fields:
    """The document with the parts that it has made anew."""
    return {name: parts[name](value) if name in parts else value for name, value in document.items()}


def _learning(document: Fields) -> Fields:
    return _with(document, outcome=_id)


def _meeting(document: Fields) -> Fields:
    return {"subject" if name == "turn_id" else name: value for name, value in document.items()}


def _revisit(document: Fields) -> Fields:
    return _with(document, what=_id, judgements=lambda every: [_with(one, verdict=_id) for one in every])


def _turn(document: Fields) -> Fields:
    def why(one: Fields) -> Fields:
        return _with(one, tie=_id, away=lambda away: {key: _id(reason) for key, reason in away.items()})

    deeds = document.get("deeds", [])
    made = [_deed(one, deeds[number + 1 :], document.get("starts")) for number, one in enumerate(deeds)]
    return _with(document, why=why, deeds=lambda _: made)


def _deed(deed: Fields, later: Sequence[Fields], starts: str | None) -> Fields:
    """A deed, with what it was about in the field that is for it. `later` are those after it on the turn, which begins at
    `starts` now."""
    made = {**deed, "what": _id(deed["what"])}
    about = made.pop("about", "")
    if not about:
        return made
    match made["what"]:
        case "waits" | "ended":
            return {**made, "why": _id(about)}
        case "undone":
            return {**made, "undid": _id(about)}
        case "moved" | "volunteered":
            to = _moment(about, later, starts)
            return {**made, "to": to} if to else made
    return {**made, "about": about}


def _moment(text: str, later: Sequence[Fields], starts: str | None) -> str:
    """The moment of `2026-12-03 09:00`, which is in the zone of its meeting: what the turn lost later or begins at now is
    the same moment, or at least in that zone. The text itself where it is no moment; empty where no zone is known."""
    known = [one["was"] for one in later if one.get("was")] + ([starts] if starts else [])
    same = next((one for one in known if one[:16].replace("T", " ") == text), "")
    if same or not known:
        return same
    moment, _, zone = known[0].partition("[")
    tz = _zone(moment, zone)
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=tz)
    except ValueError:
        return text
    return f"{local.isoformat()}[{zone}" if zone else local.isoformat()


def _zone(moment: str, name: str) -> tzinfo | None:
    """The zone that is named, else the one that the moment has."""
    return ZoneInfo(name.rstrip("]")) if name else datetime.fromisoformat(moment).tzinfo


def _of_server(server: str, trouble: Fields) -> Fields:
    return {"server": server, **trouble}


def trouble_by_queue(tables: Tables) -> Tables:
    """What is wrong with a server stands in one table, by the queue of what goes to it, and names the server. It stood
    in a table of each of the two queues, by the name of the server."""
    found = {
        queue: _tried(partial(_of_server, server), one)
        for queue, table in (("exchange", "exchange_trouble"), ("letters", "trouble"))
        for server, one in sorted(tables.get(table, {}).items())
    }
    rest = {name: documents for name, documents in tables.items() if name not in ("trouble", "exchange_trouble")}
    return {**rest, "trouble": found} if found else rest


def one_after_another(*steps: Migration) -> Migration:
    """Several steps as one migration."""

    def migrate(tables: Tables) -> Tables:
        for step in steps:
            tables = step(tables)
        return tables

    return migrate


MIGRATIONS: tuple[Migration, ...] = (concerns_of_a_month, one_after_another(ids_for_texts, trouble_by_queue))
"""The first leads from schema 1 to 2, and so on."""


def schema_after(migrations: Sequence[Migration]) -> int:
    return 1 + len(migrations)


SCHEMA = schema_after(MIGRATIONS)
"""The shape of the records that this program understands. A store that says a higher one is refused."""


def migrated(tables: Tables, schema: int, migrations: Sequence[Migration] = MIGRATIONS) -> Tables:
    """Records of this schema in the shape after all migrations. Raises what a migration raises."""
    for migrate in migrations[schema - 1 :]:
        tables = migrate(tables)
    return tables
