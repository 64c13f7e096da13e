"""A year and a half on `invite` and on our Exchange server, past a renewal: what stands in calendars, past and ahead.

    python -m tests.year_stands

Four people on each channel: full time, part time, with absences, and with a new time in May. Closed days are added a
week ahead, in the evening before, and when they are over, and taken back. The real engine is ticked every morning and
at every act. What stands is read by others: on `invite` every mail is received as a calendar would (UID, SEQUENCE) and
expanded by one of three libraries in turn; on Exchange it is the server's own expansion and count. It is held against
working days by the calendar on the wall, every Monday and at every act. The exit status is 1 when anything differs.
"""

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from calendars.event import block_key, over_key
from culture.people import Preference
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from tests.calendar_readers import READERS, Outlook
from tests.ews import EwsServer, Item
from tests.ews.mailbox import Override, stamp
from tests.ews.soap import make
from tests.exchange_values import address, write_exchange
from tests.service_values import live, make_engine, row, write_people
from tests.smtp_server import SmtpServer
from tests.test_invite_life import read

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DAY, WEEK = timedelta(days=1), timedelta(days=7)
FIRST, LAST = date(2026, 11, 30), date(2028, 5, 29)
FAR = date(2029, 7, 1)
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
AHEAD = 50 * DAY
"""At least so far every series reaches: it is renewed with 56 days left, and the last of them may be days off."""

HOLIDAYS = frozenset(
    map(
        date.fromisoformat,
        [
            "2026-12-25",
            "2027-01-01",
            "2027-03-25",
            "2027-03-26",
            "2027-03-29",
            "2027-05-06",
            "2027-05-17",
            "2028-04-13",
            "2028-04-14",
            "2028-04-17",
            "2028-05-25",
            "2028-06-05",
            "2028-12-25",
            "2028-12-26",
            "2029-01-01",
            "2029-03-29",
            "2029-03-30",
            "2029-04-02",
            "2029-05-10",
            "2029-05-21",
        ],
    )
)
"""Those of Denmark on a working day, from the calendar on the wall: Easter Days are 28 March 2027, 16 April 2028 and
1 April 2029."""


@dataclass(frozen=True)
class Closed:
    """A closed day: since when it stands in the config, and until when."""

    day: date
    entered: datetime
    back: datetime | None = None

    def known(self, at: datetime) -> bool:
        return self.entered <= at and (self.back is None or at < self.back)


def morning(text: str) -> datetime:
    """06:00 in UTC, when the day's letters leave in winter, and in summer have left."""
    return datetime.combine(date.fromisoformat(text), time(6), UTC)


CLOSED = (
    Closed(date(2027, 2, 11), morning("2027-02-04"), morning("2027-02-09")),  # a week ahead, and taken back in time
    Closed(date(2027, 3, 11), morning("2027-03-04"), morning("2027-03-15")),  # taken back when it is over
    Closed(date(2027, 4, 8), morning("2027-04-13"), morning("2027-04-20")),  # entered when it was over
    Closed(date(2027, 6, 3), morning("2027-06-02") + timedelta(hours=12)),  # in the evening before
    Closed(date(2028, 5, 11), morning("2028-05-04"), morning("2028-05-09")),  # past the renewal
)
ACTS = {at for one in CLOSED for at in (one.entered, one.back) if at}
ABSENT = {date(2027, 3, 1) + n * DAY for n in range(5)} | {date(2027, 8, 11) + n * DAY for n in range(3)}
NEW_TIME = morning("2027-05-03")


@dataclass(frozen=True)
class Kind:
    """What is special about somebody."""

    name: str
    days: frozenset[int] = MONDAY_TO_FRIDAY
    at: str = "12:30"
    absent: bool = False
    later: str = ""  # the time from NEW_TIME on

    def time(self, day: date, now: datetime) -> str:
        return self.later if self.later and now >= NEW_TIME and day >= NEW_TIME.date() else self.at


KINDS = (
    Kind("full time"),
    Kind("part time", frozenset({1, 2, 3, 4}), "08:30"),
    Kind("with absences", absent=True),
    Kind("with a new time", later="09:15"),
)
CHANNELS = ("invite", "exchange")
PEOPLE = {
    str(n + 4 * place + 1): (channel, kind) for place, channel in enumerate(CHANNELS) for n, kind in enumerate(KINDS)
}

DELETED, MOVED = date(2026, 12, 9), date(2026, 12, 16)
HANDS = morning("2026-12-01")
"""What the one who works full time does in Outlook on Exchange, and when: a day is deleted, another goes to 14:15."""


def expected(person: str, now: datetime, last: date) -> list[str]:
    """What should stand at `now` of the days up to `last`, by the rule as it was on each of them."""
    channel, kind = PEOPLE[person]
    found = []
    for day in (FIRST + n * DAY for n in range((last - FIRST).days + 1)):
        at = kind.time(day, now)
        begins = datetime.combine(day, time.fromisoformat(at), COPENHAGEN)
        then = min(now, begins)
        off = day in HOLIDAYS or any(one.day == day and one.known(then) for one in CLOSED)
        if day.isoweekday() in kind.days and not off and not (kind.absent and day in ABSENT):
            found.append(f"{day} {at}")
    if channel == "invite" and kind.later and now >= NEW_TIME:
        return [one for one in found if one >= f"{NEW_TIME.date()}"]  # one UID for life, and a series has one time
    return [one for one in (_by_hand(one, now) for one in found) if one] if person == "5" else found


def _by_hand(one: str, now: datetime) -> str:
    """What the person has made of it in Outlook."""
    if now < HANDS:
        return one
    return "" if one.startswith(f"{DELETED}") else one.replace("12:30", "14:15") if one.startswith(f"{MOVED}") else one


@dataclass
class House:
    """The organisation, its engine, and what its servers have got."""

    folder: Path
    exchange: EwsServer
    mail: SmtpServer
    people: Collection[str]
    more: str = ""  # in the section of the calendar server
    engine: Engine = field(init=False)
    outlooks: dict[str, Outlook] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    seen: int = 0

    def __post_init__(self) -> None:
        write_people(self.folder, [row(number) for number in self.people])
        absences = "".join(f"{n};{day};{day}\n" for n in self.people if PEOPLE[n][1].absent for day in sorted(ABSENT))
        (self.folder / "absences.csv").write_text(f"person;first;last\n{absences}", "utf-8")
        self.edit(morning(f"{FIRST}"))
        self.engine = make_engine(self.folder)
        for number in self.people:
            channel, kind = PEOPLE[number]
            days = None if kind.days == MONDAY_TO_FRIDAY else kind.days
            at = None if kind.at == "12:30" else time.fromisoformat(kind.at)
            self.engine.stored.prefer(number, Preference(channel=channel, days=days, time=at))  # type: ignore[arg-type]
            self.outlooks[number], self.told[number] = Outlook(), []

    def edit(self, now: datetime) -> None:
        """The config as it is from `now` on."""
        closed = ", ".join(f'"{one.day}"' for one in CLOSED if one.known(now))
        settings = {"channel": "feed", "closed": closed, "transport": "smtp", "port": self.mail.port}
        write_exchange(self.folder, self.exchange, exchange=self.more, **settings)
        with (self.folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write('[people]\nabsences = "absences.csv"\n')

    def at(self, now: datetime) -> None:
        """A morning, or an act and what the service makes of it."""
        if any(now in (one.entered, one.back) for one in CLOSED):
            self.edit(now)
        if now == NEW_TIME:
            for number in self.people:
                channel, kind = PEOPLE[number]
                if kind.later:
                    later = Preference(channel=channel, time=time.fromisoformat(kind.later))  # type: ignore[arg-type]
                    self.engine.stored.prefer(number, later)
        live(self.engine, now, believed=True)
        call_all(self.engine, self.engine.servers.make_callers(), lambda: now)
        self._receive(now)
        if now == HANDS:
            self._hands()

    def _receive(self, now: datetime) -> None:
        """What the mail server got since, into the calendars of those who got it."""
        for letter in self.mail.accepted[self.seen :]:
            if b"text/calendar" in letter.data and (received := read(letter)):
                number = letter.recipients[0][1:].partition("@")[0]
                self.outlooks[number].receive(received.ics)
                until = received.event.rrules[0]["UNTIL"][0].date()
                self.told[number].append(f"{now:%Y-%m-%d} SEQUENCE {received.sequence} until {until}")
        self.seen = len(self.mail.accepted)

    def _hands(self) -> None:
        (series,) = self.items("5", over=False)
        for day in series.occurrences(morning(f"{DELETED}"), morning(f"{MOVED}") + DAY):
            local = day.start.astimezone(COPENHAGEN)
            if local.date() == DELETED:
                series.overrides.pop(day.original, None)
                series.deleted.add(day.original)
            elif local.date() == MOVED:
                move(series, day.original, timedelta(minutes=105))

    def items(self, number: str, *, over: bool) -> list[Item]:
        """The series on the server, as it finds them by our property: those that are over, or those that go on."""
        key = over_key(block_key(number)) if over else block_key(number)
        return [
            item for item in self.exchange.mailbox(address(int(number))).items if item.property("aikultur key") == key
        ]

    def stands(self, number: str) -> list[str]:
        """All that stands in somebody's calendar, for ever."""
        if PEOPLE[number][0] == "exchange":
            begin, end = (datetime.combine(day, time(), UTC) for day in (FIRST - WEEK, FAR))
            shown = self.exchange.mailbox(address(int(number))).occurrences(begin, end)
            return [_local(one.start) for one in shown]
        items = self.outlooks[number].items.values()
        return sorted(one for _, content in items if content for one in _expanded(content))


def move(series: Item, original: datetime, by: timedelta) -> None:
    """Move one day of a series, as its owner does."""
    found = series.occurrence(original)
    times = {"Start": stamp(found.start + by), "End": stamp(found.end + by)}
    own = series.overrides.setdefault(original, Override())
    own.fields.update({name: make(f"t:{name}", text=text) for name, text in times.items()})


@lru_cache(maxsize=64)
def _expanded(content: bytes) -> tuple[str, ...]:
    reader = READERS[_expanded.cache_info().misses % len(READERS)]
    return tuple(_local(begins) for begins, _, _ in reader(content, FIRST - WEEK, FAR))


def _local(at: datetime) -> str:
    return f"{at.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}"


# --- what is looked at, and what is said of it


@dataclass(frozen=True)
class Look:
    """One person's calendar at one moment, and where it differs from the rule."""

    person: str
    past: int
    ahead: int
    last: str
    differs: tuple[str, ...]

    @classmethod
    def at(cls, house: House, person: str, now: datetime) -> "Look":
        found, here = house.stands(person), _local(now)
        last = date.fromisoformat(found[-1][:10]) if found else FIRST
        right = expected(person, now, max(last, now.date() + AHEAD))
        wrong = [f"{one} is missing" for one in right if one not in found]
        wrong += [f"{one} stands too often" for one, times in Counter(found).items() if times > 1 or one not in right]
        past = sum(one < here for one in found)
        return cls(person, past, len(found) - past, f"{last}", tuple(wrong))

    def line(self) -> str:
        channel, kind = PEOPLE[self.person]
        differs = "; ".join(self.differs[:5]) or "-"
        return f"{channel:10}{kind.name:18}{self.past:>6}{self.ahead:>7}  {self.last}  {differs}"


def counted(house: House) -> str:
    """What the Exchange server counts."""
    numbers = [number for number in house.people if PEOPLE[number][0] == "exchange"]
    going = {number: house.items(number, over=False) for number in numbers}
    over = {number: house.items(number, over=True) for number in numbers}
    series = [item for found in (*going.values(), *over.values()) for item in found]
    alone = sum(len(house.exchange.mailbox(address(int(number))).items) for number in numbers) - len(series)
    of_each = Counter(len(found) for found in going.values())
    return (
        f"Exchange: {len(series)} series, {sum(map(len, over.values()))} of them over; "
        f"{sum(len(item.overrides) for item in series)} exceptions, {sum(len(item.deleted) for item in series)} deletions, "
        f"{alone} single events; mailboxes with 0 / 1 / 2 series that go on: {of_each[0]} / {of_each[1]} / {of_each[2]}"
    )


MOMENTS: Mapping[datetime, str] = {
    CLOSED[0].entered: "11 February is closed, a week ahead",
    morning("2027-02-09"): "and taken back",
    CLOSED[2].entered: "8 April is closed, and over; 11 March was taken back when it was over",
    morning("2028-04-10"): "past the renewals",
    morning(f"{LAST}"): "the end; 11 May was closed a week ahead and taken back",
}


QUIET = date(2027, 6, 7), date(2028, 4, 3)
"""From and until: nobody does anything, and the series are renewed."""


def moments(weekdays: frozenset[int], apart: tuple[int, int]) -> list[datetime]:
    """The mornings of those ISO weekdays, and every act; in every so many weeks, and in so many while it is quiet."""
    days = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]
    left_out = {day for day in days if (day - FIRST) // WEEK % apart[QUIET[0] <= day < QUIET[1]]}
    mornings = {morning(f"{day}") for day in days if day.isoweekday() in weekdays and day not in left_out}
    return sorted(mornings | ACTS | {NEW_TIME, HANDS})


def look(house: House, now: datetime) -> list[Look]:
    """Everybody's calendar."""
    return [Look.at(house, person, now) for person in house.people]


def page(house: House, now: datetime, looks: list[Look]) -> Iterator[str]:
    yield f"\n{_local(now)}: {MOMENTS[now]}"
    yield f"{'channel':10}{'who':18}{'past':>6}{'ahead':>7}  {'last':10}  differs"
    yield from (one.line() for one in looks)
    yield counted(house)


def closing(house: House) -> Iterator[str]:
    """What has become of the closed days, and the mails that carried the series."""
    yield f"\n{'closed day':14}{'entered':18}{'taken back':18}" + "".join(f"{one:>10}" for one in CHANNELS)
    for one in CLOSED:
        back = _local(one.back) if one.back else "-"
        at = [any(shown.startswith(f"{one.day}") for shown in house.stands(person)) for person in ("1", "5")]
        yield f"{one.day!s:14}{_local(one.entered):18}{back:18}" + "".join(
            f"{'stands' if one else 'gone':>10}" for one in at
        )
    for person, told in house.told.items():
        if told:
            yield f"\nMails to invite, {PEOPLE[person][1].name}:"
            yield from (f"  {one}" for one in told)


def play(
    folder: Path,
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY,
    people: Collection[str] = tuple(PEOPLE),
    apart: tuple[int, int] = (1, 1),
    more: str = "",
) -> Iterator[tuple[House, datetime]]:
    """The house after each tick: on the mornings of those ISO weekdays, in so many weeks and in so many while it is
    quiet, and at every act. `more` is what the section of the calendar server has too."""
    boxes = [address(int(number)) for number in people if PEOPLE[number][0] == "exchange"]
    with EwsServer(boxes) as exchange, SmtpServer() as mail:
        house = House(folder, exchange, mail, people, more)
        try:
            for now in moments(weekdays, apart):
                house.at(now)
                yield house, now
        finally:
            house.engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.year_stands")
    parser.parse_args()
    logging.disable()
    looked, wrong, before = 0, 0, False
    with tempfile.TemporaryDirectory() as folder:
        for house, now in play(Path(folder)):
            acted, before = before or now in ACTS, now in ACTS
            if now.weekday() > 0 and not acted and now not in MOMENTS:
                continue
            looks = look(house, now)
            looked, wrong = looked + len(looks), wrong + sum(bool(one.differs) for one in looks)
            if now in MOMENTS:
                print("\n".join(page(house, now, looks)), flush=True)
            else:
                for one in looks:
                    if one.differs:
                        print(f"{_local(now)}: {one.line()}", flush=True)
        print("\n".join(closing(house)))
    print(f"\n{looked} calendars were looked at; {wrong} differed from the rule.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
