"""A life of turns on real files with a mail server on loopback, and every letter of it in order, whole.

    python -m tests.turn_life [feed] [invite]

Five people of Plan, one of them the facilitator, and two of Jura, who have a relay of their own later. They swap, think
better of it, pass; the meeting moves and is cancelled; two leave; in the end Plan is merged into Jura. The service is
ticked at every moment at which anything can become due. The exit status is 1 when a calendar shows a turn that is not.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from culture.organisation import Organisation
from culture.relay import acts as relay_acts
from culture.relay.acts import Request
from culture.relay.news import unsettled
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from service.planning.feeds import department_key
from service.planning.moments import next_moment
from service.relay.records import relay_records
from service.relay.turn_acts import TurnRule, perform
from tests.calendar_readers import READERS, Outlook, lines
from tests.service_values import CONFIG, live, make_engine
from tests.smtp_server import Accepted, SmtpServer

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONDAY = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHOWN = ("METHOD", "UID", "SEQUENCE", "DTSTART", "STATUS", "ATTENDEE")
YEAR = date(2027, 1, 1), date(2027, 12, 31)

PLAN_MEETS = """
[departments.plan.meeting]
weekday = "thursday"
time = "09:00"
minutes = 60
place = "Lokale 2"
changes = [{changes}]
"""
MORE = """
[vitamin]
enabled = false
[relay]
starts = 2026-11-30
enabled = true
settle_days = 0
{plan}
[departments.jura.meeting]
weekday = "tuesday"
time = "13:00"
every = "4 weeks"
counted_from = 2027-02-16
minutes = 60
place = "Biblioteket"
"""
NAMES = {"1": "Anna", "2": "Bo", "3": "Carla", "4": "Ditte", "5": "Emil", "6": "Frida", "7": "Gert"}
FACILITATOR = "4"


@dataclass(frozen=True)
class Letter:
    """A letter as it arrived, and the lines of its calendar part that say what becomes of what."""

    to: str
    sent: datetime
    subject: str
    text: str
    part: tuple[str, ...]
    calendar: tuple[bytes, ...] = field(repr=False)
    raw: bytes = field(repr=False)

    @property
    def said(self) -> str:
        """The headline and what is told under it, without the frame."""
        told = [line for line in self.text.splitlines() if line and not line.startswith(("===", "Hej "))]
        return f"{told[1]}. {told[2]}"

    @property
    def who(self) -> str:
        return self.to.partition("@")[0].capitalize()

    @property
    def person(self) -> str:
        return next(number for number, name in NAMES.items() if name == self.who)


@dataclass(frozen=True)
class Scene:
    """What happened, what was said of it, and which turns stand in each calendar after it."""

    title: str
    began: datetime
    letters: tuple[Letter, ...]
    stands: dict[str, list[str]]
    ghosts: tuple[str, ...]  # what a calendar shows and is not so, or the other way round


class Life:
    """The organisation, its engine, and the server that its letters go to. Close it in the end."""

    def __init__(self, folder: Path, server: SmtpServer, channel: str) -> None:
        self.folder, self.server, self.channel, self.now = folder, server, channel, MONDAY
        self.departments = dict.fromkeys("12345", "plan") | dict.fromkeys("67", "jura")
        self.left: dict[str, date] = {}
        self.people()
        self.edit()
        self.engine = make_engine(folder)
        self.outlooks = {person: Outlook() for person in NAMES}

    # What the administrator does

    def people(self) -> None:
        rows = [
            f"{number};{NAMES[number]} {['Holm', 'Dam', 'Juul', 'Lund', 'Bro', 'Skov', 'Toft'][int(number) - 1]};"
            f"{NAMES[number].lower()}@x.example;{department};{self.left.get(number, '')}"
            for number, department in self.departments.items()
        ]
        text = "\n".join(["number;name;email;department;left", *rows, ""])
        (self.folder / "people.csv").write_text(text, "utf-8")

    def edit(self, changes: str = "", *, plan: bool = True) -> None:
        """The config with those dated changes of Plan's meeting, or without Plan."""
        text = CONFIG.format(
            transport="smtp",
            channel=self.channel,
            window="07:00-17:00",
            closed="",
            port=self.server.port,
            zone="Europe/Copenhagen",
        )
        text = text.replace("enabled = false", 'enabled = true\npublic_url = "https://ai.x.example"')
        named = '[departments.plan]\nname = "Plan"\n'
        text = text.replace(named, f'{named}facilitator = "ditte@x.example"\n' if plan else "")
        text += MORE.format(plan=PLAN_MEETS.format(changes=changes) if plan else "")
        (self.folder / "config.toml").write_text(text, "utf-8")

    def leaves(self, person: str, last: date | None = None) -> None:
        """A row with a last day, or no row any more."""
        if last:
            self.left[person] = last
        else:
            del self.departments[person]
        self.people()

    # What people do

    def act(self, act: TurnRule) -> None:
        perform(self.engine, act, self.now)

    def ask(self, turn: str, colleague: str) -> None:
        by = Request(by=self.turn(turn).presenter, at=self.now)
        self.act(lambda made, records: relay_acts.offer(made, records, turn, colleague, by))

    def accept(self, turn: str, colleague: str) -> None:
        by = Request(by=colleague, at=self.now)
        self.act(lambda made, records: relay_acts.accept(made, records, turn, colleague, by))

    def undo(self, turn: str, by: str) -> None:
        request = Request(by=by, at=self.now)
        self.act(lambda made, records: relay_acts.undo(made, records, turn, request))

    def pass_on(self, turn: str) -> None:
        by = Request(by=self.turn(turn).presenter, at=self.now)
        self.act(lambda _, records: relay_acts.pass_on(records, turn, by))

    def turn(self, turn: str) -> Turn:
        return relay_records(self.engine.stored).turns[turn]

    # Time

    def until(self, then: datetime) -> None:
        """Everything that becomes due from now to `then`, at its moment."""
        found = self.now
        while found <= then:
            world = live(self.engine, found, believed=True).world
            found = next_moment(replace(world, now=found)).astimezone(UTC)
        self.now = then

    # What is seen of it

    def close(self) -> None:
        self.engine.close()

    def stands(self) -> dict[str, list[str]]:
        """When turns begin from now on, in local time, in everybody's own calendar and in the departments'."""
        world = self.engine.snapshot(self.now)
        made, found = world.organisation, dict[str, Sequence[datetime]]()
        for number, name in NAMES.items():
            found[name] = self.outlooks[number].stands(*YEAR)
            if self.channel == "feed" and number in made.people:
                found[name] = _begins(self.engine.feed_content(world, made.people[number]))
        for key, view in made.departments.items():
            feed = self.engine.stored.feed(department_key(key))
            if feed and key in made.meeting_plans:
                found[view.name] = _begins(self.engine.feed_maker(world)(department_key(key), feed).content)
        return {who: [_local(at) for at in begins if at > self.now] for who, begins in found.items()}

    def ghosts(self, stands: dict[str, list[str]]) -> Iterator[str]:
        """The calendars that do not show just the turns there are."""
        world = self.engine.snapshot(self.now)
        if unsettled(world.of(RelayRecords).turns, self.now):
            return  # not told yet
        for who, shown in stands.items():
            real = [
                _local(turn.starts)
                for turn in world.of(RelayRecords).turns.values()
                if turn.starts and self.shows(turn, who, world.organisation)
            ]
            if sorted(real) != shown:
                yield f"{who}: {', '.join(shown) or 'nothing'} stands, and not {', '.join(sorted(real)) or 'nothing'}"

    def shows(self, turn: Turn, who: str, made: Organisation) -> bool:
        """Whether the turn should stand in the calendar of somebody, or of a department, called that."""
        if not turn.open or turn.starts is None or turn.starts <= self.now:
            return False
        department = made.departments.get(turn.department)
        if department and department.name == who:
            return True
        readers = {turn.presenter, made.facilitators.get(turn.department, "")}
        return any(NAMES[one] == who and one in made.people for one in readers if one)


@lru_cache(maxsize=256)
def _begins(feed: bytes) -> tuple[datetime, ...]:
    """By one of three readers in turn: what each sees is held against the turns that there are."""
    read = READERS[_begins.cache_info().misses % len(READERS)]
    return tuple(start for start, _, _ in read(feed, *YEAR))


def _local(at: datetime) -> str:
    return f"{at.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}"


def read(letter: Accepted) -> Letter:
    mail = message_from_bytes(letter.data, policy=default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body
    parts = tuple(part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar")
    calendar = tuple(one if isinstance(one, bytes) else one.encode() for one in parts)
    told = (line for part in calendar for line in lines(part) if line.startswith(SHOWN))
    in_zone = [line for line in told if not line.startswith("DTSTART:")]  # those of VTIMEZONE
    sent = parsedate_to_datetime(str(mail["Date"])).astimezone(COPENHAGEN)
    (to,) = letter.recipients
    return Letter(to, sent, str(mail["Subject"]), str(body.get_content()), tuple(in_zone), calendar, letter.data)


# --- the life, scene by scene: what happens, and how long it is before the next


def _asked(life: Life) -> None:
    life.ask("plan-1", "5")
    life.until(life.now + 2 * MINUTE)


def _accepted(life: Life) -> None:
    life.accept("plan-1", "5")
    life.until(life.now + 2 * MINUTE)


def _regretted(life: Life) -> None:
    life.undo("plan-1", "5")
    life.until(MONDAY + HOUR)


def _taken_back(by: str) -> Callable[[Life], None]:
    def take_back(life: Life) -> None:
        life.undo("plan-1", by)
        life.until(life.now + 10 * MINUTE)

    return take_back


def _passed(life: Life) -> None:
    life.pass_on("plan-1")
    life.until(life.now + 10 * MINUTE)


def _meeting(changes: str) -> Callable[[Life], None]:
    def change(life: Life) -> None:
        life.edit(changes)
        life.until(life.now + MINUTE)

    return change


def _to(then: datetime) -> Callable[[Life], None]:
    return lambda life: life.until(then)


def _vanished(life: Life) -> None:
    life.leaves("5")
    life.until(MONDAY + 4 * DAY)


def _swapped(life: Life) -> None:
    life.ask("plan-1", "1")
    life.until(life.now + 5 * MINUTE)
    life.accept("plan-1", "1")
    life.until(life.now + 10 * MINUTE)


def _leaves(life: Life) -> None:
    life.leaves("2", date(2027, 1, 29))
    life.until(life.now + HOUR)


def _merged(life: Life) -> None:
    life.departments = dict.fromkeys(life.departments, "jura")
    life.people()
    life.edit(plan=False)
    life.until(life.now + HOUR)


SCENES: tuple[tuple[str, Callable[[Life], None]], ...] = (
    ("Mandag morgen: de første ture", _to(MONDAY + MINUTE)),
    ("Ditte spørger Emil, om de kan bytte", _asked),
    ("Emil siger ja", _accepted),
    ("Emil fortryder inden ti minutter", _regretted),
    ("Ditte spørger igen", _asked),
    ("Emil siger ja igen", _accepted),
    ("Et sekund før de ti minutter er gået", _to(MONDAY + HOUR + 12 * MINUTE - timedelta(seconds=1))),
    ("Ti minutter efter", _to(MONDAY + HOUR + 12 * MINUTE)),
    ("Emil tager byttet tilbage", _taken_back("5")),
    ("Tirsdag morgen", _to(MONDAY + DAY)),
    ("Ditte giver sin tur videre", _passed),
    ("Ditte tager den tilbage", _taken_back("4")),
    ("Mødet den 21. januar flyttes til fredag kl. 10", _meeting("{ on = 2027-01-21, to = 2027-01-22T10:00:00 }")),
    ("Mødet den 21. januar aflyses", _meeting("{ on = 2027-01-21, cancelled = true }")),
    ("Emil står ikke på listen mere", _vanished),
    ("Næste mandag morgen", _to(MONDAY + 7 * DAY)),
    ("Ditte bytter med Anna", _swapped),
    ("Til tirsdag den 19. januar", _to(MONDAY + 15 * DAY)),
    ("Bo får en sidste dag: den 29. januar", _leaves),
    ("Til mandag den 25. januar", _to(MONDAY + 21 * DAY)),
    ("Plan bliver en del af Jura", _merged),
    ("To dage efter", _to(MONDAY + 23 * DAY)),
    ("Resten af februar", _to(MONDAY + 56 * DAY)),
)


def play(folder: Path, channel: str) -> Iterator[Scene]:
    """The life on that channel, in an empty folder, a scene at a time."""
    with SmtpServer() as server:
        life = Life(folder, server, channel)
        try:
            for title, happens in SCENES:
                began, first = life.now, len(server.accepted)
                happens(life)
                yield _scene(life, title, began, server.accepted[first:])
        finally:
            life.close()


def _scene(life: Life, title: str, began: datetime, new: Sequence[Accepted]) -> Scene:
    letters = tuple(read(one) for one in new)
    for letter in letters:
        for content in letter.calendar:
            life.outlooks[letter.person].receive(content)
    stands = life.stands()
    return Scene(title, began, letters, stands, tuple(life.ghosts(stands)))


# --- on paper


def page(scene: Scene) -> Iterator[str]:
    """The scene as it is printed."""
    yield f"\n\n######## {scene.began.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}  {scene.title}"
    for letter in scene.letters:
        yield f"\n-------- {letter.sent:%Y-%m-%d %H:%M}  To: {letter.to}\nSubject: {letter.subject}\n"
        yield letter.text.rstrip()
        yield from letter.part
    shown = "; ".join(f"{who} {', '.join(begins)}" for who, begins in scene.stands.items() if begins)
    yield f"\n[in the calendars: {shown or 'nothing'}]"
    yield from (f"NOT SO: {ghost}" for ghost in scene.ghosts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.turn_life")
    parser.add_argument("channels", nargs="*", default=["feed", "invite"])
    logging.disable()
    ghosts = 0
    for channel in parser.parse_args().channels:
        print(f"\n\n================ on {channel}")
        with tempfile.TemporaryDirectory() as folder:
            for scene in play(Path(folder), channel):
                print("\n".join(page(scene)), flush=True)
                ghosts += len(scene.ghosts)
    sys.exit(bool(ghosts))


if __name__ == "__main__":
    main()
