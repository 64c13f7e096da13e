"""The server's own count of what stands, and a list of days made by hand to hold it against."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from tests.exchange_kills.house import DesiredSeries, House, absent_days, in_jura
from tests.server_values import Server, address, id_of, kind_of, ours

HERE = ZoneInfo("Europe/Copenhagen")
HOLIDAYS = (date(2026, 12, 25), date(2027, 1, 1))
"""Danish holidays on a working day between December and Easter, from the calendar on the wall. Not 24 and 31 December:
those are the administrator's choice."""

AHEAD = 60
"""So many coming days are compared one by one."""


def struck(server: Server) -> float:
    """The share of requests that a fault really hit: one aimed at an item that was not there counts as none. A batch is
    one request, and hit where any part of it was."""
    hit = {number_of(one) for one in server.log if one.fault is not None and one.code != "NoError"}
    asked = {number_of(one) for one in server.log}
    return len(hit) / len(asked) if asked else 0.0


def number_of(request: Any) -> int:
    """The request's number; of a part of a batch, the batch's."""
    return int(getattr(request, "batch", None) or request.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Mailboxes by how many series of ours are in them, and series that the store does not know."""

    none: int
    one: int
    more: int
    unknown: int
    requests: int
    share: float

    def __str__(self) -> str:
        return (
            f"mailboxes with 0/1/2 series {self.none:3}/{self.one:3}/{self.more}, unknown to the store {self.unknown}, "
            f"{self.requests:5} requests, {self.share:.0%} struck"
        )


def counted(server: Server, house: House) -> Count:
    """What is there at this moment."""
    known = {block.item for block in house.stored.on_server().blocks.values()}
    with server.lock:
        by_person = [ours(server, address(number)) for number in house.numbers]
        requests, share = len(server.log), struck(server)
    sizes = Counter(min(len(items), 2) for items in by_person)
    unknown = sum(id_of(item) not in known for items in by_person for item in items)
    return Count(none=sizes[0], one=sizes[1], more=sizes[2], unknown=unknown, requests=requests, share=share)


def days_by_hand(number: int, wish: DesiredSeries, first: date, last: date) -> list[str]:
    """When somebody's block should stand: what a person would write who has the config and a calendar before them."""
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    off = {*HOLIDAYS, *wish.closed, *absent_days(number)}
    return [f"{day} {wish.start}, 10 minutes" for day in every if day.weekday() < 5 and day not in off]


def standing_days(server: Server, number: int, first: date, last: date) -> list[str]:
    """The same, as the server expands it."""
    begin, end = (datetime.combine(day, datetime.min.time(), HERE) for day in (first, last + timedelta(days=1)))
    found: list[Any] = list(server.mailbox(address(number)).occurrences(begin.astimezone(UTC), end.astimezone(UTC)))
    return [
        f"{one.start.astimezone(HERE):%Y-%m-%d %H:%M}, {int((one.end - one.start).total_seconds()) // 60} minutes"
        for one in found
    ]


def without_prompt(server: Server, number: int, today: date) -> list[date]:
    """The coming days of this week and the next whose text is only the series' own."""
    sunday = today + timedelta(days=14 - today.isoweekday())
    begin, end = (datetime.combine(day + timedelta(days=1), datetime.min.time(), HERE) for day in (today, sunday))
    found: list[Any] = list(server.mailbox(address(number)).occurrences(begin.astimezone(UTC), end.astimezone(UTC)))
    return [one.start.astimezone(HERE).date() for one in found if one.body == one.item.body]


def has_block(server: Server, number: int, wish: DesiredSeries) -> bool:
    """Whether somebody should have a block on this server."""
    return (wish.jura if in_jura(number) else wish.channel) == kind_of(server).channel


def disagreements(server: Server, house: House, wish: DesiredSeries) -> Iterator[str]:
    """What is not as the config says, when the service is at rest: a sentence for each kind, with the first of them."""
    today = house.now().astimezone(HERE).date()
    first, last = today + timedelta(days=1), today + timedelta(days=AHEAD)
    wrong, days, plain = [], [], []
    for number in house.numbers:
        stands = has_block(server, number, wish)
        if len(ours(server, address(number))) != stands:
            wrong.append(f"{address(number)} has {len(ours(server, address(number)))}")
        should = days_by_hand(number, wish, first, last) if stands else []
        found = standing_days(server, number, first, last)
        if should != found:
            lacking, more = sorted({*should} - {*found}), sorted({*found} - {*should})
            days.append(f"{address(number)} lacks {lacking[:2]}, has besides {more[:2]}, {len(found)} in all")
        if missing := without_prompt(server, number, today):
            plain.append(f"{address(number)} on {missing[0]}")
    for what, found in (("wrong number of series", wrong), ("wrong days", days), ("days without a prompt", plain)):
        if found:
            yield f"{what}: {len(found)} people, {found[0]}"
    count = counted(server, house)
    if count.unknown:
        yield f"orphans: {count.unknown} series that the store does not know"


def per_person(server: Server, begin: int, people: Sequence[str]) -> str:
    """Requests per person since there were `begin`, as `min/median/max`. A batch is one."""
    whose = {number_of(one): one.mailbox for one in server.log[begin:] if one.mailbox}
    found: Mapping[str, int] = Counter(whose.values())
    each = [found[who] for who in people]
    return f"{min(each)}/{median(each):g}/{max(each)}"
