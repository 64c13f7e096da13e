"""The corps' monthly meeting over fifteen months: as a mail server, an Exchange server and feeds see it.

The days are written by hand. In it somebody joins, somebody steps down, one meeting moves, one is called off, one falls
on a closed day, and there is none in July.
"""

import email.policy
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest

from culture.ambassadors.records import AmbassadorRecords
from culture.people import ChannelName, Preference
from service.acts.page_acts import carry_out
from service.acts.requests import Act
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from service.planning.feeds import Feed
from tests.calendar_readers import Outlook, lines, occurrences
from tests.ews import EwsServer
from tests.exchange_values import write_exchange
from tests.service_values import live, make_engine, write_config
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.slow, pytest.mark.year]

FIRST = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
"""A Monday, 07:00 in Copenhagen."""

DAY, WEEK = timedelta(days=1), timedelta(days=7)
FIFTEEN_MONTHS = 65
"""Weeks: a summer, both changes of the clock, a turn of the year, and every month that something happens in."""

SPAN = (date(2027, 1, 1), date(2029, 6, 30))
NAMES = {"1": "Anna Holm", "2": "Bo Lind", "3": "Carla Juhl", "4": "Dan Friis"}

CORPS = """
[ambassadors]
enabled = true
[ambassadors.meeting]
weekday = "tuesday"
time = "13:00"
place = "Rådssalen"
changes = [{changes}]
"""
MOVED = "{ on = 2027-06-01, to = 2027-06-03T09:00:00 }"
OFF = "{ on = 2027-11-02, cancelled = true }"

HELD = [
    "2027-01-05 12:00",
    "2027-02-02 12:00",
    "2027-03-02 12:00",
    "2027-04-07 11:00",  # the 6th is closed
    "2027-05-04 11:00",
    "2027-06-03 07:00",  # moved
    "2027-08-03 11:00",
    "2027-09-07 11:00",
    "2027-10-05 11:00",
    "2027-12-07 12:00",
    "2028-01-04 12:00",
    "2028-02-01 12:00",
    "2028-03-07 12:00",
]
"""When it is held in fifteen months, in UTC."""

AHEAD = ["2028-04-04 11:00", "2028-05-02 11:00"]
"""What everybody is invited to by then: ten weeks ahead, and no further."""

JOINS, STEPS_DOWN = "2027-03-10", "2027-09-15"
COMES = {
    "1": [day for day in HELD if day < STEPS_DOWN],
    "2": HELD,
    "3": HELD,
    "4": [day for day in HELD if day > JOINS],
}
"""Who is there when."""


@dataclass
class House:
    """The organisation, and what happens in it. `also` does what else is to be done at a moment."""

    folder: Path
    engine: Engine = field(init=False)
    channels: dict[str, ChannelName] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    def begin(self) -> None:
        self.edit()
        self.people("1", "2", "3")
        self.engine = make_engine(self.folder)
        for number, channel in self.channels.items():
            self.engine.stored.prefer(number, Preference(channel=channel))

    def edit(self, *changes: str) -> None:
        self.changes += changes
        self.config()
        file = self.folder / "config.toml"
        more = CORPS.replace("{changes}", ", ".join(self.changes)) + "[revisit]\nenabled = false\n"
        file.write_text(file.read_text("utf-8") + more, "utf-8")

    def config(self) -> None:
        raise NotImplementedError

    def people(self, *ambassadors: str) -> None:
        rows = "".join(
            f"{n};{name};p{n}@x.example;plan;{'ambassadør' if n in ambassadors else ''}\n" for n, name in NAMES.items()
        )
        (self.folder / "people.csv").write_text(f"number;name;email;department;roles\n{rows}", "utf-8")

    def at(self, now: datetime) -> None:
        live(self.engine, now, believed=True)

    def live_on(self, weeks: int = FIFTEEN_MONTHS) -> None:
        """Every other week, and every day on which something happens and the one after. The month's meetings are all
        told ten weeks ahead; of those of a year some are told in one half of those weeks and some in the other."""
        happens = {FIRST.replace(month=month, day=day) for month, day in ((3, 10), (5, 10), (9, 15), (10, 13))}
        mondays = {FIRST + n * WEEK for n in range(0, weeks, 2)}
        for now in sorted(mondays | happens | {day + DAY for day in happens}):
            match f"{now.date()}":
                case "2027-03-10":
                    self.people("1", "2", "3", "4")
                case "2027-05-10":
                    self.edit(MOVED)
                case "2027-09-15":
                    carry_out(self.engine, Act(person_id="1", doing="ambassador-leave"), now)
                case "2027-10-13":
                    self.edit(OFF)
            self.at(now)


class MailHouse(House):
    port = 1

    def config(self) -> None:
        write_config(self.folder, transport="smtp", channel="none", port=self.port, closed='"2027-04-06"')
        file = self.folder / "config.toml"
        file.write_text(file.read_text("utf-8").replace('channel = "none"', 'channel = "feed"') + PILL_OFF, "utf-8")


PILL_OFF = "[vitamin]\nenabled = false\n"


def parts(server: SmtpServer) -> Iterator[tuple[str, str, bytes]]:
    """To whom, by which method and with which bytes, every calendar part that the server accepted."""
    for letter in server.accepted:
        mail = email.message_from_bytes(letter.data, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                (to,) = (address.addr_spec for address in mail["To"].addresses)
                yield to, str(part.get_param("method")), content


def event_of(content: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


# --- by invitation


def test_by_invitation_everybody_has_each_meeting_once_and_whoever_leaves_is_told_off(tmp_path: Path) -> None:
    with SmtpServer() as server:
        house = MailHouse(tmp_path, channels={"1": "invite", "3": "none"})
        MailHouse.port = server.port
        house.begin()
        house.live_on()
        house.engine.close()
    outlooks: dict[str, Outlook] = defaultdict(Outlook)
    got: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for to, method, content in parts(server):
        lines(content)
        outlooks[to].receive(content)
        event = event_of(content)
        got[to].append((method, str(event["UID"]), int(str(event["SEQUENCE"]))))
        if (to, method) == ("p2@x.example", "REQUEST"):  # of every meeting
            occurrences(content, *SPAN)  # ical, vobject and recurring-ical-events agree
    stands = {n: [f"{at:%Y-%m-%d %H:%M}" for at in outlooks[f"p{n}@x.example"].stands(*SPAN)] for n in NAMES}
    ahead = [day for day in stands["2"] if day > HELD[-1]]
    assert {n: [day for day in days if day <= HELD[-1]] for n, days in stands.items()} == COMES
    assert (ahead, stands["1"][-1]) == (AHEAD, "2027-09-07 11:00")
    every = [(to, *one) for to, told in got.items() for one in told]
    assert max(Counter((to, uid, sequence) for to, _, uid, sequence in every).values()) == 1
    uids = {uid for _, _, uid, _ in every}
    assert len(uids) == len(HELD) + 1 + len(ahead)  # each meeting has one, and the one that was called off
    methods = {n: Counter(method for method, _, _ in got[f"p{n}@x.example"]) for n in NAMES}
    # Whoever stays: each once, once more the one that moved, and a farewell to the one that was called off.
    assert methods["2"] == methods["3"] == {"REQUEST": len(HELD) + 1 + 1 + len(ahead), "CANCEL": 1}
    assert methods["4"] == {"REQUEST": len(COMES["4"]) + 1 + 1 + len(ahead), "CANCEL": 1}
    assert methods["1"] == {"REQUEST": len(COMES["1"]) + 1 + 2, "CANCEL": 2}  # October and November were ahead


def test_in_an_invitation_all_ambassadors_see_each_other_and_nobody_need_answer(tmp_path: Path) -> None:
    with SmtpServer() as server:
        MailHouse.port = server.port
        house = MailHouse(tmp_path)
        house.begin()
        house.at(FIRST)
        house.engine.close()
    for _, _, content in parts(server):
        event = event_of(content)
        assert sorted(str(one) for one in event.attendees) == [f"mailto:p{n}@x.example" for n in "123"]
        assert {one.params["RSVP"] for one in event.attendees} == {"FALSE"}
        assert "/ambassadors/" not in content.decode()  # nobody's key stands in a calendar
    assert Counter(to for to, _, _ in parts(server)) == {f"p{n}@x.example": 3 for n in "123"}


def test_somebody_elses_meeting_comes_into_no_calendar(tmp_path: Path) -> None:
    with SmtpServer() as server:
        MailHouse.port = server.port
        house = MailHouse(tmp_path)
        house.begin()
        file = tmp_path / "config.toml"
        file.write_text(file.read_text("utf-8").replace('weekday = "tuesday"', 'weekday = "tuesday"\nowned = false'))
        house.at(FIRST)
        found = house.engine.plan(FIRST).world.of(AmbassadorRecords)
        house.engine.close()
    assert (list(parts(server)), len(found.meetings)) == ([], 3)


# --- on an Exchange server


class ServerHouse(House):
    server: EwsServer
    port = 0  # of a mail server; none: letters are files

    def config(self) -> None:
        closed, transport = '"2027-04-06"', "smtp" if self.port else "folder"
        settings = {"channel": "feed", "closed": closed, "vitamin": "enabled = false", "transport": transport}
        write_exchange(self.folder, self.server, **settings, port=self.port or 1)

    def at(self, now: datetime) -> None:
        super().at(now)
        call_all(self.engine, self.engine.servers.make_callers(), lambda: now)


@pytest.mark.parametrize(
    ("tells_all", "weeks", "invited"),
    [(True, FIFTEEN_MONTHS, [*HELD, *AHEAD]), (False, 45, HELD[: HELD.index("2028-01-04 12:00") + 1])],
)
def test_on_a_server_one_meeting_invites_everybody_also_by_address(
    tmp_path: Path, weeks: int, invited: list[str], *, tells_all: bool
) -> None:
    with EwsServer([f"p{n}@x.example" for n in "12"]) as server:
        server.world.tells_all = tells_all
        house = ServerHouse(tmp_path, channels={"1": "exchange", "2": "exchange"})
        house.server = server
        house.begin()
        house.live_on(weeks)
        letters = [letter for letter in house.engine.letters() if letter.publication]
        house.engine.close()
    assert (letters, server.refused, server.misspoken) == ([], [], [])  # the server's alone
    got = {n: server.mailbox(f"p{n}@x.example").received for n in "12"}
    got |= {n: server.world.elsewhere[f"p{n}@x.example"] for n in "34"}
    assert len({one.uid for told in got.values() for one in told}) == len(invited) + 1
    for n, told in got.items():
        standing: dict[str, datetime] = {}
        for one in told:
            standing.pop(one.uid, None)
            if one.method == "REQUEST":
                standing[one.uid] = one.start
        days = sorted(f"{at:%Y-%m-%d %H:%M}" for at in standing.values())
        last = min(HELD[-1], invited[-1])
        assert [day for day in days if day <= last] == [day for day in COMES[n] if day <= last]
        twice = Counter((one.method, one.uid, one.start) for one in told)
        # When guests change, Exchange has been seen to write to the others as well: never more than that once.
        assert max(twice.values()) <= (3 if tells_all else 1)
    assert Counter(one.method for one in got["1"])["CANCEL"] == 2
    assert {n: Counter(one.method for one in got[n])["CANCEL"] for n in "234"} == {"2": 1, "3": 1, "4": 1}


def test_a_meeting_that_was_mailed_moves_to_the_server_once_and_stays_there(tmp_path: Path) -> None:
    with EwsServer(["p1@x.example"]) as server, SmtpServer() as mail:
        server.world.tells_all = False
        house = ServerHouse(tmp_path, channels={"1": "exchange"})
        house.server, house.port = server, mail.port
        house.begin()
        house.people("2", "3")
        house.at(FIRST + DAY)
        house.people("1", "2", "3")
        for n in range(2, 4):
            house.at(FIRST + n * DAY)
        by_mail = Counter((to, method) for to, method, _ in parts(mail))
        by_server = {n: [one.method for one in server.world.elsewhere[f"p{n}@x.example"]] for n in "23"}
        carry_out(house.engine, Act(person_id="1", doing="ambassador-leave"), FIRST + 4 * DAY)
        for n in range(4, 10):
            house.at(FIRST + n * DAY)
        after = Counter((to, method) for to, method, _ in parts(mail))
        house.engine.close()
        assert (server.refused, server.misspoken) == ([], [])
    # January has begun by then, on Tuesday at one: February and March go from the mailbox and come from the server.
    assert by_mail == {(f"p{n}@x.example", one): times for n in "23" for one, times in (("REQUEST", 3), ("CANCEL", 2))}
    assert by_server == {n: ["REQUEST", "REQUEST"] for n in "23"}
    assert after == by_mail
    assert {n: [one.method for one in server.world.elsewhere[f"p{n}@x.example"]] for n in "23"} == by_server
    assert [one.method for one in server.mailbox("p1@x.example").received] == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]


# --- on a feed


def test_a_feed_shows_the_meetings_to_whoever_comes_and_to_nobody_else(tmp_path: Path) -> None:
    house = MailHouse(tmp_path)
    house.begin()
    house.engine.tick(FIRST)
    world = house.engine.plan(FIRST).world
    make = house.engine.feed_maker(world)

    def shown(person_id: str) -> list[str]:
        content = make(person_id, Feed(fingerprint="", revised=FIRST)).content
        return [f"{start:%Y-%m-%d %H:%M}" for start, _, _ in occurrences(content, *SPAN)]

    assert shown("2")[:5] == HELD[:5]
    assert shown("4") == []
    house.engine.close()
