"""The relay moves by what was said: held letters, refused ones, and a trial into files, as the whole service does it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from culture.keys import NoticeKey
from culture.relay.deeds import Waiting
from culture.relay.schedule import RelayRecords
from culture.relay.told import challenge_key
from culture.relay.turns import Turn
from service.engine import retention
from service.engine.engine import Engine
from service.planning import jobs
from service.planning.plan import Plan
from service.relay.records import relay_records
from service.relay.why import explained
from tests.service_values import approve_all, held_keys, live, make_engine, row, write_config, write_people
from tests.smtp_server import Accepted, Fault, SmtpServer
from tests.test_invite_life import read

pytestmark = pytest.mark.year

MONDAY = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
THURSDAY, FRIDAY = 3, 4
HOURS = (0, 2, 2.34, 5)
"""After 07:00 on a Thursday: the meeting begins at nine, its first slot ends at twenty past, and it is noon. On every
other day all that becomes due does so when the day's letters go."""

PEOPLE = [str(number) for number in range(1, 7)]

RELAY = """
[vitamin]
enabled = false
[relay]
starts = 2026-11-30
enabled = true
settle_days = 0
presenters = 2
[departments.plan.meeting]
weekday = "thursday"
time = "09:00"
minutes = 60
"""


def text(letter: Accepted) -> str:
    part = message_from_bytes(letter.data, policy=default).get_body(("plain",))
    assert part
    return str(part.get_content())


class Place:
    """An organisation with a relay, and what was due and too late in it at any tick."""

    def __init__(self, folder: Path, server: SmtpServer, channel: str) -> None:
        self.folder, self.server, self.channel = folder, server, channel
        self.due, self.late, self.sent = set[str](), set[str](), dict[str, datetime]()
        write_people(folder, [row(number) for number in PEOPLE])
        self.go("folder")

    def go(self, transport: str) -> None:
        """Start the service with this transport."""
        write_config(self.folder, transport=transport, channel=self.channel, port=self.server.port)
        with (self.folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(RELAY)
        self.engine: Engine = make_engine(self.folder)

    def at(self, now: datetime, *, approving: bool = False) -> Plan:
        found = live(self.engine, now, believed=approving)
        if self.engine.moved_on:
            self.engine.moved_on = False
            found = live(self.engine, now, believed=approving)
        if self.engine.way == "mailbox":
            self.due |= {notice.key for notice in jobs.notices(found.world)}
        self.late |= {notice.key for notice in found.too_late}
        for letter in self.engine.letters():
            if letter.state == "sent" and letter.transport == "smtp":
                self.sent.update(dict.fromkeys(letter.notices, letter.settled_at or now))
        return found

    def days(self, first: datetime, last: datetime, *, approving: bool = False) -> Plan:
        """The working days of them: on the others no letter goes, and no turn moves."""
        now = first
        while now <= last:
            if now.weekday() > FRIDAY:
                now += DAY
                continue
            for hours in HOURS if now.weekday() == THURSDAY else HOURS[:1]:
                moment = now + timedelta(hours=hours)
                found = self.at(moment, approving=approving)
            retention.let_go(self.engine, moment)
            now += DAY
        return found

    def turns(self) -> list[Turn]:
        return list(relay_records(self.engine.stored).turns.values())


@pytest.fixture(params=["feed", "invite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with SmtpServer() as server:
        made = Place(tmp_path, server, request.param)
        yield made
        made.engine.close()


def by_mail(place: Place) -> datetime:
    """A week into files, and then by mail with a fuse that nobody looks at; when that begins."""
    place.days(MONDAY, MONDAY + 6 * DAY)
    place.engine.close()
    place.go("smtp")
    return MONDAY + WEEK


def test_into_files_the_relay_goes_on_as_if_they_were_letters(place: Place) -> None:
    place.days(MONDAY, MONDAY + 18 * DAY)
    assert {turn.state for turn in place.turns() if turn.starts and turn.starts.date() == date(2027, 1, 21)} == {"held"}


def test_after_three_weeks_of_a_fuse_that_nobody_looked_at_no_turn_is_lost(place: Place) -> None:
    live_from = by_mail(place)
    held = place.days(live_from, live_from + 3 * WEEK)
    assert {"slot", "assignment"} <= held_keys(held).keys()
    reports = [one.recipients for one in place.server.accepted]
    assert set(reports) == {("mette@x.example",)}  # only the contact has heard, of what is held
    assert len(reports) >= 10
    assert {turn.state for turn in place.turns()} == {"announced", "assigned"}  # neither presented nor missed
    assert all(turn.starts and turn.starts > live_from + 3 * WEEK for turn in place.turns())
    assert "assignment" in {NoticeKey.from_text(key).kind for key in place.late}
    counted = retention.counts(place.engine.database).values()
    assert sum(of_kind.get("assignment", {}).get("too_late", 0) for of_kind in counted) > 0

    end = live_from + 7 * WEEK
    place.days(live_from + 3 * WEEK + DAY, end, approving=True)
    presented = [turn for turn in place.turns() if turn.state == "held"]
    assert len(presented) >= 6
    for turn in presented:  # whoever presented had been told, and of that very time
        assert turn.starts
        assert place.sent[challenge_key(turn)] < turn.starts
    assert {turn.state for turn in place.turns()} <= {"announced", "assigned", "held"}
    standings = relay_records(place.engine.stored).standings["plan"].people.values()
    assert max(one.turns for one in standings) - min(one.turns for one in standings) <= 1
    assert {one.credit for one in standings} == {0}

    still_due = {notice.key for notice in jobs.notices(place.engine.snapshot(end))}
    assert place.due - place.sent.keys() - place.late - still_due == set()


@pytest.mark.parametrize("place", ["feed"], indirect=True)
def test_a_turn_that_waits_says_why(place: Place) -> None:
    live_from = by_mail(place)
    place.days(live_from, live_from + 11 * DAY)  # until Friday, after the first meeting
    waited = next(turn for turn in place.turns() if any(deed.why is Waiting.NOT_TOLD for deed in turn.deeds))
    world = place.engine.snapshot(live_from + 11 * DAY + timedelta(hours=5))
    found = explained(world, world.organisation.people[waited.presenter])
    assert found["last"] is None  # nobody has presented


# --- a challenge that is refused


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Place]:
    with SmtpServer() as server:
        made = Place(tmp_path, server, "feed")
        made.engine.close()
        made.go("smtp")
        yield made
        made.engine.close()


def refused(office: Place) -> tuple[Turn, datetime]:
    """The first turn, whose presenter's mailbox is refused when the challenge is given; and that day."""
    office.days(MONDAY, MONDAY + 2 * DAY, approving=True)
    turn = next(turn for turn in office.turns() if turn.starts and turn.starts.date() == date(2027, 1, 21))
    office.server.faults.append(Fault("rcpt", "550", times=None, recipient=f"p{turn.presenter}@x.example"))
    day = MONDAY + 3 * DAY  # Thursday, two weeks before the meeting
    office.days(day, day, approving=True)
    return turn, day


def test_when_a_challenge_is_refused_somebody_else_is_drawn_in_the_same_hour(office: Place) -> None:
    turn, day = refused(office)
    first = relay_records(office.engine.stored).turns[turn.id]
    assert (first.state, first.starts, first.deeds[-1].why) == ("announced", None, Waiting.NOT_REACHED)
    there = [one for one in office.turns() if one.starts == turn.starts]
    assert len(there) == 1
    assert there[0].presenter != turn.presenter
    assert challenge_key(there[0]) in office.sent
    world = office.engine.snapshot(day + timedelta(hours=5))
    assert world.of(RelayRecords).told.unreached == {turn.presenter}


def test_the_contact_is_told_at_once_who_did_not_get_a_challenge_and_who_presents_instead(office: Place) -> None:
    write_people(office.folder, [*(row(number) for number in PEOPLE), "9;Mette Lund;mette@x.example;jura;"])
    turn, _ = refused(office)
    (letter,) = (one for one in office.server.accepted if b"kom ikke frem" in one.data)
    assert letter.recipients == ("mette@x.example",)
    new = next(one for one in office.turns() if one.starts == turn.starts)
    words = text(letter)
    assert f"Adresse: p{turn.presenter}@x.example" in words
    assert f"Person {new.presenter} fremlægger i stedet" in words
    assert f"unreached/{turn.id}.2/9" in office.sent


def test_when_the_address_was_mended_the_turn_comes_back_with_its_challenge(office: Place) -> None:
    turn, day = refused(office)
    rows = [row(n, address="new@x.example" if n == turn.presenter else "") for n in PEOPLE]
    write_people(office.folder, rows)
    office.days(day + DAY, day + 5 * WEEK + DAY, approving=True)
    after = relay_records(office.engine.stored).turns[turn.id]
    assert after.starts
    assert after.starts.date() > date(2027, 1, 21)
    assert challenge_key(after) in office.sent
    assert after.state == "held"
    standings = relay_records(office.engine.stored).standings["plan"].people.values()
    assert max(one.turns for one in standings) - min(one.turns for one in standings) <= 1


def test_a_click_sees_what_became_of_a_challenge(office: Place) -> None:
    office.days(MONDAY, MONDAY + 2 * DAY, approving=True)
    now = MONDAY + 3 * DAY
    for _ in range(2):
        approve_all(office.engine, now)
    office.engine.tick(now)
    turn = next(t for t in office.engine.snapshot(now).of(RelayRecords).turns.values() if t.state == "assigned")
    assert (
        office.engine.snapshot(now).of(RelayRecords).told.of(turn) == "sent"
    )  # not known yet: it was given at this tick
    office.engine.tick(now)
    assert office.engine.snapshot(now).of(RelayRecords).told.of(turn) == "waits"
    live(office.engine, now)
    assert office.engine.snapshot(now).of(RelayRecords).told.of(turn) == "sent"


# --- a department that is merged away


def test_a_department_that_is_merged_away_leaves_no_ghost_and_tells_those_who_were_told(place: Place) -> None:
    place.engine.close()
    place.go("smtp")
    place.days(MONDAY, MONDAY + DAY, approving=True)
    told = {turn.presenter for turn in place.turns() if turn.starts}
    before = len(place.server.accepted)
    config = place.folder / "config.toml"
    merged = config.read_text("utf-8").replace('[departments.plan]\nname = "Plan"\n', "")
    merged = merged.replace("[departments.plan.meeting]", "[departments.jura.meeting]")
    config.write_text(merged.replace("starts = 2026-11-30", "starts = 2028-01-01"), "utf-8")
    write_people(place.folder, [row(number, department="jura") for number in PEOPLE])
    now = MONDAY + 2 * DAY
    place.days(now, now + DAY, approving=True)
    letters = place.server.accepted[before:]
    assert {one.recipients[0] for one in letters} == {f"p{number}@x.example" for number in told}
    told_so = "AI-stafetten i din gamle afdeling er stoppet. Du er nu med i AI-stafetten i Jura"
    assert [text(one) for one in letters if told_so not in text(one)] == []
    cancelled = [received.part.get_param("method") for one in letters if (received := read(one))]
    assert cancelled == (["CANCEL"] * len(letters) if place.channel == "invite" else [])
    world = place.engine.snapshot(now + DAY + timedelta(hours=5))
    for person in world.organisation.people.values():
        assert b"stafet" not in place.engine.feed_content(world, person)
    place.days(now + 2 * DAY, now + 2 * DAY, approving=True)
    assert {turn.state for turn in place.turns()} == {"withdrawn"}
